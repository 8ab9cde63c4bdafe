import { type Instant, type Milliseconds, spoken } from './duration.js';
import type { Evidence } from './readiness.js';
import type { StageOrder } from './release.js';
import type { RolloutOutcome, RolloutPlan } from './rollout.js';

/** A rollback is rehearsed where a service runs: what runs is given to users a second time, and taken back. */
export interface DrillOrder {
  readonly service: string;
  readonly stage: StageOrder;
  /** Who asks for it. */
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  /** Sent all the while, so that it is rehearsed under load. */
  readonly requestsPerSecond: number;
  /** How long all users stay on it before they are taken back; not at all when missing. */
  readonly stays?: Milliseconds;
  /** A release under way that has passed this environment, or has it before it: it is not disturbed. */
  readonly beside?: string;
}

/** What was sent while something was rehearsed. */
export interface Sent {
  readonly sent: number;
  /** Got no answer, or one of 500 and above. */
  readonly failed: number;
}

/** A drill that is under way. */
export interface DrillUnderWay {
  readonly environment: string;
  readonly by: string;
  readonly at: Instant;
  /** In the engine. */
  readonly workflowId: string;
}

/**
 * How a drill ended. `passed`: users were brought back, the stable version verified, nobody was lost. `failed`: one of
 * them is not so. `refused`: it was not begun.
 */
export interface DrillOutcome {
  readonly kind: 'passed' | 'failed' | 'refused';
  readonly environment: string;
  readonly by: string;
  readonly at: Instant;
  /** What was seen, or what stood in the way: a sentence. */
  readonly reason: string;
  readonly timeToSafeMs?: Milliseconds;
  /** Where it is written down, with the SHA-256 of what it said then. */
  readonly record?: NonNullable<Evidence['record']>;
}

/** All that the record of a drill is made of. */
export interface DrillFacts {
  readonly order: DrillOrder;
  readonly plan: RolloutPlan;
  readonly outcome: RolloutOutcome;
  readonly sent: Sent;
  readonly drill: DrillOutcome;
}

/** What a rehearsed way back has shown. A rehearsal that nobody met, or that went back for another reason, has shown nothing. */
export function drillOutcome(
  { service, stage: { environment }, by }: DrillOrder,
  { kind, endedAt: at, rollback }: RolloutOutcome,
  { sent, failed }: Sent,
): DrillOutcome {
  const { demand, timeToSafeMs, verification } = rollback ?? {};
  const ended = (passed: boolean, reason: string): DrillOutcome => ({
    ...{ kind: passed ? 'passed' : 'failed', environment, by, at, reason },
    ...(timeToSafeMs !== undefined && { timeToSafeMs }),
  });
  if (kind !== 'rolled-back' || timeToSafeMs === undefined)
    return ended(false, `it ended ${kind}: nothing was brought back`);
  if (demand?.cause !== 'drill') return ended(false, `it went back before it was to: ${demand?.reason ?? 'no reason'}`);
  if (verification?.kind !== 'pass')
    return ended(false, `the stable version does not verify: ${verification?.reason ?? 'not tried'}`);
  if (sent === 0) return ended(false, 'no request was sent: it was not rehearsed under load');
  if (failed > 0) return ended(false, `${failed} of ${sent} requests failed while users were moved`);
  return ended(
    true,
    `${service} went back in ${environment} within ${spoken(timeToSafeMs)}, none of ${sent} requests lost`,
  );
}

/** A drill that has passed is evidence; the others are none. */
export const evidenceOfDrill = ({ kind, at, by, reason, record }: DrillOutcome): Evidence | undefined =>
  kind === 'passed'
    ? { item: 'rollback-rehearsed', at, by, source: 'system', what: reason, ...(record && { record }) }
    : undefined;
