import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { planFor } from '../../src/domain/decisions/plan-for.js';
import { planDrill } from '../../src/domain/decisions/plan-drill.js';
import { planRecovery, planRollout } from '../../src/domain/decisions/plan-rollout.js';
import { minutes } from '../../src/domain/duration.js';
import { type PlannedStep, sentence, type Step } from '../../src/domain/rollout.js';
import type { Strategy } from '../../src/domain/strategy.js';
import { aBlueGreen, aCanary, anArtifact, aRolling, aStage, aWindow } from '../support/orders.js';

const change = {
  place: { service: 'shop', environment: 'production' },
  from: anArtifact('1.0.0'),
  to: anArtifact('1.1.0'),
  instances: 4,
  smokeWithin: minutes(5),
};
const steps = (strategy: Strategy): readonly PlannedStep[] => planRollout({ ...change, strategy }).steps;

function word(step: Step): string {
  if (step.kind === 'shift') return `shift ${step.share}`;
  return step.kind === 'replace' ? `replace ${step.batch}/${step.of}` : step.kind;
}
const forth = (plan: readonly PlannedStep[]) => plan.map((step) => word(step.take)).join(' · ');
const back = (plan: readonly PlannedStep[]) =>
  plan
    .toReversed()
    .flatMap((step) => (step.back ? [word(step.back)] : []))
    .join(' · ');

describe('SPEC-0701, Canary Release', () => {
  it('climbs 5 → 25 → 100 and watches every share, the last one too', () => {
    const want = 'start · verify · shift 5 · observe · shift 25 · observe · shift 100 · observe · adopt';
    assert.equal(forth(steps(aCanary())), want);
  });

  it('watches the full production share by its own window', () => {
    const [window, afterwards] = [aWindow({ for: minutes(15) }), aWindow({ for: minutes(60) })];
    const windows = steps(aCanary({ window, afterwards })).flatMap(({ take }) =>
      take.kind === 'observe' ? [take.window.for] : [],
    );
    assert.deepEqual(windows, [minutes(15), minutes(15), minutes(60)]);
  });

  it('moves users back before it stops what they were using', () => {
    assert.equal(back(steps(aCanary()).slice(0, 4)), 'shift 0 · stop');
  });
});

describe('a canary beside a fresh baseline', () => {
  const fresh = (shares: readonly number[]) => steps(aCanary({ shares, baseline: 'fresh' }));
  const table: readonly [shares: readonly number[], want: string][] = [
    [
      [5, 25, 100],
      'start · start-baseline · verify · shift 5 · observe · shift 25 · observe · stop-baseline · shift 100 · observe · adopt',
    ],
    [
      [10, 50, 100],
      'start · start-baseline · verify · shift 10 · observe · shift 50 · observe · stop-baseline · shift 100 · observe · adopt',
    ],
    [
      [10, 51, 75, 100],
      'start · start-baseline · verify · shift 10 · observe · stop-baseline · shift 51 · observe · shift 75 · observe · shift 100 · observe · adopt',
    ],
  ];
  for (const [shares, want] of table)
    it(`${shares.join(' → ')}: it goes before the first share that leaves no room for two`, () =>
      assert.equal(forth(fresh(shares)), want));

  it('goes back over the baseline after users are safe, and before the candidate', () => {
    assert.equal(back(fresh([5, 25, 100]).slice(0, 5)), 'shift 0 · stop-baseline · stop');
  });

  it('says plainly what each step does, and what is its way back', () => {
    const [, starts] = fresh([5, 100]);
    assert.ok(starts?.back);
    assert.deepEqual(
      [starts.take, starts.back].map((step) => sentence(step, change)),
      ['start 4 of 1.0.0 afresh as the baseline', 'stop the baseline 1.0.0'],
    );
  });

  it('is none of a first release, of a recovery, or of mending', () => {
    const strategy = aCanary({ baseline: 'fresh' });
    const stage = aStage({ strategy });
    const plans = [
      planFor({ kind: 'release', stage, artifact: change.to, world: { generation: 0 } }),
      planFor({ kind: 'recovery', stage, artifact: change.to, world: { generation: 1, stable: change.from } }),
      planFor({ kind: 'recovery', stage, artifact: change.from, world: { generation: 1, stable: change.from } }),
      planDrill(stage, { stable: change.from, generation: 1 }),
    ];
    for (const plan of plans) assert.doesNotMatch(forth(plan.steps), /baseline/);
  });
});

describe('SPEC-0701, Blue-Green Deployment', () => {
  it('verifies green, moves all traffic at once, and keeps blue until the window has passed', () => {
    assert.equal(forth(steps(aBlueGreen())), 'start · verify · shift 100 · observe · adopt');
    assert.equal(back(steps(aBlueGreen())), 'shift 0 · stop');
  });
});

describe('SPEC-0701, Rolling Update', () => {
  it('replaces batch after batch, the smoke suite seeing the first and the last', () => {
    const want = 'replace 1/3 · verify · replace 2/3 · replace 3/3 · verify · adopt';
    assert.equal(forth(steps(aRolling({ batches: 3 }))), want);
  });

  it('puts the old version back, last batch first', () => {
    assert.equal(back(steps(aRolling({ batches: 3 })).slice(0, 3)), 'replace 1/3 · replace 0/3');
  });

  it('is watched afterwards where it is asked for', () => {
    assert.equal(forth(steps(aRolling({ afterwards: aWindow() }))), 'replace 1/1 · verify · observe · adopt');
  });
});

describe('a plan', () => {
  it('of a first release has nobody to share traffic with, whatever the strategy', () => {
    const { place, to, instances, smokeWithin } = change;
    const first = { place, to, instances, smokeWithin };
    for (const strategy of [aCanary(), aBlueGreen(), aRolling({ batches: 2, afterwards: aWindow() })]) {
      const plan = planRollout({ ...first, strategy });
      assert.equal(plan.strategy, 'first');
      assert.equal(forth(plan.steps), 'start · verify · shift 100 · observe · adopt');
    }
  });

  it('of a recovery brings the former version back without waiting', () => {
    assert.equal(forth(planRecovery(minutes(5)).steps), 'start · verify · shift 100 · adopt');
  });

  it('names every step once, in order', () => {
    const ids = steps(aCanary()).map(({ id }) => id);
    assert.deepEqual(ids.slice(0, 4), ['01-start', '02-verify', '03-shift', '04-observe']);
    assert.equal(new Set(ids).size, ids.length);
  });

  it('gives every effect but adopting a way back, and no look one', () => {
    for (const strategy of [aCanary(), aBlueGreen(), aRolling({ batches: 4 })])
      for (const { take, back: wayBack } of steps(strategy)) {
        const effect = take.kind === 'start' || take.kind === 'replace' || take.kind === 'shift';
        assert.equal(wayBack !== undefined, effect, take.kind);
      }
  });

  it('fences one generation above whatever the world has seen', () => {
    const world = { generation: 7, stable: change.from };
    const plan = planFor({ kind: 'release', stage: aStage(), artifact: change.to, world });
    assert.equal(plan.generation, 8);
    assert.equal(plan.from?.version, '1.0.0');
  });
});
