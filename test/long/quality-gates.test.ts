import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { minutes } from '../../src/domain/duration.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { fail } from '../../src/domain/verdict.js';
import { approveSignal, releaseId, releaseProgress } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const gates = ['end to end', 'penetration test'].map((name) => ({ name, run: './check.sh', timeout: minutes(20) }));

/** SPEC-0701, Promotion Gates: each environment transition requires passing all quality gates. */
describe('the quality gates of an environment', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('run before anybody is asked, are shown to who approves, and are kept with their hashes', async () => {
    const changeId = await ask('1.0.0');
    const { stages } = await until(changeId, 'awaiting-approval');
    assert.deepEqual(
      stages[0]?.gates?.map(({ name, verdict }) => `${name}: ${verdict.kind}`),
      ['end to end: pass', 'penetration test: pass'],
    );
    for (const person of ['grace', 'oscar'])
      await handle(changeId).signal(approveSignal.name, { person, comment: 'go' });
    assert.equal((await ended(changeId)).kind, 'succeeded');
    const [path, log] = [...slipway.records.files].find(([of]) => of.startsWith('logs/deployments/')) ?? [];
    const kept = (JSON.parse(log ?? '') as { readonly gates: readonly { name: string; sha256: string; log: string }[] })
      .gates;
    assert.deepEqual(
      kept.map(({ name, sha256 }) => `${name} ${sha256.length}`),
      ['end to end 64', 'penetration test 64'],
    );
    assert.match(
      slipway.records.files.get(kept[0]?.log ?? '') ?? '',
      /gate: penetration test\n.*\nverdict: pass/,
      path,
    );
    assert.deepEqual((await slipway.records.audit()).findings, []);
    await recordHistories(engine, 'shop', changeId, 'quality-gates', ['release']);
  });

  it('refuse a release at the first that does not pass, and nobody is asked', async () => {
    slipway.gates.ran.length = 0;
    slipway.gates.verdicts.set('end to end', fail('exit code 1, wanted 0'));
    const changeId = await ask('1.1.0');
    const { kind, reason } = await ended(changeId);
    assert.deepEqual([kind, reason], ['refused', 'quality gate "end to end" of production: exit code 1, wanted 0']);
    assert.deepEqual(slipway.gates.ran, ['end to end']);
    assert.equal((await progress(changeId)).stages[0]?.approval, undefined);
    await recordHistories(engine, 'shop', changeId, 'quality-gate-failed', ['release']);
  });

  it('end when the release is withdrawn', async () => {
    slipway.gates.verdicts.clear();
    slipway.gates.endless.add('penetration test');
    const changeId = await ask('1.2.0');
    await eventually('the gate runs', () =>
      Promise.resolve(slipway.gates.ran.includes('penetration test') || undefined),
    );
    assert.equal((await progress(changeId)).state, 'checking');
    await handle(changeId).signal('rollback', { person: 'dave', reason: 'not today' });
    const { kind } = await ended(changeId);
    assert.equal(kind, 'withdrawn');
    await recordHistories(engine, 'shop', changeId, 'quality-gate-withdrawn', ['release']);
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const handle = (changeId: string) => time.client.workflow.getHandle(releaseId('shop', changeId));

  async function ask(version: string): Promise<string> {
    const request = aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' });
    const stages = [aStage({ instances: 1, strategy: aRolling(), gates })];
    return (await submit(time, { ...request, stages })).changeId;
  }

  const progress = (changeId: string): Promise<ReleaseProgress> => handle(changeId).query(releaseProgress);

  const until = (changeId: string, state: string): Promise<ReleaseProgress> =>
    eventually(`${changeId} is ${state}`, async () => {
      const seen = await progress(changeId).catch(() => undefined);
      return seen?.state === state ? seen : undefined;
    });

  const ended = async (changeId: string): Promise<ReleaseOutcome> =>
    (await handle(changeId).result()) as ReleaseOutcome;
});
