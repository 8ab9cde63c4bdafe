import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { createGates } from '../../src/adapters/checks/gates.js';
import { createMemoryGates } from '../../src/adapters/memory/gates.js';
import { minutes } from '../../src/domain/duration.js';
import { fail } from '../../src/domain/verdict.js';
import type { Gates } from '../../src/ports/gates.js';
import { temporaryDirectory } from '../build/repository.js';
import { anArtifact } from '../support/orders.js';

const variables = { PATH: process.env['PATH'], CLOUD_TOKEN: 'of staging' };
const artifact = anArtifact('1.1.0');

function ask(gates: Gates, run: string, more: { readonly timeout?: number; readonly signal?: AbortSignal } = {}) {
  const { timeout = minutes(1), signal = new AbortController().signal } = more;
  return gates.run({
    gate: { name: 'end to end', run, timeout },
    place: { service: 'shop', environment: 'staging' },
    ...{ artifact, changeId: 'change-20261124-01', progress: () => undefined, signal },
  });
}

const worlds: Readonly<
  Record<string, () => { readonly gates: Gates; readonly endless: () => void; readonly bad: () => void }>
> = {
  'a command': () => {
    const gates = createGates({ directory: temporaryDirectory(), variables });
    return { gates, endless: () => undefined, bad: () => undefined };
  },
  memory: () => {
    const gates = createMemoryGates();
    return {
      gates,
      endless: () => void gates.endless.add('end to end'),
      bad: () => void gates.verdicts.set('end to end', fail('exit code 3, wanted 0')),
    };
  },
};

for (const [world, open] of Object.entries(worlds))
  describe(`the quality gates of an environment: ${world}`, () => {
    it('passes, and says when and what of', async () => {
      const { name, verdict, at, hash } = await ask(open().gates, 'exit 0');
      assert.deepEqual([name, verdict.kind], ['end to end', 'pass']);
      assert.match(`${at} ${hash}`, /^\d{4}-\d\d-\d\dT\S+Z [0-9a-f]{64}$/);
    });

    it('fails with the reason', async () => {
      const { gates, bad } = open();
      bad();
      assert.deepEqual((await ask(gates, 'exit 3')).verdict, fail('exit code 3, wanted 0'));
    });

    it('ends when it is aborted', async () => {
      const { gates, endless } = open();
      endless();
      const abort = new AbortController();
      const run = ask(gates, 'sleep 60', { signal: abort.signal });
      abort.abort(new Error('withdrawn'));
      await assert.rejects(run, /withdrawn/);
    });
  });

describe('a quality gate that is a command', () => {
  const gates = createGates({ directory: temporaryDirectory(), variables });

  it('knows what it is about, with the credentials of its worker', async () => {
    const run = 'echo $SERVICE $VERSION $ENVIRONMENT $CHANGE_ID $CLOUD_TOKEN; echo $COMMIT $DIGEST';
    const { log } = await ask(gates, run);
    assert.equal(log, `shop 1.1.0 staging change-20261124-01 of staging\n${artifact.commit} ${artifact.digest}\n`);
  });

  it('is kept by its end, and hashed whole', async () => {
    const { log, hash } = await ask(gates, 'yes 0123456789 | head -1000');
    assert.ok(log.length <= 2_048 && log.endsWith('0123456789\n'), log);
    assert.equal(hash, createHash('sha256').update('0123456789\n'.repeat(1_000)).digest('hex'));
  });

  it('that takes too long has failed', async () => {
    assert.match((await ask(gates, 'sleep 60', { timeout: 50 })).verdict.reason, /^still running after 50 ms/);
  });

  it('that nobody has installed has failed', async () => {
    assert.deepEqual((await ask(gates, 'e2e-of-nobody')).verdict, fail('exit code 127, wanted 0'));
  });
});
