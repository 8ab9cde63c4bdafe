import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { hours } from '../../src/domain/duration.js';
import type { Evidence, ReadinessItem, ReadinessPolicy } from '../../src/domain/readiness.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { approveSignal, evidenceSignal, evidenceUpdate, releaseId, releaseProgress } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, saidAs, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const policy: ReadinessPolicy = {
  'quality-gates': {},
  'change-log': {},
  'rollback-rehearsed': { maxAge: hours(365 * 24) },
  'on-call-notified': { maxAge: hours(24) },
};

/** SPEC-0701, Production Readiness Checklist: evidence has an age, and is judged when it matters. */
describe('a release into production', { timeout: 200_000 }, () => {
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

  it('waits until everything was shown; what only looks like being shown does not count', async () => {
    const changeId = await ask('1.0.0');
    const unready = await until(changeId, 'awaiting-readiness');
    const items = unready.stages[0]?.readiness?.items ?? [];
    assert.deepEqual(
      items.map(({ item, state }) => `${item} ${state}`),
      ['quality-gates holds', 'rollback-rehearsed missing', 'on-call-notified missing', 'change-log holds'],
    );
    assert.equal(items[1]?.command, 'slipway drill shop');
    await time.client.workflow.getHandle(releaseId('shop', changeId)).signal(evidenceSignal.name, 'all of it');
    await show('grace', 'rollback-rehearsed', 'record');
    await assert.rejects(show('grace', 'on-call-notified', 'statement'), refusal(/is said by on-call/));
    assert.equal((await progress(changeId)).state, 'awaiting-readiness');
    await show('dave', 'on-call-notified', 'statement');
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    assert.equal((await ended(changeId)).kind, 'succeeded');
    const log = [...slipway.records.files].find(([path]) => path.startsWith('logs/deployments/'))?.[1] ?? '';
    const { readiness } = JSON.parse(log) as { readonly readiness: readonly { item: string; by: string }[] };
    assert.deepEqual(
      readiness.map(({ item, by }) => `${item}: ${by}`),
      ['quality-gates: slipway', 'rollback-rehearsed: grace', 'on-call-notified: dave', 'change-log: slipway'],
    );
  });

  it('fault 52: that was approved when its evidence had grown old does not begin, says so, and goes on once it is shown anew', async () => {
    const changeId = await ask('1.1.0');
    await until(changeId, 'awaiting-approval');
    await time.sleep(hours(25));
    await approve(changeId);
    const view = await until(changeId, 'awaiting-readiness');
    const [old] = view.stages[0]?.readiness?.items.filter(({ state }) => state !== 'holds') ?? [];
    assert.match(old?.reason ?? '', /on-call-notified: .* is older than 24 h/);
    assert.equal(slipway.world.at({ service: 'shop', environment: 'production' }).stable?.artifact.version, '1.0.0');
    await show('dave', 'on-call-notified', 'statement');
    const { kind, reason } = await ended(changeId);
    assert.equal(kind, 'succeeded', reason);
    await recordHistories(engine, 'shop', changeId, 'evidence-grown-old', ['release', 'service']);
  });

  it('for which nothing is shown in time is refused, with what was missing', async () => {
    await time.sleep(hours(48));
    const changeId = await ask('1.2.0');
    await until(changeId, 'awaiting-readiness');
    const { kind, reason } = await ended(changeId);
    assert.equal(kind, 'refused');
    assert.match(reason, /^not shown in time: on-call-notified: .* older than 24 h: slipway evidence shop/);
  });

  it('is kept out by what it does not tell of itself, each thing by its own sentence, and goes on once it does', async () => {
    const place = { service: 'shop', environment: 'production' };
    const silent = slipway.world.at(place).stable?.instances ?? [];
    assert.equal(silent.length, 1);
    for (const id of silent) slipway.telemetry.silent.add(id);
    slipway.telemetry.answers.set('traces', { run: 'node traces.js', arrives: false, said: 'exit code 1: 0 spans' });
    const changeId = await ask('1.3.0', { observability: { maxAge: hours(24) } });
    const [item] = (await until(changeId, 'awaiting-readiness')).stages[0]?.readiness?.items ?? [];
    assert.match(
      item?.reason ?? '',
      /^observability: no request to shop in production is counted.*\. shop-.+ of shop in production has written no log.*\. traces of shop in production do not arrive: `node traces\.js` says exit code 1: 0 spans/,
    );
    slipway.world.send(place, 5);
    slipway.telemetry.silent.clear();
    slipway.telemetry.answers.set('traces', { run: 'node traces.js', arrives: true, said: '9 spans' });
    await time.client.workflow.getHandle(releaseId('shop', changeId)).signal(evidenceSignal.name, 'look again');
    const ready = await until(changeId, 'awaiting-approval');
    assert.match(
      ready.stages[0]?.readiness?.items[0]?.reason ?? '',
      /metrics arrive: 5 requests counted; 1 instance wrote 64 bytes of logs; traces arrive: 9 spans/,
    );
    await approve(changeId);
    assert.equal((await ended(changeId)).kind, 'succeeded');
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const refusal = (says: RegExp) => (fault: Error) => says.test(String(fault.cause));

  async function ask(version: string, readiness: ReadinessPolicy = policy): Promise<string> {
    const request = {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' }),
      stages: [
        aStage({
          ...{ instances: 1, strategy: aRolling(), readiness },
          approval: { ...bySentinelAndOwner, expiresAfter: hours(36) },
        }),
      ],
    };
    return (await submit(time, request)).changeId;
  }

  function show(person: string, item: ReadinessItem, source: Evidence['source']) {
    const roles = person === 'dave' ? ['on-call'] : ['governance-sentinel'];
    const record = { path: 'docs/drill.md', hash: 'a'.repeat(64) };
    return time.currentTimeMs().then((now) =>
      saidAs(time, person, evidenceUpdate, {
        roles,
        evidence: {
          ...{ item, by: person, source, what: 'went back in 4 s', at: new Date(now).toISOString() },
          ...(source === 'record' && { record }),
        },
      }),
    );
  }

  const progress = (changeId: string): Promise<ReleaseProgress> =>
    time.client.workflow.getHandle(releaseId('shop', changeId)).query(releaseProgress);

  const until = (changeId: string, state: string): Promise<ReleaseProgress> =>
    eventually(`${changeId} is ${state}`, async () => {
      const seen = await progress(changeId).catch(() => undefined);
      return seen?.state === state ? seen : undefined;
    });

  async function approve(changeId: string): Promise<void> {
    for (const person of ['grace', 'oscar'])
      await time.client.workflow
        .getHandle(releaseId('shop', changeId))
        .signal(approveSignal.name, { person, comment: 'go' });
  }

  const ended = async (changeId: string): Promise<ReleaseOutcome> =>
    (await time.client.workflow.getHandle(releaseId('shop', changeId)).result()) as ReleaseOutcome;
});
