import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Client } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { findTemporal } from '../../src/adapters/temporal/find-temporal.js';
import { type Alert, usualAlerts } from '../../src/domain/alert.js';
import type { Told } from '../../src/domain/decisions/told-alert.js';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { hours, minutes } from '../../src/domain/duration.js';
import type { RolloutOutcome, RolloutProgress } from '../../src/domain/rollout.js';
import { createAlerting } from '../../src/http/alerting.js';
import { createReleaseDesk, type ReleaseDesk } from '../../src/http/release-desk.js';
import { releaseQueue, rolloutId, rolloutProgress, searchAttributes, workflowTypes } from '../../src/messages.js';
import { bundlePath } from '../../workers/bundle.js';
import { eventsOf } from '../support/events.js';
import { eventually } from '../support/eventually.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { aCanary, anArtifact, aStage, aWindow } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const workflowId = rolloutId('production', 'shop');

/** Storms of messages at one release, on a real Temporal server, whose buffer holds 100 messages during one workflow task. */
describe('fault 17: a storm of messages', { timeout: 200_000, concurrency: 1 }, () => {
  let engine: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let desk: ReleaseDesk;
  let client: Client;
  before(async () => {
    const { path } = await findTemporal({ env: process.env, tell: () => undefined });
    const attributes = Object.values(searchAttributes).flatMap((name) => ['--search-attribute', `${name}=Keyword`]);
    engine = await TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'existing-path', path }, extraArgs: attributes },
    });
    client = engine.client;
    slipway = await openMemorySlipway(engine, { environment: 'production', commits: [] });
    desk = createReleaseDesk({ client, environments: ['production'] });
    slipway.world.apply(place, { key: 'before', generation: 1 }, 'what ran before', (here) => {
      here.stable = { artifact: anArtifact('1.0.0'), instances: ['shop-1.0.0-1'] };
    });
  });
  after(async () => {
    await desk.quiet();
    await slipway.close();
    await engine.teardown();
  });

  it('150 signals within one workflow task fail no task of ours, and the one demand among them is followed', async () => {
    const rollout = await begun('storm-1', 'nobody-polls');
    // A task that is under way, and answered by nobody: what comes meanwhile is buffered by the server.
    const poll = { taskQueue: { name: 'nobody-polls', kind: 1 }, identity: 'stands still' };
    const task = await client.withDeadline(Date.now() + 30_000, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace: client.options.namespace, ...poll }),
    );
    assert.equal(task.workflowExecution?.workflowId, workflowId);
    const noise = Array.from({ length: 149 }, (_, i) => i);
    await Promise.all(
      noise.map((i) =>
        rollout.signal(['pause', 'resume', 'promote', 'no-such-signal'][i % 4] ?? '', {
          person: 'dave',
          reason: `noise ${i}`,
        }),
      ),
    );
    await rollout.signal('rollback', { person: 'dave', reason: 'customers cannot pay' });
    const worker = await Worker.create({
      ...{ connection: engine.nativeConnection, taskQueue: 'nobody-polls', workflowBundle: { codePath: bundlePath } },
      ...(engine.namespace !== undefined && { namespace: engine.namespace }),
    });
    const outcome = (await worker.runUntil(rollout.result())) as RolloutOutcome;
    assert.equal(outcome.kind, 'rolled-back');
    assert.deepEqual([outcome.rollback?.demand.by, outcome.rollback?.demand.reason], ['dave', 'customers cannot pay']);
    const events = await eventsOf(client, workflowId);
    assert.equal(events.filter((event) => event.workflowExecutionSignaledEventAttributes).length, 150);
    const failed = events.flatMap(({ workflowTaskFailedEventAttributes: failure }) => (failure ? [failure] : []));
    assert.deepEqual(
      failed.filter(({ identity }) => identity !== 'stands still' && identity !== 'history-service'),
      [],
    );
    assert.deepEqual(slipway.world.at(place).share, 0);
  });

  it('10,000 calls about one release cost a few events, and delay no rollback', async () => {
    const rollout = await begun('storm-2', releaseQueue);
    await eventually('users are on it', async () => ((await progress()).share > 0 ? true : undefined));
    const quiet = (await eventsOf(client, workflowId)).length;
    const alerting = createAlerting({
      ...{ desk, severities: usualAlerts.rollout, clock: () => new Date().toISOString(), counted: () => undefined },
      logger: { info: () => undefined, warn: () => undefined },
    });
    const startsAt = new Date().toISOString();
    const alert = (name: string, severity: string): Told => {
      const about: Alert = { id: name, name, severity, status: 'firing', startsAt, summary: name };
      return { kind: 'about', place, alert: about };
    };
    const calls = Array.from({ length: 10_000 }, (_, i) =>
      alerting.take([alert(`Slow ${i % 1_000}`, 'warning')], 'prometheus'),
    );
    const [demanded] = await alerting.take([alert('Errors', 'critical')], 'prometheus');
    assert.equal(demanded?.outcome, 'demanded', 'what moves a release at once goes before all that waits');
    const heard = (await eventsOf(client, workflowId)).filter(
      (event) => event.workflowExecutionUpdateAcceptedEventAttributes,
    );
    assert.ok(heard.length <= 7, `${heard.length} messages were heard before it`);
    const { kind, rollback } = (await rollout.result()) as RolloutOutcome;
    assert.deepEqual([kind, rollback?.demand.cause], ['rolled-back', 'alert']);
    const answers = (await Promise.all(calls)).flat();
    assert.equal(answers.length, 10_000, 'every call is answered');
    const cost = (await eventsOf(client, workflowId)).length - quiet;
    assert.ok(cost < 150, `${cost} events, the way back among them`);
  });

  const progress = (): Promise<RolloutProgress> => client.workflow.getHandle(workflowId).query(rolloutProgress);

  /** A rollout whose first window lasts for as long as nothing else happens. */
  async function begun(changeId: string, taskQueue: string) {
    const { stable, generation } = slipway.world.at(place);
    const strategy = aCanary({ shares: [5, 100], window: aWindow({ for: hours(100), every: minutes(5) }) });
    const world = { generation, ...(stable && { stable: stable.artifact }) };
    const artifact = anArtifact(`2.${generation}.0`);
    const planned = planFor({ kind: 'release', stage: aStage({ instances: 1, strategy }), artifact, world });
    const order = {
      ...{ changeId, plan: { ...planned, hash: 'sha256:0' }, smokeWithin: minutes(5), rollbackPatience: minutes(1) },
      ...{ roster: { dave: ['on-call'] }, alerts: usualAlerts },
    };
    return await client.workflow.start(workflowTypes.rollout, { workflowId, taskQueue, args: [order] });
  }
});
