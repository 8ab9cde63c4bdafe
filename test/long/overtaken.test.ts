import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ApprovalPolicy } from '../../src/domain/approval.js';
import { hours, minutes } from '../../src/domain/duration.js';
import { openingOf, type Reconciled, type ReconcileOrder } from '../../src/domain/recovery.js';
import type { ReleaseOutcome, ReleaseRequest } from '../../src/domain/release.js';
import type { Accepted, ServiceStanding } from '../../src/domain/service.js';
import { approveSignal, reconcileUpdate, releaseId, serviceId, serviceStanding } from '../../src/messages.js';
import { aGoodCanary } from '../records/stories.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, saidAs, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, byWrangler } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const grace: ApprovalPolicy = { roles: ['governance-sentinel'], requesterMayApprove: false, expiresAfter: hours(24) };

/** An older copy of a cluster's data that is put back under running workers: what waited in it asks the records first. */
describe('fault 5: what had waited in an older copy of the engine', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits });
    assert.equal((await ended(await ask('1.0.0', byWrangler))).kind, 'succeeded');
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('a rollout whose end is recorded is not begun, though it is approved', async () => {
    const { changeId } = await ask('1.1.0', grace);
    await waits(changeId);
    const order = { ...request('1.1.0', grace), changeId };
    const eventId = `rollout/${changeId}/production`;
    await slipway.records.write({ kind: 'rollout-ended', eventId, rollout: aGoodCanary({ order }) });
    await time.sleep(minutes(6));
    await approve(changeId);
    const { kind, reason } = await ended({ changeId });
    assert.equal(kind, 'failed');
    assert.match(reason, /records know how its rollout in production ended.*slipway reconcile shop/);
    assert.deepEqual(Object.keys((await standing()).running), ['production']);
    assert.equal((await standing()).running['production']?.current.version, '1.0.0');
    await recordHistories(engine, 'shop', changeId, 'overtaken', ['release']);
  });

  it('a release whose turn comes does not begin while the records know of another; reconciled, it does', async () => {
    const { changeId: first } = await ask('1.2.0', grace);
    await waits(first);
    const { changeId: second } = await ask('1.3.0', byWrangler);
    const lost = await slipway.records.openChange({
      eventId: openingOf('shop', 'of another time'),
      request: request('1.1.0', grace),
    });
    await approve(first);
    await ended({ changeId: first });
    const stopped = await eventually('it is behind', async () => {
      const now = await standing();
      return now.behind === undefined ? undefined : now;
    });
    assert.match(stopped.behind ?? '', new RegExp(`the records know of ${lost.changeId}.*slipway reconcile shop`));
    assert.deepEqual([stopped.queue, stopped.underWay], [[second], undefined]);
    await assert.rejects(ask('1.1.0', grace), (fault: Error) => /slipway reconcile shop/.test(String(fault.cause)));
    const shown = await reconcile(true);
    assert.deepEqual(
      shown.lost.map(({ changeId, version }) => [changeId, version]),
      [[lost.changeId, '1.1.0']],
    );
    assert.notEqual((await standing()).behind, undefined);
    const told = await reconcile(false);
    assert.match(told.records?.[0] ?? '', /^logs\/recoveries\//);
    assert.equal((await ended({ changeId: second })).kind, 'succeeded');
    const { behind, running, queue } = await standing();
    assert.deepEqual([behind, running['production']?.current.version, queue], [undefined, '1.3.0', []]);
    assert.deepEqual((await slipway.records.audit()).findings, []);
    await recordHistories(engine, 'shop', second, 'stopped-and-reconciled', ['service']);
  });

  const engine = { client: () => Promise.resolve(time.client) };

  const request = (version: string, approval: ApprovalPolicy): ReleaseRequest => ({
    ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' }),
    stages: [aStage({ instances: 1, strategy: aRolling(), approval })],
    roster: { alice: ['implementation-wrangler'], grace: ['governance-sentinel'] },
  });

  async function ask(version: string, approval: ApprovalPolicy): Promise<Accepted> {
    return await submit(time, request(version, approval), { key: `${version}-${Math.random()}`, asksRecords: true });
  }

  async function reconcile(dryRun: boolean): Promise<Reconciled> {
    const order: ReconcileOrder = {
      ...{ reason: 'an older copy was put back', dryRun, environments: ['production'], reviewWithin: hours(48) },
    };
    return await saidAs(time, 'alice', reconcileUpdate, order);
  }

  async function ended({ changeId }: Pick<Accepted, 'changeId'>): Promise<ReleaseOutcome> {
    const handle = time.client.workflow.getHandle(releaseId('shop', changeId));
    await eventually('it has begun', () => handle.describe());
    return (await handle.result()) as ReleaseOutcome;
  }

  const standing = (): Promise<ServiceStanding> =>
    time.client.workflow.getHandle(serviceId('shop')).query(serviceStanding);

  const approve = (changeId: string): Promise<void> =>
    time.client.workflow
      .getHandle(releaseId('shop', changeId))
      .signal(approveSignal.name, { person: 'grace', comment: 'go' });

  const waits = (changeId: string): Promise<true> =>
    eventually('it waits for people', async () => {
      const progress = await time.client.workflow
        .getHandle(releaseId('shop', changeId))
        .query<{ state: string }>('progress');
      return progress.state === 'awaiting-approval' ? true : undefined;
    });
});
