import type { Instant } from './duration.js';

/** Counters of one lane since the source began to count. They only rise, or start again from zero. */
export interface LaneCounters {
  readonly requests: number;
  /** Answers of 500 and above, and requests that got no answer. */
  readonly errors: number;
  /** Cumulative, as Prometheus has them: how many answers took at most `le` milliseconds; the last `le` is Infinity, written as -1. */
  readonly latency: readonly { readonly le: number; readonly count: number }[];
}

/** What a candidate is compared with where that is not the stable lane. */
export type Control = 'baseline';

/** Both lanes of a place, read at one moment. */
export interface LaneSample {
  readonly at: Instant;
  readonly stable: LaneCounters;
  readonly candidate: LaneCounters;
  /** The fresh baseline; missing while none runs. */
  readonly baseline?: LaneCounters;
}

/** A lane that has answered nothing. */
export const noRequests: LaneCounters = { requests: 0, errors: 0, latency: [] };

/** Both lanes, of which nothing is known yet. */
export const noFigures = (at: Instant): LaneSample => ({ at, stable: noRequests, candidate: noRequests });
