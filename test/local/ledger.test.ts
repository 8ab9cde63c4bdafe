import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openLedger } from '../../src/adapters/local/host/ledger.js';

const entry = (key: string) => ({
  at: '2026-11-24T03:00:00.000Z',
  key,
  generation: 1,
  service: 'web',
  environment: 'staging',
  what: 'shift 5 %',
});

describe('the effect ledger', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('remembers what was applied, per service', async () => {
    const path = join(folder, 'remembers.jsonl');
    const ledger = await openLedger(path);
    await Promise.all([ledger.append(entry('a')), ledger.append(entry('b'))]);
    const reopened = await openLedger(path);
    assert.deepEqual(
      [reopened.has('web', 'a'), reopened.has('web', 'c'), reopened.has('api', 'a')],
      [true, false, false],
    );
  });

  it('a line cut off by a crash counts for nothing, and the next one is whole', async () => {
    const path = join(folder, 'cut.jsonl');
    await (await openLedger(path)).append(entry('a'));
    await appendFile(path, JSON.stringify(entry('b')).slice(0, 40));
    const reopened = await openLedger(path);
    assert.equal(reopened.has('web', 'b'), false);
    await reopened.append(entry('c'));
    const keys = (await readFile(path, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { key: string }).key);
    assert.deepEqual(keys, ['a', 'c']);
  });
});
