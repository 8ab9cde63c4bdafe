import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Calendar, CalendarPolicy, Times } from '../../src/domain/calendar.js';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { after as later, hours, minutes } from '../../src/domain/duration.js';
import type { ReleaseOutcome, ReleaseProgress, ReleaseRequest } from '../../src/domain/release.js';
import type { RolloutOutcome, RolloutProgress } from '../../src/domain/rollout.js';
import {
  approveSignal,
  releaseId,
  releaseProgress,
  releaseQueue,
  rolloutId,
  rolloutProgress,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const stops: CalendarPolicy = { beforeTraffic: 'stop', withTraffic: 'finish' };
const place = { service: 'shop', environment: 'production' };

/** SPEC-0701, Deployment Windows, and fault 32: whole releases in skipped time, by the clock of the engine. */
describe('a calendar', { timeout: 200_000 }, () => {
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

  it('keeps an approved release until its window opens; the approval stays good until that closes', async () => {
    const opens = await from(hours(72));
    await calendar({ windows: [span(opens, minutes(90))] });
    const changeId = await ask('1.0.0');
    const waiting = await until(changeId, 'awaiting-approval');
    assert.equal(waiting.stages[0]?.calendar?.opensAt, opens);
    assert.equal(waiting.stages[0].approval?.expiresAt.slice(0, 16), later(opens, minutes(90)).slice(0, 16));
    await approve(changeId);
    const closed = await until(changeId, 'awaiting-window');
    assert.match(closed.stages[0]?.calendar?.reason ?? '', /^outside the windows .*; opens at /);
    const { kind, reason } = await ended(changeId);
    assert.equal(kind, 'succeeded', reason);
    const log = logOf('1.0.0');
    assert.ok(log.begun_at >= opens && log.begun_at < later(opens, minutes(90)), `${log.begun_at}, opens ${opens}`);
    assert.match(log.calendar.reason, /^in the window /);
    assert.equal(log.calendar.zone_data, process.versions['tz']);
    await recordHistories(engine, 'shop', changeId, 'window-waited-for', ['release', 'rollout']);
    const events = await time.client.workflow.getHandle(releaseId('shop', changeId)).fetchHistory();
    assert.ok((events.events ?? []).length < 100, `${(events.events ?? []).length} events for a wait of three days`);
  });

  it('that somebody edits counts at once: a freeze keeps out what waited for a window, an exception lets it in', async () => {
    const opens = await from(hours(24));
    await calendar({ windows: [span(opens, hours(2))] });
    const changeId = await ask('1.1.0');
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    await until(changeId, 'awaiting-window');
    const freeze = { name: 'sale', times: span(await from(0), hours(48)), reason: 'everybody buys' };
    await calendar({ windows: [span(opens, hours(2))], freezes: [freeze] });
    await time.sleep(minutes(6));
    const frozen = await until(changeId, 'awaiting-window');
    assert.match(frozen.stages[0]?.calendar?.reason ?? '', /^frozen by sale: everybody buys; nothing opens within/);
    await calendar({
      freezes: [freeze],
      exceptions: [{ times: span(await from(0), hours(6)), reason: 'a law', approver: 'grace' }],
    });
    assert.equal((await ended(changeId)).kind, 'succeeded');
    assert.deepEqual(logOf('1.1.0').calendar.exception, { approver: 'grace', reason: 'a law' });
    await recordHistories(engine, 'shop', changeId, 'window-by-exception', ['release']);
  });

  it('is no matter to an emergency, which says what it goes past', async () => {
    await calendar({ freezes: [{ name: 'sale', times: span(await from(0), hours(48)), reason: 'everybody buys' }] });
    const emergency = { reason: 'nobody can pay', escalateAfter: hours(1), reviewWithin: hours(900) };
    const changeId = await ask('1.2.0', stops, { emergency });
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    assert.equal((await ended(changeId)).kind, 'succeeded');
    assert.match(logOf('1.2.0').calendar.reason, /^an emergency, at any hour, past this: frozen by sale/);
  });

  it('lets nothing begin before customers have known of it for long enough; one telling is acknowledged', async () => {
    await calendar({ windows: [span(await from(0), hours(10)), span(await from(hours(30)), hours(4))] });
    const opens = await from(hours(30));
    const changeId = await ask('1.3.0', { ...stops, notice: hours(20) });
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    const { stages } = await eventually('customers are told', async () => {
      const seen = await until(changeId, 'awaiting-window');
      return seen.stages[0]?.customers && seen;
    });
    assert.equal(stages[0]?.customers?.from.slice(0, 16), opens.slice(0, 16));
    assert.equal((await ended(changeId)).kind, 'succeeded');
    const told = slipway.told.filter(({ text }) => text.startsWith('customers: '));
    assert.equal(told.length, 1);
    assert.match(told[0]?.text ?? '', /Maintenance: shop 1\.3\.0 will be deployed to production, not before 2/);
    const log = logOf('1.3.0');
    assert.ok(log.begun_at >= opens.slice(0, 16) && log.customers_told.at < log.begun_at);
    await recordHistories(engine, 'shop', changeId, 'customers-told', ['release']);
  });

  it('is waited for with approvals that may still be taken back: then it waits for people again', async () => {
    await calendar({ windows: [span(await from(hours(10)), hours(1))] });
    const changeId = await ask('1.5.0');
    await until(changeId, 'awaiting-approval');
    const say = (signal: string, person: string) =>
      time.client.workflow.getHandle(releaseId('shop', changeId)).signal(signal, { person, comment: 'as agreed' });
    await say('revoke', 'grace');
    await eventually('it is refused', async () => {
      const { refused } = await until(changeId, 'awaiting-approval');
      return refused.at(-1)?.reason === 'grace has approved nothing here' || undefined;
    });
    await approve(changeId);
    await until(changeId, 'awaiting-window');
    await say('revoke', 'oscar');
    await time.sleep(hours(10) + minutes(10));
    const { stages } = await until(changeId, 'awaiting-approval');
    assert.deepEqual(stages[0]?.approval?.standing, { kind: 'waiting', missing: ['service-owner'], by: ['grace'] });
    await say('approve', 'oscar');
    assert.equal((await ended(changeId)).kind, 'succeeded');
    await recordHistories(engine, 'shop', changeId, 'approval-revoked', ['release']);
  });

  it('is taken back as ever while it is closed', async () => {
    await calendar({ windows: [span(await from(hours(24)), hours(1))] });
    const changeId = await ask('1.4.0');
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    await until(changeId, 'awaiting-window');
    await time.client.workflow
      .getHandle(releaseId('shop', changeId))
      .signal('rollback', { person: 'dave', reason: 'not this one' });
    const { kind, reason } = await ended(changeId);
    assert.equal(kind, 'withdrawn');
    assert.match(reason, /dave: not this one/);
  });

  const closing: readonly (readonly [says: string, policy: CalendarPolicy, before: string | undefined])[] = [
    ['stops before its first step, where nobody is on it', { beforeTraffic: 'stop', withTraffic: 'finish' }, undefined],
    [
      'stops between two steps, users staying where they are',
      { beforeTraffic: 'finish', withTraffic: 'stop' },
      '01-replace',
    ],
  ];
  for (const [says, policy, last] of closing)
    it(`that closes over a rollout: it ${says}, and goes on when it opens`, async () => {
      await calendar({ windows: [span(await from(hours(12)), hours(2))] });
      const rollout = await begin(policy);
      const { paused, steps } = await stopped();
      assert.equal(paused?.by, 'the calendar');
      assert.match(paused.reason, /^outside the windows .*; opens at /);
      assert.equal(steps.at(-1)?.id, last);
      await calendar({});
      await time.sleep(minutes(6));
      assert.equal(((await rollout.result()) as RolloutOutcome).kind, 'adopted');
      await recordHistories(engine, 'shop', '', `window-closed-${last ? 'with' : 'before'}-traffic`, ['rollout']);
    });

  it('that closes over a rollout never holds its way back', async () => {
    await calendar({ windows: [span(await from(hours(12)), hours(2))] });
    const rollout = await begin({ beforeTraffic: 'finish', withTraffic: 'stop' });
    await stopped();
    await rollout.signal('rollback', { person: 'dave', reason: 'it is slow' });
    assert.equal(((await rollout.result()) as RolloutOutcome).kind, 'rolled-back');
    await recordHistories(engine, 'shop', '', 'rolled-back-while-closed', ['rollout']);
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const now = async (): Promise<string> => new Date(await time.currentTimeMs()).toISOString();
  /** Windows are written to the minute: the one that has begun counts. */
  const from = async (lead: number): Promise<string> => `${later(await now(), lead).slice(0, 16)}:00.000Z`;
  const span = (begins: string, lasts: number): Times => {
    const local = (at: string) => at.slice(0, 16);
    return { kind: 'once', from: local(begins), to: local(later(begins, lasts)), zone: 'UTC' };
  };

  function calendar(of: Partial<Calendar>): Promise<void> {
    slipway.calendars.of.set('production', { windows: [], freezes: [], exceptions: [], ...of });
    return Promise.resolve();
  }

  /** A rollout whose window has closed by the time it begins its steps. */
  async function begin(policy: CalendarPolicy) {
    const { stable, generation } = slipway.world.at(place);
    const next = `8.${generation}.0`;
    const stage = aStage({ instances: 2, strategy: aRolling({ batches: 2 }) });
    const world = { generation, ...(stable && { stable: stable.artifact }) };
    const draft = planFor({ kind: 'release', stage, artifact: anArtifact(next), world });
    const plan = { ...draft, hash: 'sha256:0' };
    const about = { changeId: 'change-20261126-90', plan, smokeWithin: minutes(5), rollbackPatience: minutes(1) };
    const order = {
      ...about,
      roster: { dave: ['on-call'] },
      calendar: { ...policy, closesAt: later(await now(), -1) },
    };
    return await time.client.workflow.start(workflowTypes.rollout, {
      ...{ workflowId: rolloutId('production', 'shop'), taskQueue: releaseQueue, args: [order] },
    });
  }

  const stopped = (): Promise<RolloutProgress> =>
    eventually('the rollout is stopped by the calendar', async () => {
      const handle = time.client.workflow.getHandle(rolloutId('production', 'shop'));
      const progress = await handle.query(rolloutProgress);
      return progress.state === 'paused' ? progress : undefined;
    });

  async function ask(version: string, policy = stops, more: Partial<ReleaseRequest> = {}): Promise<string> {
    const approval = { ...bySentinelAndOwner, expiresAfter: hours(20) };
    const request = {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue', ...more }),
      stages: [aStage({ instances: 1, strategy: aRolling(), calendar: policy, approval })],
    };
    return (await submit(time, request)).changeId;
  }

  const until = (changeId: string, state: string): Promise<ReleaseProgress> =>
    eventually(`${changeId} is ${state}`, async () => {
      const handle = time.client.workflow.getHandle(releaseId('shop', changeId));
      const seen = await handle.query(releaseProgress).catch(() => undefined);
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

  /** The deploy log of a version. */
  function logOf(version: string): DeployLog {
    const logs = [...slipway.records.files].filter(([path]) => path.startsWith('logs/deployments/'));
    const read = logs.map(([, content]) => JSON.parse(content) as DeployLog);
    const log = read.find(({ tag }) => tag.startsWith(version));
    assert.ok(log, `no deploy log of ${version} among ${read.map(({ tag }) => tag).join(', ')}`);
    return log;
  }
});

interface DeployLog {
  readonly tag: string;
  readonly begun_at: string;
  readonly calendar: { readonly reason: string; readonly zone_data: string; readonly exception?: unknown };
  readonly customers_told: { readonly at: string };
}
