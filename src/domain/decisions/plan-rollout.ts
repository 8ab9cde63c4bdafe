import type { Artifact } from '../artifact.js';
import type { Milliseconds } from '../duration.js';
import type { Place } from '../environment.js';
import { neverReached } from '../never.js';
import type { PlannedStep, RolloutPlan } from '../rollout.js';
import type { Strategy, Window } from '../strategy.js';
import { planBlueGreen } from './strategies/blue-green.js';
import { planCanary } from './strategies/canary.js';
import { type DataPlan, noData } from './plan-data.js';
import { adopt, backup, migrate, observe, type Phrase, revert, shift, start, verify } from './strategies/phrases.js';
import { planRolling } from './strategies/rolling.js';

/** What a plan is made of: what is asked for, and what the world runs now. */
export interface PlanAsk {
  readonly place: Place;
  readonly strategy: Strategy;
  /** What is stable now; missing before the first release. */
  readonly from?: Artifact;
  readonly to: Artifact;
  readonly instances: number;
  readonly smokeWithin: Milliseconds;
  /** What it does to data; nothing unless said. */
  readonly data?: DataPlan;
}

/** A plan as far as it can be made without asking the world: the steps, each with its way back. */
export type DraftPlan = Pick<RolloutPlan, 'strategy' | 'steps'>;

/**
 * The steps of a rollout. A first release has nothing to be compared with or to share traffic with, whatever the strategy;
 * nor has a version that the data has to come back for.
 */
export function planRollout({ strategy, from, smokeWithin, data = noData }: PlanAsk): DraftPlan {
  if (data.kind === 'revert') return planRecovery(smokeWithin, data);
  const before = data.kind === 'migrate' ? [backup, migrate(data.change)] : [];
  if (!from) return { strategy: 'first', steps: numbered([...before, ...planFirst(strategy.afterwards, smokeWithin)]) };
  return { strategy: strategy.kind, steps: numbered([...before, ...phrases(strategy, smokeWithin)]) };
}

/**
 * The way back after an adoption: the former version is started, verified, and takes everything at once. Where the data
 * has to come back too, that is last, and the version is verified on what it then works on.
 */
export function planRecovery(smokeWithin: Milliseconds, data: DataPlan = noData): DraftPlan {
  const steps =
    data.kind === 'revert'
      ? [backup, start, shift(100), ...data.reversals.map(revert), verify(smokeWithin), adopt]
      : [start, verify(smokeWithin), shift(100), adopt];
  return { strategy: 'recovery', steps: numbered(steps) };
}

function phrases(strategy: Strategy, smokeWithin: Milliseconds): readonly Phrase[] {
  switch (strategy.kind) {
    case 'canary':
      return planCanary(strategy, smokeWithin);
    case 'blue-green':
      return planBlueGreen(strategy, smokeWithin);
    case 'rolling':
      return planRolling(strategy, smokeWithin);
    default:
      return neverReached(strategy);
  }
}

const planFirst = (afterwards: Window | undefined, smokeWithin: Milliseconds): readonly Phrase[] => [
  start,
  verify(smokeWithin),
  shift(100),
  ...observe(afterwards),
  adopt,
];

const numbered = (steps: readonly Phrase[]): readonly PlannedStep[] =>
  steps.map((step, i) => ({ id: `${String(i + 1).padStart(2, '0')}-${step.take.kind}`, ...step }));
