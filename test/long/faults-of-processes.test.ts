import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import proto from '@temporalio/proto';
import type { RolloutOrder, RolloutOutcome } from '../../src/domain/rollout.js';
import { environmentQueue, releaseId, releaseQueue, rolloutId, workflowTypes } from '../../src/messages.js';
import { eventsOf } from '../support/events.js';
import { eventually } from '../support/eventually.js';
import { faultStage, has, patient, quick, stepsOf } from '../support/fault-stage.js';
import { withSecondWorker } from '../support/second-worker.js';

/** Cases of the fault list about workers and what they start. Where other cases are told: test/faults/README.md. */
describe('the fault list: processes that die, hang or come too late', { concurrency: 1 }, async () => {
  const { stage, started, said, closed, holds } = await faultStage(
    { shop: quick, asked: patient, gated: quick, hung: patient, dead: patient },
    ['shop', 'asked'],
  );

  it('fault 2: two workers that are ended in order in turn hand over: no task fails, none is waited for', async () => {
    const second = await withSecondWorker(stage);
    const handOver = async (turn: number): Promise<void> => {
      const known = await second.pids();
      const next = known[turn % 2];
      assert.ok(next, 'there are two workers');
      process.kill(next, 'SIGTERM');
      await eventually('another worker polls', async () => {
        const [other] = (await second.pids()).filter((pid) => !known.includes(pid));
        return (other !== undefined && (await polls(other))) || undefined;
      });
    };
    const changeId = await started('shop', '1.1.0');
    let over: ReturnType<typeof closed> | undefined;
    try {
      // Paused, so that both are ended in turn before it is over, on however slow a machine.
      assert.equal((await said('dave', changeId, 'pause')).status, 200);
      for (const turn of [0, 1]) await handOver(turn);
      assert.equal((await said('alice', changeId, 'resume')).status, 200);
      over = closed(changeId);
      for (let [turn, done] = [2, false]; !done; turn += 1) {
        await handOver(turn);
        done = await Promise.race([over.then(() => true), pause(1_000, false)]);
      }
    } finally {
      await second.close();
    }
    assert.equal((await over).state, 'succeeded');
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

  /** What a rollout was started with, without its release. */
  async function orderOf(workflowId: string): Promise<RolloutOrder> {
    const [first] = await eventsOf(await stage.client(), workflowId);
    const [payload] = first?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
    const { plan, ...order } = JSON.parse(Buffer.from(payload?.data ?? []).toString()) as RolloutOrder;
    const { changeId, smokeWithin, rollbackPatience } = order;
    return { changeId, plan, smokeWithin, rollbackPatience };
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
});
