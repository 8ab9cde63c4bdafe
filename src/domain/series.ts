import type { Milliseconds } from './duration.js';
import type { Criterion } from './strategy.js';

/** What one lane answered in a while: requests, errors, and their p95 in milliseconds where it can be told. */
export type LanePoint = readonly [requests: number, errors: number, p95Ms?: number];

/** Both lanes since the point before, up to a moment counted from the window's begin. An array: history keeps every one. */
export type SeriesPoint = readonly [until: Milliseconds, stable: LanePoint, candidate: LanePoint];

/** A bound of a window in absolute terms, as its criterion came to: a fraction of requests, or milliseconds. */
export interface SeriesBound {
  readonly metric: Criterion['metric'];
  readonly bound: number;
}

/** What a window saw as time went by, and the bounds that it was judged by. */
export interface Series {
  readonly points: readonly SeriesPoint[];
  readonly bounds: readonly SeriesBound[];
}
