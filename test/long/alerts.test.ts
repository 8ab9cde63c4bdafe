import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Alert, type AlertsHeard, usualAlerts } from '../../src/domain/alert.js';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { after as later, hours, minutes } from '../../src/domain/duration.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import type { RolloutOutcome, RolloutProgress } from '../../src/domain/rollout.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import { createReleaseDesk, type ReleaseDesk } from '../../src/http/release-desk.js';
import {
  aftercareId,
  aftercareProgress,
  approveSignal,
  releaseId,
  releaseProgress,
  releaseQueue,
  rolloutId,
  rolloutProgress,
  serviceId,
  serviceStanding,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories, recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { aCanary, anArtifact, aRequest, aRolling, aStage, aWindow, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const commits = ['1.0.0', '1.1.0'].map((version) => ({
  service: 'shop',
  version,
  commit: anArtifact(version).commit,
}));

/** Alerts as the front door tells them, in skipped time; the second half of fault 23 among them. */
describe('an alert', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let desk: ReleaseDesk;
  /** Skips no time while it waits, as that of the server would: up to the day on which mailboxes run out. */
  let client: Client;
  before(async () => {
    time = await openSkippingTime();
    client = new Client({
      connection: time.connection,
      ...(time.namespace !== undefined && { namespace: time.namespace }),
    });
    slipway = await openMemorySlipway(time, { environment: 'production', commits });
    desk = createReleaseDesk({ client, environments: ['production'] });
    await released('1.0.0');
  });
  after(async () => {
    await desk.quiet();
    await slipway.close();
    await time.teardown();
  });

  it('that is critical takes a release back at once; what is told after that changes nothing (fault 23)', async () => {
    const rollout = await watched('alert-1');
    const first = await told({ name: 'Errors' });
    assert.deepEqual([first.records[0]?.outcome, first.goesBack], ['demanded', true]);
    const second = await told({ name: 'Latency' });
    assert.deepEqual([second.records[0]?.outcome, second.records[0]?.said], ['ignored', 'it is going back already']);
    const over = await told({ name: 'Errors', id: first.records[0]!.id, status: 'resolved' });
    assert.equal(over.records[0]?.outcome, 'ignored');
    const outcome = (await rollout.result()) as RolloutOutcome;
    assert.equal(outcome.kind, 'rolled-back');
    const { by, cause, reason } = outcome.rollback!.demand;
    assert.deepEqual([by, cause, reason], ['prometheus', 'alert', 'alert Errors (critical): shop answers 500']);
    assert.deepEqual(
      outcome.alerts?.map((alert) => `${alert.name} ${alert.outcome}`),
      ['Errors demanded', 'Latency ignored'],
    );
    await recordHistories(engine, 'shop', '', 'alert-critical', ['rollout']);
  });

  const foreign: readonly [what: string, more: () => Promise<Partial<Alert>>, said: RegExp][] = [
    ['is about the release before', () => Promise.resolve({ changeId: 'change-20261101-01' }), /not alert-2/],
    ['is about the version before', () => Promise.resolve({ version: '1.0.0' }), /what could go back is 9\./],
    [
      'fired before the release began',
      async () => ({ startsAt: later(await now(), -hours(3)) }),
      /before alert-2 began/,
    ],
    ['has a severity that moves nothing', () => Promise.resolve({ severity: 'info' }), /moves nothing; what does/],
    ['was resolved already', () => Promise.resolve({ status: 'resolved' as const }), /had moved nothing/],
  ];
  it('that is not about this release is ignored and written down (fault 23)', async () => {
    const rollout = await watched('alert-2');
    for (const [what, more, said] of foreign) {
      const { records, changeId } = await told({ name: what, ...(await more()) });
      assert.deepEqual([records[0]?.outcome, changeId], ['ignored', 'alert-2'], what);
      assert.match(records[0]?.said ?? '', said, what);
    }
    assert.equal((await progress()).state, 'running');
    await told({ name: 'at last' });
    const { alerts } = (await rollout.result()) as RolloutOutcome;
    assert.equal(alerts?.filter(({ outcome }) => outcome === 'ignored').length, 4, 'one that is resolved says nothing');
  });

  it('that warns counts down; a resolve ends that, and the next one that lasts takes the release back', async () => {
    const rollout = await watched('alert-3');
    const { records } = await told({ name: 'Slow', severity: 'warning' });
    assert.equal(records[0]?.outcome, 'counting-down');
    assert.equal((await progress()).goesBackAt, records[0].due);
    await time.sleep(minutes(3));
    const ended = await told({ ...records[0], status: 'resolved' });
    assert.equal(ended.records[0]?.outcome, 'ended');
    await time.sleep(minutes(20));
    const { state, goesBackAt } = await progress();
    assert.deepEqual([state, goesBackAt], ['running', undefined]);
    await told({ name: 'Slow', severity: 'warning' });
    await time.sleep(minutes(6));
    const { rollback, alerts } = (await rollout.result()) as RolloutOutcome;
    assert.equal(rollback?.demand.reason, 'alert Slow (warning): shop answers 500');
    assert.deepEqual(
      alerts?.map(({ outcome }) => outcome),
      ['counting-down', 'ended', 'counting-down', 'demanded'],
    );
    await recordHistories(engine, 'shop', '', 'alert-counted-down', ['rollout']);
  });

  it('that people have snoozed moves nothing until that is over, and then if it still fires', async () => {
    const rollout = await watched('alert-4');
    const snooze = (said: { reason: string; for?: string }, person = 'dave') =>
      desk.command({ service: 'shop', changeId: 'alert-4' }, 'snooze', said, { person });
    await assert.rejects(snooze({ reason: 'I say so' }, 'norma'), /norma holds no role; snooze takes one of/);
    await snooze({ reason: 'a known fault', for: '30m' });
    const { records } = await told({ name: 'Errors' });
    assert.equal(records[0]?.outcome, 'snoozed');
    await time.sleep(minutes(25));
    const asleep = await progress();
    assert.deepEqual([asleep.state, asleep.snoozed?.by], ['running', 'dave']);
    await snooze({ reason: 'longer', for: '60m' });
    await time.sleep(minutes(50));
    assert.equal((await progress()).state, 'running');
    await snooze({ reason: 'no longer', for: '0s' });
    assert.equal(((await rollout.result()) as RolloutOutcome).rollback?.demand.cause, 'alert');
    await recordHistories(engine, 'shop', '', 'alert-snoozed', ['rollout']);
  });

  it('is heard by nobody where nothing is under way', async () => {
    assert.equal(await desk.alert(place, [await anAlert({})], 'prometheus'), undefined);
  });

  it('is heard more readily in the aftercare: a warning brings the former version back', async () => {
    const changeId = await released('1.1.0');
    const care = client.workflow.getHandle(aftercareId('production', 'shop', changeId));
    await eventually('it is watched', () => care.query(aftercareProgress).catch(() => undefined));
    const heard = await told({ name: 'Slow', severity: 'warning' });
    assert.deepEqual([heard.changeId, heard.records[0]?.outcome], [changeId, 'counting-down']);
    await desk.command({ service: 'shop', changeId }, 'snooze', { reason: 'lunch', for: '20m' }, { person: 'dave' });
    assert.equal(
      (await care.query(aftercareProgress)).goesBackAt?.slice(0, 16),
      later(await now(), minutes(20)).slice(0, 16),
    );
    // Just past it: a look that is cancelled between two attempts keeps the server from skipping any further.
    await time.sleep(minutes(20));
    await care.result();
    await recordHistory(engine, aftercareId('production', 'shop', changeId), 'alert-in-aftercare--aftercare');
    const standing = await eventually('1.0.0 is back', async () => {
      const seen: ServiceStanding = await client.workflow.getHandle(serviceId('shop')).query(serviceStanding);
      return seen.running['production']?.current.version === '1.0.0' ? seen : undefined;
    });
    assert.match(standing.latest[0]?.reason ?? '', /1\.0\.0 is back in production: prometheus: alert Slow \(warning\)/);
  });

  const engine = { client: () => Promise.resolve(client) };
  const now = async (): Promise<string> => new Date(await time.currentTimeMs()).toISOString();

  let alerts = 0;
  const anAlert = async (more: Partial<Alert>): Promise<Alert> => ({
    id: `alert-${++alerts}`,
    name: 'Errors',
    severity: 'critical',
    status: 'firing',
    startsAt: await now(),
    summary: 'shop answers 500',
    ...more,
  });
  async function told(more: Partial<Alert>): Promise<AlertsHeard> {
    const heard = await desk.alert(place, [await anAlert(more)], 'prometheus');
    assert.ok(heard, 'nobody has heard it');
    return heard;
  }

  const progress = (): Promise<RolloutProgress> =>
    client.workflow.getHandle(rolloutId('production', 'shop')).query(rolloutProgress);

  /** A rollout that is watched for as long as nothing else happens. */
  async function watched(changeId: string) {
    const { stable, generation } = slipway.world.at(place);
    const window = aWindow({ for: hours(100), every: minutes(5) });
    const stage = aStage({ instances: 1, strategy: aCanary({ shares: [5, 100], window }) });
    const world = { generation, ...(stable && { stable: stable.artifact }) };
    const plan = {
      ...planFor({ kind: 'release', stage, artifact: anArtifact(`9.${generation}.0`), world }),
      hash: 'sha256:0',
    };
    const order = {
      ...{ changeId, plan, smokeWithin: minutes(5), rollbackPatience: minutes(1), roster: { dave: ['on-call'] } },
      alerts: { ...usualAlerts, rollout: { critical: 0, warning: minutes(5) } },
    };
    const handle = await client.workflow.start(workflowTypes.rollout, {
      ...{ workflowId: rolloutId('production', 'shop'), taskQueue: releaseQueue, args: [order] },
    });
    await eventually('users are on it', async () => ((await progress()).share > 0 ? true : undefined));
    return handle;
  }

  /** A release, approved and adopted; the first one has nothing to go back to, and so no aftercare. */
  async function released(version: string): Promise<string> {
    const request = {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' }),
      stages: [
        aStage({
          ...{ instances: 1, strategy: aRolling(), approval: { ...bySentinelAndOwner, expiresAfter: hours(20) } },
          ...{ aftercare: aWindow({ for: hours(24), every: minutes(5) }), alerts: usualAlerts },
        }),
      ],
    };
    const { changeId } = await submit({ client }, request);
    const release = client.workflow.getHandle(releaseId('shop', changeId));
    await eventually('it waits', async () => {
      const seen = await release.query(releaseProgress).catch(() => undefined);
      return seen?.state === 'awaiting-approval' ? true : undefined;
    });
    for (const person of ['grace', 'oscar']) await release.signal(approveSignal.name, { person, comment: 'go' });
    const { kind, reason } = (await release.result()) as ReleaseOutcome;
    assert.equal(kind, 'succeeded', reason);
    return changeId;
  }
});
