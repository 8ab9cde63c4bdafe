import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createGovernanceRecords } from '../../src/adapters/governance/records.js';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import { aFile } from '../config/support.js';
import { aGoodCanary, aRequest, aWindow } from '../records/stories.js';
import { slipway } from '../support/slipway-cli.js';

/** A past release, judged again from its deploy log. */
describe('slipway judge --replay', () => {
  let folder: string;
  let changeId: string;
  let log: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-'));
    await initGovernanceRepository(folder);
    const records = createGovernanceRecords({ directory: folder });
    ({ changeId } = await records.openChange({ eventId: 'open', request: aRequest() }));
    const good = aGoodCanary({ order: { ...aRequest(), changeId } });
    const lane = (requests: number, errors: number) => ({ requests, errors, latency: [] });
    const judgedBy = {
      ...{ window: aWindow, compared: true, watchedMs: aWindow.for, cause: 'judgement' as const },
      ...{ before: lane(9_000, 9), stable: lane(3_000, 3), candidate: lane(1_000, 16) },
    } as const;
    const observations = good.outcome.observations.map((seen) => ({ ...seen, judgedBy }));
    const rollout = { ...good, outcome: { ...good.outcome, observations } };
    const { paths } = await records.write({ kind: 'rollout-ended', eventId: 'good', rollout });
    log = join(folder, paths.find((path) => path.startsWith('logs/deployments/')) ?? '');
  });
  after(() => rm(folder, { recursive: true }));

  const replay = async (service: string, ...args: string[]) => {
    await writeFile(join(folder, 'slipway.yml'), aFile({ profile: 'demo', service }));
    return await slipway(['judge', '--replay', changeId, ...args], { cwd: folder });
  };

  it('says of each window what was said then, what would be said today, and why', async () => {
    const { code, out, err } = await replay('criteria: { error-rate: { within: 5%, mode: points } }');
    assert.deepEqual([code, err], [0, '']);
    assert.match(
      out,
      /^pass: 1 of 1 windows pass\nproduction +04-observe +25 % +then +pass +error-rate: 0\.001 is at most/,
    );
    assert.match(out, /now +pass +1000 requests; error-rate 1\.6 %, at most 5\.1 %/);
  });

  it('ends as the gravest verdict of today does, and tells it as JSON', async () => {
    const { code, out } = await replay('criteria: { error-rate: { within: 5%, mode: points, at-most: 1% } }', '--json');
    assert.equal(code, 3);
    const { verdict, windows } = JSON.parse(out) as { verdict: { kind: string }; windows: readonly object[] };
    assert.equal(verdict.kind, 'fail');
    assert.deepEqual(
      windows.map((window) => Object.keys(window)),
      [['environment', 'step', 'share', 'from', 'to', 'then', 'now']],
    );
  });

  it('knows no release that is not recorded', async () => {
    const { code, err } = await slipway(['judge', '--replay', 'change-20260101-01'], { cwd: folder });
    assert.equal(code, 5);
    assert.match(err, /no deploy log of change-20260101-01 is recorded here/);
  });

  for (const args of [[], ['window.json', '--replay', 'change-20261124-01'], ['--replay', 'x', '--alpha', '0.1']])
    it(`refuses ${args.join(' ') || 'nothing at all'}`, async () => {
      const { code, err } = await slipway(['judge', ...args], { cwd: folder });
      assert.equal(code, 2);
      assert.match(err, /wanted slipway judge FILE, or slipway judge --replay CHANGE/);
    });

  it('judges nothing by a deploy log that was altered, and says so', async () => {
    const text = await readFile(log, 'utf8');
    await writeFile(log, text.replace('"errors": 16', '"errors": 0'));
    const { code, out, err } = await replay('');
    assert.equal(code, 1);
    assert.match(err, /logs\/deployments\/.* is missing, or is not what was recorded: left out/);
    assert.match(out, /^no-data: no window was recorded/);
  });
});
