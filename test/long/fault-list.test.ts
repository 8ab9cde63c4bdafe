import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import proto from '@temporalio/proto';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import type { RolloutOrder, RolloutOutcome } from '../../src/domain/rollout.js';
import { environmentQueue, releaseId, releaseQueue, rolloutId, workflowTypes } from '../../src/messages.js';
import { disturbHost } from '../support/disturbed-host.js';
import { eventsOf } from '../support/events.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { checkInvariants } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { withSecondWorker } from '../support/second-worker.js';
import { openStage, type View } from '../support/stage.js';
import { asJson, sendSignal } from '../support/temporal-ui.js';

const quick = '{ kind: canary, shares: [25, 100], window: 6s, afterwards: 2s, every: 1s }';
const patient = '{ kind: canary, shares: [25, 100], window: 5m, afterwards: 2s, every: 1s }';

/** Cases of the fault list that no other page tells; where the others are told: test/faults/README.md. */
describe('the fault list', { concurrency: 1 }, async () => {
  const stage = await openStage(
    { shop: quick, asked: patient, gated: quick, hung: patient, dead: patient },
    {
      environments: ['production'],
      startWithin: '90s',
      latency: '10s',
      production: 'at-once: 2, approval: { expires-after: 20s }',
    },
  );
  const loads: Load[] = [];
  before(async () => {
    for (const service of ['shop', 'asked']) loads.push(await opened(stage, service));
  });
  after(async () => {
    for (const load of loads) await load.stop();
    await stage.close();
  });

  it('fault 2: two workers that are ended in order in turn hand over: no task fails, none is waited for', async () => {
    const second = await withSecondWorker(stage);
    const changeId = await started('shop', '1.1.0');
    const over = closed(changeId);
    let ended = 0;
    try {
      for (let done = false; !done; ended += 1) {
        const known = await second.pids();
        const next = known[ended % 2];
        assert.ok(next, 'there are two workers');
        process.kill(next, 'SIGTERM');
        await eventually('another worker polls', async () => {
          const [other] = (await second.pids()).filter((pid) => !known.includes(pid));
          return (other !== undefined && (await polls(other))) || undefined;
        });
        done = await Promise.race([over.then(() => true), pause(1_000, false)]);
      }
    } finally {
      await second.close();
    }
    assert.equal((await over).state, 'succeeded');
    assert.ok(ended >= 2, `${ended} times`);
    for (const workflowId of [releaseId('shop', changeId), rolloutId('production', 'shop')])
      for (const event of await eventsOf(await stage.client(), workflowId))
        assert.ok(
          !event.workflowTaskFailedEventAttributes && !event.activityTaskTimedOutEventAttributes,
          JSON.stringify(event),
        );
    await holds('shop', changeId);
  });

  it('fault 3: all workers are gone across the end of a window and of an approval: late is not seen, and expired stays so', async () => {
    const watched = await started('shop', '1.2.0');
    const gated = await stage.release('gated', '1.0.0');
    await stage.until(gated, 'its gate', ({ state }) => state === 'awaiting-approval');
    await stage.until(watched, 'observing', (view) => has(view, '04-observe'));
    const { start, workers } = await stage.pids();
    for (const pid of [start, ...workers]) process.kill(pid, 'SIGKILL');
    await pause(25_000); // The window is over after 6 s, the approval after 20 s.
    const back = Date.now();
    await stage.startAgain();
    const view = await closed(watched);
    assert.equal(view.state, 'succeeded', view.outcome?.reason);
    const window = stepsOf(view).find(({ id }) => id === '04-observe') as { readonly endedAt?: string } | undefined;
    assert.ok(Date.parse(window?.endedAt ?? '') > back, 'the window ended without a look after the return');
    const { state, outcome } = await closed(gated);
    assert.equal(state, 'refused', outcome?.reason);
    assert.match(outcome?.reason ?? '', /expired|in time/);
    const late = await stage.ask('grace', 'POST', `/v1/releases/${gated}/approvals`, {
      decision: 'approve',
      comment: 'late',
    });
    assert.equal(late.status, 409, JSON.stringify(late.body));
    await holds('shop', watched);
  });

  it('faults 6 and 7: an order that is delayed until the way back is over is refused, and changes nothing', async () => {
    const between = await disturbHost(join(stage.dataDir, 'hosts/production'));
    try {
      let arrive = (): void => undefined;
      const delayed = new Promise<void>((resolve) => (arrive = resolve));
      let held: ((answer: { readonly status: number; readonly body: string }) => void) | undefined;
      const late = new Promise<{ readonly status: number; readonly body: string }>((resolve) => (held = resolve));
      let holding = false;
      between.with(async ({ response, pass, body }) => {
        const mine = !holding && body.includes('"kind":"shift"') && body.includes('"share":25');
        if (mine) {
          holding = true;
          await delayed;
        }
        const answer = await pass();
        if (mine) held?.(answer);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
      const changeId = await started('asked', '1.1.0');
      await eventually('the order is under way', () => holding || undefined);
      assert.equal((await said('dave', changeId, 'rollback')).status, 200);
      assert.equal((await closed(changeId)).state, 'rolled-back');
      const world = await placeOf('asked');
      arrive();
      const answer = await late;
      assert.equal(answer.status, 409);
      assert.match(answer.body, /superseded/);
      assert.deepEqual(await placeOf('asked'), world);
      await holds('asked', changeId);
    } finally {
      await between.close();
    }
  });

  it('fault 9: while the platform cannot be reached no step is taken for done; healed, it is read back', async () => {
    const between = await disturbHost(join(stage.dataDir, 'hosts/production'));
    try {
      let orders = 0;
      between.with(async (order) => {
        if (orders === 0 && !order.body.includes('"kind":"shift"')) {
          return await order.through();
        }
        orders += 1;
        order.response.destroy();
      });
      const changeId = await started('asked', '1.2.0');
      await eventually('the shift is tried again and again', () => orders > 8 || undefined);
      assert.deepEqual(
        stepsOf(await viewOf(changeId))
          .map(({ id }) => id)
          .filter((id) => id > '03-shift'),
        [],
      );
      assert.equal((await said('dave', changeId, 'rollback')).status, 200);
      const before = orders;
      await eventually('the way back is tried as well', () => orders > before + 8 || undefined);
      assert.equal((await viewOf(changeId)).closedAt, undefined);
      between.with(undefined);
      assert.equal((await closed(changeId)).state, 'rolled-back');
      await holds('asked', changeId);
    } finally {
      await between.close();
    }
  });

  it('fault 7: a worker that stands still and comes to again has done nothing twice', async () => {
    const second = await withSecondWorker(stage);
    try {
      const changeId = await started('shop', '5.0.0'); // Needs 20 s to be ready.
      const handle = (await stage.client()).workflow.getHandle(rolloutId('production', 'shop'));
      const zombie = await eventually('somebody starts it', async () => {
        const { raw } = await handle.describe();
        const [pending] = raw.pendingActivities ?? [];
        return pending?.activityType?.name === 'startCandidate'
          ? Number.parseInt(pending.lastWorkerIdentity ?? '', 10) || undefined
          : undefined;
      });
      process.kill(zombie, 'SIGSTOP');
      try {
        await stage.until(changeId, 'somebody else goes on', (view) => has(view, '04-observe'));
      } finally {
        process.kill(zombie, 'SIGCONT');
      }
      const { state, outcome } = await closed(changeId);
      assert.equal(state, 'succeeded', outcome?.reason);
      await holds('shop', changeId);
    } finally {
      await second.close();
    }
  });

  it('fault 48: where every place of the way forth is taken by starts that hang, a rollback goes its own way', async () => {
    const changeId = await started('asked', '1.3.0');
    await stage.until(changeId, 'observing', (view) => has(view, '04-observe'));
    const hanging = [await started('hung', '6.0.0'), await started('dead', '6.0.0')]; // Need 60 s to be ready.
    for (const hung of hanging) await stage.until(hung, 'starting', ({ rollouts }) => rollouts.length > 0);
    await eventually('both hang', async () => {
      const pending = await Promise.all(['hung', 'dead'].map(startOf));
      return pending.every(Boolean) || undefined;
    });
    assert.equal((await said('dave', changeId, 'rollback')).status, 200);
    assert.equal((await closed(changeId)).state, 'rolled-back');
    const pending = await Promise.all(['hung', 'dead'].map(startOf));
    assert.deepEqual(pending, [true, true], 'the starts hang no longer: nothing was shown');
    await holds('asked', changeId);
    for (const hung of hanging) await said('dave', hung, 'abort');
    for (const hung of hanging) await closed(hung);
  });

  it('faults 11 and 14: what is said too early is refused by its rule and skips no gate; who approves twice counts once', async () => {
    const early = await stage.release('gated', '1.1.0');
    assert.equal((await said('alice', early, 'promote')).status, 409);
    assert.equal((await said('alice', early, 'resume')).status, 409);
    assert.equal((await said('dave', early, 'rollback')).status, 200);
    assert.equal((await closed(early)).state, 'withdrawn');
    const changeId = await stage.release('gated', '1.1.0');
    await stage.until(changeId, 'its gate', ({ state }) => state === 'awaiting-approval');
    for (const command of ['promote', 'skip', 'resume', 'retry'])
      assert.equal((await said('alice', changeId, command)).status, 409, command);
    const approve = (person: string) =>
      stage.ask(person, 'POST', `/v1/releases/${changeId}/approvals`, { decision: 'approve', comment: 'read it' });
    await Promise.all([approve('grace'), approve('grace')]);
    await sendSignal(stage, releaseId('gated', changeId), 'approve', asJson('grace'));
    await approve('grace');
    const view = await viewOf(changeId);
    assert.deepEqual([view.state, view.rollouts.length], ['awaiting-approval', 0]);
    await approve('oscar');
    const { state, outcome } = await closed(changeId);
    assert.equal(state, 'rolled-back'); // Nobody sends it requests: no data is not a pass.
    assert.match(outcome?.reason ?? '', /no request/);
    await holds('gated', changeId);
  });

  it('fault 15: a demand that was there before the first task is not lost', async () => {
    const client = await stage.client();
    const { workers } = await stage.pids();
    const order = await orderOf(rolloutId('production', 'asked'));
    for (const pid of workers) process.kill(pid, 'SIGSTOP');
    const handle = await client.workflow.signalWithStart(workflowTypes.rollout, {
      workflowId: `${rolloutId('production', 'asked')}-early`,
      taskQueue: releaseQueue,
      args: [order],
      signal: 'rollback',
      signalArgs: [{ person: 'dave', reason: 'before it began' }],
    });
    for (const pid of workers) process.kill(pid, 'SIGCONT');
    const outcome = (await handle.result()) as RolloutOutcome;
    assert.equal(outcome.kind, 'rolled-back');
    assert.match(JSON.stringify(outcome), /dave.*before it began/);
    const { runId } = await handle.describe();
    const done = (await stage.ledger('asked')).filter(({ key }) => key.startsWith(runId));
    assert.ok(!done.some(({ what }) => /^(start|shift)/.test(String(what))), JSON.stringify(done));
  });

  it('fault 29: of two releases that begin in the same moment one has its turn, and the other waits for it', async () => {
    const both = await Promise.all([stage.release('gated', '1.2.0'), stage.release('gated', '1.3.0')]);
    const states = await Promise.all(
      both.map((id) => stage.until(id, 'settled', ({ state }) => ['awaiting-approval', 'queued'].includes(state))),
    );
    assert.deepEqual(states.map(({ state }) => state).sort(), ['awaiting-approval', 'queued']);
    const inTurn = states[0]?.state === 'queued' ? [...both].reverse() : both;
    const [first = '', second = ''] = inTurn;
    assert.equal((await said('dave', second, 'rollback')).status, 200);
    const { state, outcome } = await closed(second);
    assert.deepEqual([state, outcome?.reason], ['withdrawn', 'dave: the fault list']);
    assert.equal((await viewOf(first)).state, 'awaiting-approval');
    assert.equal((await said('dave', first, 'rollback')).status, 200);
    assert.equal((await closed(first)).state, 'withdrawn');
    await recordHistories(stage, 'gated', second, 'withdrawn-in-the-queue', ['service', 'release']);
  });

  /** What a rollout was started with, without its release. */
  async function orderOf(workflowId: string): Promise<RolloutOrder> {
    const [first] = await eventsOf(await stage.client(), workflowId);
    const [payload] = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const { plan, ...order } = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as RolloutOrder;
    const { changeId, smokeWithin, rollbackPatience } = order;
    return { changeId, plan, smokeWithin, rollbackPatience };
  }

  /** Approved, and on its way. */
  async function started(service: string, version: string): Promise<string> {
    const changeId = await stage.release(service, version);
    await stage.approve(changeId);
    return changeId;
  }

  const said = (person: string, changeId: string, command: string) =>
    stage.ask(person, 'POST', `/v1/releases/${changeId}/${command}`, { reason: 'the fault list' });

  const viewOf = async (changeId: string): Promise<View> =>
    (await stage.ask('alice', 'GET', `/v1/releases/${changeId}`)).body;

  const closed = (changeId: string): Promise<View> =>
    stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);

  const stepsOf = ({ rollouts }: View) => rollouts.at(-1)?.steps ?? [];
  const has = (view: View, step: string): boolean => stepsOf(view).some(({ id }) => id === step);

  async function holds(service: string, changeId: string): Promise<void> {
    assert.deepEqual(await checkInvariants(stage, service, changeId), []);
  }

  async function polls(pid: number): Promise<boolean> {
    const { workflowService, options } = await stage.client();
    const { pollers } = await workflowService.describeTaskQueue({
      namespace: options.namespace,
      taskQueue: { name: environmentQueue('production') },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    });
    return pollers.some(({ identity }) => identity?.startsWith(`${pid}@`));
  }

  /** Whether an instance of its first version is being started now. */
  async function startOf(service: string): Promise<boolean> {
    const { raw } = await (await stage.client()).workflow.getHandle(rolloutId('production', service)).describe();
    return (raw.pendingActivities ?? []).some(
      ({ activityType, lastStartedTime }) => activityType?.name === 'startCandidate' && Boolean(lastStartedTime),
    );
  }

  async function placeOf(service: string) {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const place = report?.places.find((one) => one.service === service);
    return {
      share: place?.traffic.share,
      stable: place?.fleet.stable?.artifact.tag,
      candidate: place?.fleet.candidate,
    };
  }
});
