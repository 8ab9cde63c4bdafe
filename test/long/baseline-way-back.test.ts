import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { Refused } from '../../src/domain/failure.js';
import { type RolloutOutcome, type RolloutPlan, sentence } from '../../src/domain/rollout.js';
import { commandSignal, releaseQueue, rolloutId, workflowTypes } from '../../src/messages.js';
import type { Fleet } from '../../src/ports/fleet.js';
import type { Smoke } from '../../src/ports/smoke.js';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { eventually } from '../support/eventually.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { aCanary, anArtifact, aStage } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const [from, to] = [anArtifact('1.0.0'), anArtifact('1.1.0')];

/** Where a rollout is made to turn round: a step of its own, before it has done anything or when it has done all. */
interface Turn {
  readonly step: string;
  readonly when: 'before' | 'after';
  readonly how: 'fault' | 'rollback' | 'abort';
}

/** Every rollout here has users, and a fresh baseline beside its candidate: real workflows and activities, in skipped time. */
describe('a rollout beside a fresh baseline', { timeout: 300_000 }, () => {
  let time: TestWorkflowEnvironment;
  let client: Client;
  let slipway: MemorySlipway;
  let turn: Turn | undefined;
  let runs = 0;
  before(async () => {
    time = await openSkippingTime();
    const { connection, namespace } = time;
    client = new Client({ connection, ...(namespace !== undefined && { namespace }) });
    const smoke = createMemorySmoke();
    slipway = await openMemorySlipway(
      time,
      { environment: 'production', commits: [] },
      { fleet: turning, smoke: { run: async (ask) => await turned('verify', () => smoke.run(ask)) } satisfies Smoke },
    );
    slipway.world.apply(place, { key: 'before', generation: 1 }, 'what ran before', (here) => {
      here.stable = { artifact: from, instances: ['shop-1.0.0-1', 'shop-1.0.0-2'] };
    });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  const faults = ['start', 'start-baseline', 'stop-baseline', 'adopt'].flatMap((step): Turn[] => [
    { step, when: 'before', how: 'fault' },
    { step, when: 'after', how: 'fault' },
  ]);
  const words = ['verify', 'observe-5', 'observe-25', 'observe-100'].flatMap((step): Turn[] => [
    { step, when: 'before', how: 'rollback' },
    { step, when: 'before', how: 'abort' },
  ]);
  const begun = (['start', 'start-baseline', 'stop-baseline'] as const).map((step): Turn => ({
    step,
    when: 'after',
    how: 'rollback',
  }));
  // What has been adopted does not go back by its own rollout.
  for (const one of [...faults.filter(({ step, when }) => step !== 'adopt' || when === 'before'), ...words, ...begun])
    it(`${one.how} ${one.when} ${one.step}: no baseline is left`, async () => {
      turn = one;
      const { kind, steps } = await carried();
      assert.equal(turn, undefined, 'it was met');
      assert.equal(kind, one.how === 'abort' ? 'aborted' : 'rolled-back');
      const { stable, candidate, baseline, share } = slipway.world.at(place);
      assert.deepEqual([stable?.artifact.version, baseline, share], ['1.0.0', undefined, 0]);
      if (one.how !== 'abort') assert.equal(candidate, undefined);
      const back = steps.filter(({ direction }) => direction === 'back').map(({ step }) => step.kind);
      const started = steps.some(({ step }) => step.kind === 'start-baseline');
      assert.equal(back.includes('stop-baseline'), started, back.join(', '));
      if (back.includes('shift')) assert.ok(back.indexOf('shift') < back.indexOf('stop-baseline'), back.join(', '));
    });

  it('is adopted where nothing is wrong: both had as many users, and every window but the last was beside the baseline', async () => {
    turn = undefined;
    const { world } = slipway;
    const before = world.ledger.length;
    const { kind, observations, plan } = await carried();
    assert.equal(kind, 'adopted');
    const { stable, candidate, baseline, share } = world.at(place);
    assert.deepEqual([stable?.artifact.version, candidate, baseline, share], ['1.1.0', undefined, undefined, 0]);
    assert.deepEqual(
      observations.map(({ share: at, control }) => [at, control]),
      [
        [5, 'baseline'],
        [25, 'baseline'],
        [100, undefined],
      ],
    );
    for (const { control, stable: beside, candidate: given } of observations)
      if (control) assert.ok(Math.abs(beside.requests - given.requests) <= 1, JSON.stringify([beside, given]));
    assert.deepEqual(
      world.ledger.slice(before).map(({ what }) => what),
      [
        'start 2 of 1.1.0',
        'start 2 of 1.0.0 as the baseline',
        'shift 5 %',
        'shift 25 %',
        'stop the baseline',
        'shift 100 %',
        `adopt ${world.ledger.at(-1)?.what.slice('adopt '.length) ?? ''}`,
      ],
    );
    const [, starts] = plan.steps;
    assert.equal(starts && sentence(starts.take, plan), 'start 2 of 1.0.0 afresh as the baseline');
  });

  async function carried(): Promise<RolloutOutcome & { readonly plan: RolloutPlan }> {
    const stage = aStage({ strategy: aCanary({ baseline: 'fresh' }) });
    const { generation } = slipway.world.at(place);
    const plan = {
      ...planFor({ kind: 'release', stage, artifact: to, world: { generation, stable: from } }),
      hash: '',
    };
    const { smokeWithin, rollbackPatience } = stage;
    const order = {
      changeId: `change-${(runs += 1)}`,
      plan,
      smokeWithin,
      rollbackPatience,
      roster: { dave: ['on-call'] },
    };
    const handle = await time.client.workflow.start(workflowTypes.rollout, {
      ...{ workflowId: rolloutId('production', 'shop'), taskQueue: releaseQueue, args: [order] },
    });
    return { ...((await handle.result()) as RolloutOutcome), plan };
  }

  /** Customers come by between two looks; and it is here that a rollout meets what it is to meet. */
  function turning(fleet: Fleet): Fleet {
    return {
      ...fleet,
      read: async (at) => {
        const { share } = slipway.world.at(at);
        if (share > 0) slipway.world.send(at, 400);
        return await turned(`observe-${share}`, () => fleet.read(at));
      },
      start: (ask) => turned('start', () => fleet.start(ask)),
      startBaseline: (ask) => turned('start-baseline', () => fleet.startBaseline(ask)),
      stopBaseline: (ask) => turned('stop-baseline', () => fleet.stopBaseline(ask)),
      adopt: (ask) => turned('adopt', () => fleet.adopt(ask)),
    };
  }

  async function turned<T>(step: string, work: () => Promise<T>): Promise<T> {
    const now = turn?.step === step ? turn : undefined;
    if (!now) return await work();
    turn = undefined;
    if (now.when === 'after') await work();
    if (now.how === 'fault') throw new Refused('invalid', `${step} breaks`);
    const said = { person: 'dave', reason: 'customers call' };
    const { generation } = slipway.world.at(place);
    await client.workflow.getHandle(rolloutId('production', 'shop')).signal(commandSignal(now.how).name, said);
    // What was asked of it meanwhile is refused by the fence, as it would be of a worker that was slow.
    await eventually('the way back', () => (slipway.world.at(place).generation > generation ? true : undefined));
    return await work();
  }
});
