import type { Artifact } from '../artifact.js';
import type { Milliseconds } from '../duration.js';
import type { Place } from '../environment.js';
import { neverReached } from '../never.js';
import type { PlannedStep, RolloutPlan } from '../rollout.js';
import type { Strategy, Window } from '../strategy.js';
import { planBlueGreen } from './strategies/blue-green.js';
import { planCanary } from './strategies/canary.js';
import { adopt, observe, type Phrase, shift, start, verify } from './strategies/phrases.js';
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
}

/** A plan as far as it can be made without asking the world: the steps, each with its way back. */
export type DraftPlan = Pick<RolloutPlan, 'strategy' | 'steps'>;

/** The steps of a rollout. A first release has nothing to be compared with or to share traffic with, whatever the strategy. */
export function planRollout({ strategy, from, smokeWithin }: PlanAsk): DraftPlan {
  if (!from) return { strategy: 'first', steps: numbered(planFirst(strategy.afterwards, smokeWithin)) };
  return { strategy: strategy.kind, steps: numbered(phrases(strategy, smokeWithin)) };
}

/** The way back after an adoption: the former version is started, verified, and takes everything at once. */
export function planRecovery(smokeWithin: Milliseconds): DraftPlan {
  return { strategy: 'recovery', steps: numbered([start, verify(smokeWithin), shift(100), adopt]) };
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
