import type { Artifact } from '../artifact.js';
import type { Milliseconds } from '../duration.js';
import type { Place } from '../environment.js';
import { neverReached } from '../never.js';
import type { PlannedStep, RolloutPlan } from '../rollout.js';
import type { Strategy, Window } from '../strategy.js';
import { planBlueGreen } from './strategies/blue-green.js';
import { planCanary } from './strategies/canary.js';
import { type DataPlan, noData } from './plan-data.js';
import {
  adopt,
  backup,
  type Manner,
  migrate,
  observe,
  type Phrase,
  revert,
  shift,
  start,
  verify,
  type WayBack,
} from './strategies/phrases.js';
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
  /** What it does to data; nothing unless said. */
  readonly data?: DataPlan;
}

/** A plan as far as it can be made without asking the world: the steps, each with its way back. */
export type DraftPlan = Pick<RolloutPlan, 'strategy' | 'steps'>;

/**
 * The steps of a rollout. A first release has nothing to be compared with or to share traffic with, whatever the strategy;
 * nor has a version that the data has to come back for.
 */
export function planRollout(ask: PlanAsk): DraftPlan {
  const { strategy, from, smokeWithin, wayBack, keepFormer = false, data = noData } = ask;
  if (data.kind === 'revert') return planRecovery(smokeWithin, data);
  const before = data.kind === 'migrate' ? [backup, migrate(data.change)] : [];
  if (!from) return { strategy: 'first', steps: numbered([...before, ...planFirst(strategy.afterwards, smokeWithin)]) };
  const manner = { smokeWithin, keepFormer, ...(wayBack && { wayBack }) };
  return { strategy: strategy.kind, steps: numbered([...before, ...phrases(strategy, manner)]) };
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

/** Each step's place in the plan is its name. */
export const numbered = (steps: readonly Phrase[]): readonly PlannedStep[] =>
  steps.map((step, i) => ({ id: `${String(i + 1).padStart(2, '0')}-${step.take.kind}`, ...step }));
