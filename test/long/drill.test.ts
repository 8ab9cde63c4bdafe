import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DrillOrder, DrillOutcome, DrillUnderWay } from '../../src/domain/drill.js';
import { hours, seconds } from '../../src/domain/duration.js';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import { speakAs, vouching } from '../../src/http/speaker.js';
import { startOf } from '../../src/mailbox.js';
import {
  drillId,
  drillUpdate,
  holdsSignal,
  releaseId,
  rolloutId,
  serviceId,
  serviceStanding,
  submitUpdate,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, byWrangler } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const commits = ['1.0.0', '1.1.0'].map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const place = { service: 'shop', environment: 'production' };
const stage = aStage({ instances: 2, strategy: aRolling(), approval: { ...byWrangler, expiresAfter: hours(20) } });

/** A rollback is rehearsed by the rollout that a release would use; what it has shown is evidence, and a record. */
describe('a drill', { timeout: 200_000 }, () => {
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

  it('is refused where nothing runs, with what to do first; nothing is shown by it', async () => {
    assert.match((await drilled()).reason, /^nothing of shop runs in production: release it there first/);
    const { evidence, drilled: latest } = await standing();
    assert.equal(evidence, undefined);
    assert.equal(latest?.kind, 'refused');
  });

  it('gives users what runs a second time, takes them back, verifies, and is evidence with its record', async () => {
    assert.equal((await release('1.0.0')).kind, 'succeeded');
    const { kind, reason, record } = await drilled();
    assert.equal(kind, 'passed', reason);
    assert.match(reason, /^shop went back in production within .*, none of 100 requests lost$/);
    const { stable, candidate, share } = slipway.world.at(place);
    assert.deepEqual([stable?.artifact.version, candidate, share], ['1.0.0', undefined, 0]);
    const [evidence] = (await standing()).evidence ?? [];
    assert.deepEqual([evidence?.item, evidence?.source, evidence?.record], ['rollback-rehearsed', 'system', record]);
    const content = JSON.parse(slipway.records.files.get(record?.path ?? '') ?? '{}') as { steps: { id: string }[] };
    const steps = ['01-start', '02-verify', '03-shift', '04-shift', '04-shift', '01-start'];
    assert.deepEqual(
      content.steps.map(({ id }) => id),
      steps,
    );
    assert.deepEqual(await slipway.records.audit().then(({ findings }) => findings), []);
    await recordHistory(engine, drillId('production', 'shop'), 'drill-stays--drill');
    await recordHistory(engine, rolloutId('production', 'shop'), 'drill-stays--rollout');
    await recordHistory(engine, serviceId('shop'), 'drill-passed--service');
    assert.deepEqual((await standing()).vetoes, [], 'no version is vetoed by a drill');
  });

  it('waits for the end of an aftercare, whose former version is needed for a real way back', async () => {
    const here = slipway.world.at(place);
    here.former = { ...here.stable!, artifact: anArtifact('0.9.0') };
    assert.match(
      (await drilled()).reason,
      /^0\.9\.0 is kept warm until the aftercare of 1\.0\.0 in production ends: ask again then$/,
    );
    here.former = undefined;
  });

  it('in which somebody was lost has failed, and is no evidence', async () => {
    const before = (await standing()).evidence;
    slipway.load.answers = { sent: 100, failed: 3 };
    const { kind, reason } = await drilled();
    assert.equal(kind, 'failed');
    assert.equal(reason, '3 of 100 requests failed while users were moved');
    assert.deepEqual((await standing()).evidence, before);
  });

  it('that nobody met has shown nothing', async () => {
    slipway.load.answers = { sent: 0, failed: 0 };
    assert.match((await drilled()).reason, /^no request was sent/);
    slipway.load.answers = { sent: 100, failed: 0 };
  });

  it('is refused while the line is held, in the words of who holds it', async () => {
    const mailbox = time.client.workflow.getHandle(serviceId('shop'));
    const hold = {
      scope: 'environment/production',
      by: 'grace',
      reason: 'the disk is full',
      at: new Date().toISOString(),
    };
    await mailbox.signal(holdsSignal.name, [hold]);
    await assert.rejects(begin(), (fault: Error) =>
      /is held \(environment\/production\) by grace: the disk is full/.test(String(fault.cause)),
    );
    await mailbox.signal(holdsSignal.name, []);
  });

  it('keeps no release from coming, and none begins meanwhile; a second drill is refused', async () => {
    await begin();
    await assert.rejects(begin(), (fault: Error) => /a drill is under way in production/.test(String(fault.cause)));
    const outcome = await release('1.1.0');
    assert.equal(outcome.kind, 'succeeded', outcome.reason);
    const { drilled: latest } = await standing();
    assert.equal(latest?.kind, 'passed', latest?.reason);
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const standing = (): Promise<ServiceStanding> =>
    time.client.workflow.getHandle(serviceId('shop')).query(serviceStanding);

  const memory = { service: 'shop', running: {}, accepted: {}, latest: [], tellsBeside: true } as const;
  const opening = () =>
    new WithStartWorkflowOperation(workflowTypes.service, {
      ...startOf(memory),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });

  function begin(): Promise<DrillUnderWay> {
    const order: Omit<DrillOrder, 'by' | 'at'> = {
      service: 'shop',
      stage,
      reason: 'a drill',
      requestsPerSecond: 20,
      stays: seconds(1),
    };
    return speakAs('grace', () =>
      vouching(time.client).workflow.executeUpdateWithStart(drillUpdate, {
        args: [order as never],
        startWorkflowOperation: opening(),
      }),
    );
  }

  /** Begins one, and answers how it ended. */
  async function drilled(): Promise<DrillOutcome> {
    const { at } = await begin();
    return await eventually('the drill has ended', async () => {
      const { drill, drilled: latest } = await standing();
      return drill === undefined && latest && latest.at >= at ? latest : undefined;
    });
  }

  async function release(version: string): Promise<ReleaseOutcome> {
    const request = aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue', stages: [stage] });
    const { changeId } = await time.client.workflow.executeUpdateWithStart(submitUpdate, {
      args: [{ request, key: version, fingerprint: version }],
      startWorkflowOperation: opening(),
    });
    const handle = () => time.client.workflow.getHandle(releaseId('shop', changeId));
    await eventually(`${changeId} has begun`, () => handle().describe());
    return (await handle().result()) as ReleaseOutcome;
  }
});
