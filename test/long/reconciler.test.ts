import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import type { Finding } from '../../src/domain/finding.js';
import { createReleaseDesk } from '../../src/http/release-desk.js';
import { heraldId, releaseId, rolloutId, serviceId } from '../../src/messages.js';
import type { HistoryEvent } from '../support/events.js';
import { endingWhenSeen } from '../support/ending-when-seen.js';
import { eventually } from '../support/eventually.js';
import { recordHistories, recordHistory } from '../support/histories.js';
import { opened } from '../support/opened.js';
import { openStage, type Stage, type View } from '../support/stage.js';

const patient = '{ kind: canary, shares: [25, 100], window: 5m, afterwards: 2s, every: 1s }';

/** Terminate in the Temporal UI cannot be prevented: what it leaves behind is found, told, and mended by one command. */
describe('what somebody ends in the Temporal UI', () => {
  let stage: Stage;
  let load: Load;
  let webhook: Server;
  const notices: string[] = [];
  before(async () => {
    webhook = createServer((request, response) => {
      void text(request).then((body) => {
        notices.push((JSON.parse(body) as { text: string }).text);
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(webhook, 'listening');
    const { port } = webhook.address() as AddressInfo;
    const variables = { SLIPWAY_WEBHOOK: `http://127.0.0.1:${port}/hook` };
    stage = await openStage({ shop: patient }, { environments: ['production'], latency: '2s', variables });
    load = await opened(stage, 'shop');
  });
  after(async () => {
    await load.stop();
    await stage.close();
    webhook.close();
  });

  it('a release and its rollout: users are left on a candidate that nobody carries on; one command brings them back', async () => {
    const changeId = await observing('1.1.0');
    await terminate(releaseId('shop', changeId));
    await terminate(rolloutId('production', 'shop'));
    const finding = await found('unattended');
    assert.match(finding.text, /25 % of the users of shop in production reach 1\.1\.0.* ended from outside/);
    assert.equal(finding.command, 'slipway rollback shop --environment production --reason "…"');
    await told(new RegExp(`^shop 1\\.1\\.0 \\(${changeId}\\) was ended from outside`));
    await told(/^25 % of the users of shop.*slipway rollback shop/);
    const { status, body } = await stage.ask('dave', 'POST', '/v1/services/shop/rollback', { reason: 'mend' });
    assert.equal(status, 202, JSON.stringify(body));
    assert.equal((await closed(body.changeId)).state, 'succeeded');
    assert.deepEqual(await inProduction(), { share: 0, candidate: undefined, stable: '1.0.0' });
    await told(/shop in production: unattended is over/);
  });

  it('a release alone: its rollout goes on, which nobody follows; a rollback of that change is heard by it', async () => {
    const changeId = await observing('1.2.0');
    await terminate(releaseId('shop', changeId));
    assert.match((await found('orphaned')).text, new RegExp(`the rollout of ${changeId} .*its release was ended`));
    const { status } = await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'mend' });
    assert.equal(status, 200);
    await over('orphaned');
    assert.deepEqual(await inProduction(), { share: 0, candidate: undefined, stable: '1.0.0' });
  });

  it('the mailbox of a service: it is opened again with all that it knew, and follows the release that was under way', async () => {
    const changeId = await observing('1.3.0');
    const waiting = await stage.release('shop', '1.1.0');
    const before = await standing();
    assert.equal(before['underWay'], changeId);
    await terminate(serviceId('shop'));
    await told(/the mailbox of shop was ended from outside/);
    const again = await eventually('it is there again', async () => {
      const now = await standing();
      return now['underWay'] === changeId ? now : undefined;
    });
    assert.deepEqual(again['vetoes'], before['vetoes']);
    assert.deepEqual(again['environments'], before['environments']);
    assert.deepEqual(again['queue'], [waiting]);
    await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'enough' });
    assert.equal((await closed(changeId)).state, 'rolled-back');
    await told(new RegExp(`^shop 1\\.3\\.0 \\(${changeId}\\) has ended, rolled-back: `));
    const next = await stage.until(waiting, 'its turn', ({ state }) => state === 'awaiting-approval');
    assert.equal(next.changeId, waiting);
    await told(new RegExp(`\\(${waiting}\\) waits in production for the approval of .*slipway approve ${waiting}`));
    assert.match(JSON.stringify((await standing())['vetoes']), /1\.3\.0/);
    await recordHistories(stage, 'shop', changeId, 'followed-on', ['service', 'release', 'rollout', 'reconciler']);
    await recordHistory(stage, heraldId, 'tells-of-releases--herald');
  });

  it('the mailbox of a service, in the instant in which it is written to: what it knew is not lost', async () => {
    const before = await standing();
    const { client, ended } = endingWhenSeen(await stage.client(), serviceId('shop'));
    const desk = createReleaseDesk({ client, environments: ['production'] });
    const vetoes = await desk.veto('shop', { kind: 'veto', version: '9.9.9', by: 'grace', reason: 'never that one' });
    await desk.quiet();
    assert.ok(ended(), 'it was ended between the look and the message');
    assert.equal(vetoes.length, (before['vetoes'] as readonly unknown[]).length + 1);
    assert.deepEqual((await standing())['environments'], before['environments']);
  });

  it('fault 20, or resets: a release follows its rollout on, and a rollout starts over on what is there; no effect is doubled', async () => {
    const changeId = (await standing())['underWay'] as string;
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', ({ rollouts }) => rollouts.some(({ share }) => share === 25));
    await reset(releaseId('shop', changeId), (tasks) => tasks.at(-1));
    await reset(rolloutId('production', 'shop'), (tasks) => tasks[0]);
    await stage.until(changeId, 'observing again', ({ rollouts }) =>
      rollouts.some(({ state, share, steps }) => state === 'running' && share === 25 && steps.length > 3),
    );
    assert.deepEqual(await findings(), []);
    const { status } = await stage.ask('alice', 'POST', `/v1/releases/${changeId}/promote`, {
      reason: 'go',
      full: true,
    });
    assert.equal(status, 200);
    const { state, outcome } = await closed(changeId);
    assert.equal(state, 'succeeded', outcome?.reason);
    assert.deepEqual(await inProduction(), { share: 0, candidate: undefined, stable: '1.1.0' });
    const keys = (await stage.ledger('shop')).map(({ key }) => key);
    assert.equal(new Set(keys).size, keys.length);
    await told(new RegExp(`\\(${changeId}\\) has ended, succeeded`));
    const lost = notices.filter((notice) => notice.includes(changeId) && notice.includes('ended from outside'));
    assert.deepEqual(lost, [], 'a release that is reset has not been ended');
  });

  it('is told to people once, with whatever else becomes of releases', () => {
    assert.equal(new Set(notices).size, notices.length, notices.join('\n'));
  });

  it('leaves records whose hash chain verifies', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
  });

  async function observing(version: string): Promise<string> {
    const changeId = await stage.release('shop', version);
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', ({ rollouts }) => rollouts.some(({ share }) => share === 25));
    return changeId;
  }

  async function terminate(workflowId: string): Promise<void> {
    await (await stage.client()).workflow.getHandle(workflowId).terminate('by mistake');
  }

  /** Back to one of its workflow tasks, as the Temporal UI offers it. */
  async function reset(workflowId: string, which: (tasks: readonly HistoryEvent[]) => HistoryEvent | undefined) {
    const client = await stage.client();
    const handle = client.workflow.getHandle(workflowId);
    const { events = [] } = await handle.fetchHistory();
    const task = which((events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes));
    assert.ok(task?.eventId);
    await client.workflowService.resetWorkflowExecution({
      namespace: client.options.namespace,
      workflowExecution: { workflowId, runId: (await handle.describe()).runId },
      workflowTaskFinishEventId: task.eventId,
      reason: 'to see it again',
      requestId: randomUUID(),
    });
  }

  /** Of the reconciler: that nobody on call has acknowledged what happens here is none of its business. */
  async function findings(): Promise<readonly Finding[]> {
    const { body } = await stage.ask('alice', 'GET', '/v1/findings');
    return (body['findings'] as readonly Finding[]).filter(({ kind }) => kind !== 'unacknowledged');
  }

  const found = (kind: Finding['kind']): Promise<Finding> =>
    eventually(kind, async () => (await findings()).find((finding) => finding.kind === kind), { every: 300 });

  const over = (kind: Finding['kind']): Promise<true> =>
    eventually(
      `${kind} is over`,
      async () => ((await findings()).some((finding) => finding.kind === kind) ? undefined : true),
      { every: 300 },
    );

  const told = (what: RegExp): Promise<true> =>
    eventually(`people are told ${what.source}`, () =>
      notices.some((notice) => what.test(notice)) ? true : undefined,
    );

  const standing = async (): Promise<View> => (await stage.ask('alice', 'GET', '/v1/services/shop')).body;

  const closed = (changeId: string): Promise<View> =>
    stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);

  async function inProduction() {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const { fleet, traffic } = report?.places.find((place) => place.service === 'shop') ?? {};
    return { share: traffic?.share, candidate: fleet?.candidate, stable: fleet?.stable?.artifact.version };
  }
});
