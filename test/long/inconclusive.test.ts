import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { usualAlerts } from '../../src/domain/alert.js';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { after as later, minutes } from '../../src/domain/duration.js';
import type { RolloutOutcome, RolloutProgress } from '../../src/domain/rollout.js';
import type { WhenInconclusive } from '../../src/domain/strategy.js';
import { createReleaseDesk, type ReleaseDesk } from '../../src/http/release-desk.js';
import { releaseQueue, rolloutId, rolloutProgress, workflowTypes } from '../../src/messages.js';
import { createWorkflows } from '../../src/adapters/temporal/workflows.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { aCanary, anArtifact, aStage, aWindow } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const hold = { kind: 'hold', patience: minutes(60) } as const;

/** Windows that see too little, as people meet them: real workflows and activities, in skipped time. */
describe('a window that has seen too little to tell', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let desk: ReleaseDesk;
  let client: Client;
  before(async () => {
    time = await openSkippingTime();
    const { connection, namespace } = time;
    client = new Client({ connection, ...(namespace !== undefined && { namespace }) });
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [] });
    desk = createReleaseDesk({ client, environments: ['production'] });
    slipway.world.apply(place, { key: 'before', generation: 1 }, 'what ran before', (here) => {
      here.stable = { artifact: anArtifact('1.0.0'), instances: ['shop-1.0.0-1'] };
    });
  });
  after(async () => {
    await desk.quiet();
    await slipway.close();
    await time.teardown();
  });

  it('goes back, unless a policy says otherwise', async () => {
    const rollout = await begun('silent-1', undefined);
    const { kind, rollback } = (await rollout.result()) as RolloutOutcome;
    assert.equal(kind, 'rolled-back');
    assert.match(rollback?.demand.reason ?? '', /^inconclusive: \d+ requests reached the candidate .* 1000 are needed/);
  });

  it('is held for people, who are told what was met and wanted, until when, and how to act; one passes it', async () => {
    const rollout = await begun('held-1', hold);
    const { state, held = '', heldUntil = '', share } = await asked();
    assert.deepEqual([state, share], ['held', 25]);
    assert.match(held, /^inconclusive: \d+ requests reached the candidate in .*; 1000 are needed to judge\./);
    assert.match(held, /`promote` lets 04-observe pass as it is, `retry` looks once more, `rollback` goes back/);
    assert.ok(held.endsWith(`it goes back by itself at ${heldUntil}`));
    const begunAt = (await asked()).steps.at(-1)?.endedAt ?? '';
    assert.equal(heldUntil, later(begunAt, minutes(60)));
    const sight = await createWorkflows(client).underWay(place);
    assert.equal(sight.rollout?.asks, held, 'and so is whoever is told of what is held');

    await assert.rejects(say('held-1', 'resume'), /it is held, not paused: promote, retry, skip, rollback/);
    await assert.rejects(say('held-1', 'promote', '04-observe', 'norma'), /norma holds no role; promote takes one of/);
    await say('held-1', 'retry');
    await eventually('it is looked at once more', async () => {
      const { steps, state: now } = await progress();
      return now === 'held' && steps.filter(({ id }) => id === '04-observe').length === 2 ? true : undefined;
    });
    await say('held-1', 'promote', '04-observe');
    await eventually('the next window', async () => ((await progress()).share === 100 ? true : undefined));
    await asked();
    await say('held-1', 'promote', '06-observe');
    const { kind, steps } = (await rollout.result()) as RolloutOutcome;
    assert.equal(kind, 'adopted');
    const looks = steps.filter(({ step }) => step.kind === 'observe');
    assert.deepEqual(
      looks.map(({ verdict, overruled }) => [verdict?.kind, overruled?.how, overruled?.by]),
      [
        ['inconclusive', undefined, undefined],
        ['inconclusive', 'promoted', 'dave'],
        ['inconclusive', 'promoted', 'dave'],
      ],
    );
    await recordHistories(engine, 'shop', '', 'inconclusive-and-promoted', ['rollout']);
  });

  it('that nobody decides on goes back once its patience is over', async () => {
    const rollout = await begun('held-2', hold);
    await asked();
    await time.sleep(minutes(59));
    assert.equal((await progress()).state, 'held');
    await time.sleep(minutes(2));
    const { kind, rollback } = (await rollout.result()) as RolloutOutcome;
    assert.equal(kind, 'rolled-back');
    assert.match(rollback?.demand.reason ?? '', /^inconclusive: .*; nobody has decided in 1 h$/);
    assert.deepEqual([rollback?.demand.by, rollback?.demand.cause], ['slipway', 'judgement']);
    await recordHistories(engine, 'shop', '', 'inconclusive-undecided', ['rollout']);
  });

  it('hears a rollback at once while it is held, and an alert too', async () => {
    const first = await begun('held-3', hold);
    await asked();
    await say('held-3', 'rollback');
    assert.equal(((await first.result()) as RolloutOutcome).rollback?.demand.by, 'dave');
    const second = await begun('held-4', hold);
    await asked();
    const startsAt = new Date(await time.currentTimeMs()).toISOString();
    const alert = {
      id: 'a-1',
      name: 'Errors',
      severity: 'critical',
      status: 'firing',
      startsAt,
      summary: '500',
    } as const;
    const heard = await desk.alert(place, [alert], 'prometheus');
    assert.equal(heard?.records[0]?.outcome, 'demanded');
    assert.equal(((await second.result()) as RolloutOutcome).rollback?.demand.cause, 'alert');
  });

  it('is watched while it is held: who turns bad meanwhile goes back by himself', async () => {
    const rollout = await begun('held-5', hold);
    await asked();
    const { candidate } = slipway.world.at(place);
    slipway.world.conduct(candidate?.artifact.digest ?? '', { healthy: false });
    await time.sleep(minutes(6));
    const { rollback } = (await rollout.result()) as RolloutOutcome;
    assert.deepEqual(rollback?.demand.cause, 'health');
  });

  it('may be extended once: it then goes on for as long again', async () => {
    const rollout = await begun('extended-1', { kind: 'extend' });
    const { kind, rollback, observations } = (await rollout.result()) as RolloutOutcome;
    assert.equal(kind, 'rolled-back');
    assert.match(
      rollback?.demand.reason ?? '',
      /^inconclusive: .*; 1000 are needed to judge; extended once, by 400 ms$/,
    );
    const [seen] = observations;
    assert.ok(Date.parse(seen?.to ?? '') - Date.parse(seen?.from ?? '') >= 800);
  });

  const engine = { client: () => Promise.resolve(client) };
  const progress = (): Promise<RolloutProgress> =>
    client.workflow.getHandle(rolloutId('production', 'shop')).query(rolloutProgress);

  /** Once people are asked. */
  const asked = (): Promise<RolloutProgress> =>
    eventually('people are asked', async () => {
      const now = await progress();
      return now.heldUntil === undefined ? undefined : now;
    });

  /** Of a step: the same word twice within two seconds is one command. */
  const say = (changeId: string, kind: 'rollback' | 'promote' | 'retry' | 'resume', step?: string, person = 'dave') =>
    desk.command(
      { service: 'shop', changeId },
      kind,
      { reason: 'I have looked', ...(step !== undefined && { step }) },
      { person },
    );

  /** A rollout whose users send some requests, and never as many as are needed. */
  async function begun(changeId: string, inconclusive: WhenInconclusive | undefined) {
    const { stable, generation } = slipway.world.at(place);
    const window = aWindow({ for: 400, every: minutes(5), minSamples: 1_000, ...(inconclusive && { inconclusive }) });
    const strategy = aCanary({ shares: [25, 100], window, afterwards: window });
    const world = { generation, ...(stable && { stable: stable.artifact }) };
    const artifact = anArtifact(`2.${generation}.0`);
    const planned = planFor({ kind: 'release', stage: aStage({ instances: 1, strategy }), artifact, world });
    const order = {
      ...{ changeId, plan: { ...planned, hash: 'sha256:0' }, smokeWithin: minutes(5), rollbackPatience: minutes(1) },
      ...{ roster: { dave: ['on-call'] }, alerts: usualAlerts },
    };
    const handle = await client.workflow.start(workflowTypes.rollout, {
      ...{ workflowId: rolloutId('production', 'shop'), taskQueue: releaseQueue, args: [order] },
    });
    const users = setInterval(() => slipway.world.send(place, 8), 20);
    void handle.result().finally(() => clearInterval(users));
    return handle;
  }
});
