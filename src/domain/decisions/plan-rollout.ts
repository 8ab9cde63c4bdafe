import type { Artifact } from '../artifact.js';
import type { Milliseconds } from '../duration.js';
import type { Place } from '../environment.js';
import { neverReached } from '../never.js';
import type { PlannedStep, RolloutPlan } from '../rollout.js';
import type { Strategy, Window } from '../strategy.js';
import { planBlueGreen } from './strategies/blue-green.js';
import { planCanary } from './strategies/canary.js';
import { adopt, type Manner, observe, type Phrase, shift, start, verify, type WayBack } from './strategies/phrases.js';
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
  readonly wayBack?: WayBack;
  /** Whether the former version is kept warm after the adoption, for the time of the aftercare. */
  readonly keepFormer?: boolean;
}

/** A plan as far as it can be made without asking the world: the steps, each with its way back. */
export type DraftPlan = Pick<RolloutPlan, 'strategy' | 'steps'>;

/** The steps of a rollout. A first release has nothing to be compared with or to share traffic with, whatever the strategy. */
export function planRollout({ strategy, from, smokeWithin, wayBack, keepFormer = false }: PlanAsk): DraftPlan {
  if (!from) return { strategy: 'first', steps: numbered(planFirst(strategy.afterwards, smokeWithin)) };
  const manner = { smokeWithin, keepFormer, ...(wayBack && { wayBack }) };
  return { strategy: strategy.kind, steps: numbered(phrases(strategy, manner)) };
}

/** The way back after an adoption: the former version is started, verified, and takes everything at once. */
export function planRecovery(smokeWithin: Milliseconds): DraftPlan {
  return { strategy: 'recovery', steps: numbered([start, verify(smokeWithin), shift(100), adopt]) };
}

/** What others left half-way: users back to what is stable, the candidate ended, and what users have is looked at. */
export function planMending(smokeWithin: Milliseconds): DraftPlan {
  const verifyStable: Phrase = { take: { kind: 'verify', lane: 'stable', within: smokeWithin } };
  return {
    strategy: 'recovery',
    steps: numbered([{ take: { kind: 'shift', share: 0 } }, { take: { kind: 'stop' } }, verifyStable]),
  };
}

function phrases(strategy: Strategy, manner: Manner): readonly Phrase[] {
  switch (strategy.kind) {
    case 'canary':
      return planCanary(strategy, manner);
    case 'blue-green':
      return planBlueGreen(strategy, manner);
    case 'rolling':
      return planRolling(strategy, manner);
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
