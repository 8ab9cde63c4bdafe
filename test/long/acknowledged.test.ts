import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { acknowledgeUpdate, approveSignal, releaseId, releaseProgress, serviceId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, saidAs, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));

/** SPEC-0701, Production Readiness: the on-call rotation is notified of the deployment, and dave says that he knows. */
describe('a deployment that whoever is on call has to know of', { timeout: 200_000 }, () => {
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

  it('is told with what, where and how to acknowledge; it waits until somebody on call has', async () => {
    const changeId = await ask('1.0.0');
    const waiting = await until(changeId, 'awaiting-readiness');
    const [item] = waiting.stages[0]?.readiness?.items ?? [];
    assert.deepEqual([item?.item, item?.command], ['on-call-notified', `slipway acknowledge ${changeId}`]);
    const { text } = await eventually('dave is told', () =>
      slipway.told.find(({ key }) => key === `on-call/${changeId}/production`),
    );
    assert.match(
      text,
      /^shop 1\.0\.0 is coming to production \(rolling\), asked for by alice: .*once governance-sentinel and service-owner approve\. dave on call: slipway acknowledge change-/,
    );
    await assert.rejects(acknowledge('grace', changeId, ['governance-sentinel']), refusal(/acknowledged by on-call/));
    await assert.rejects(unvouched(changeId), refusal(/said at the front door.*slipway acknowledge/));
    const standing = await acknowledge('dave', changeId);
    assert.deepEqual(
      standing.acknowledged?.map(({ by, comment }) => [by, comment]),
      [['dave', 'go on']],
    );
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    assert.equal((await ended(changeId)).kind, 'succeeded');
    await recordHistories(engine, 'shop', changeId, 'acknowledged', ['release', 'service']);
    const log = [...slipway.records.files].find(([path]) => path.startsWith('logs/deployments/'))?.[1] ?? '';
    const { readiness } = JSON.parse(log) as {
      readonly readiness: readonly { readonly by: string; readonly source: string; readonly what: string }[];
    };
    assert.deepEqual([readiness[0]?.by, readiness[0]?.source], ['dave', 'system']);
    assert.match(readiness[0]?.what ?? '', /notified at \S+, acknowledged by dave at \S+: go on/);
    assert.match(
      slipway.records.files.get('docs/change-log.md') ?? '',
      new RegExp(`${changeId} .*acknowledged by dave \\(on-call\\), after .*: go on`),
    );
  });

  it('is not known by what was said of another change', async () => {
    const changeId = await ask('1.1.0');
    await until(changeId, 'awaiting-readiness');
    await acknowledge('dave', changeId);
    await until(changeId, 'awaiting-approval');
    await approve(changeId);
    assert.equal((await ended(changeId)).kind, 'succeeded');
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const refusal = (says: RegExp) => (fault: Error) => says.test(String(fault.cause));
  const acknowledge = (person: string, changeId: string, roles: readonly string[] = ['on-call']) =>
    saidAs(time, person, acknowledgeUpdate, { changeId, roles, comment: 'go on' });
  const unvouched = (changeId: string) =>
    time.client.workflow
      .getHandle(serviceId('shop'))
      .executeUpdate<unknown, [unknown]>(acknowledgeUpdate.name, { args: [{ changeId, roles: ['on-call'] }] });

  async function ask(version: string): Promise<string> {
    const stage = aStage({ instances: 1, strategy: aRolling(), approval: bySentinelAndOwner });
    const request = {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' }),
      stages: [{ ...stage, readiness: { 'on-call-notified': {} }, tellsOnCall: true as const }],
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
});
