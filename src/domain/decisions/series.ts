import { between } from '../duration.js';
import type { LaneCounters } from '../sample.js';
import type { LanePoint, Series, SeriesBound, SeriesPoint } from '../series.js';
import { increase, quantile, type Watch } from './watch.js';

/** A window of any length has at most so many points, so that what it carries and what history keeps of it stay small. */
export const mostPoints = 60;

/** Before the second look nothing has been seen. */
export const noSeries: Series = { points: [], bounds: [] };

/** One more look: what was added since the one before, and the bounds as they are now. */
export function seenMore(series: Series, before: Watch, watch: Watch, bounds: readonly SeriesBound[]): Series {
  return { points: withLook(series.points, pointBetween(before, watch), watch.looks - 1), bounds };
}

/**
 * Adds what the `nth` interval between two looks has seen, from 1. When there would be too many points, neighbours are
 * merged, and from then on a point takes twice as many intervals: so all of them are equally long but the last.
 */
export function withLook(points: readonly SeriesPoint[], seen: SeriesPoint, nth: number): readonly SeriesPoint[] {
  const last = points.at(-1);
  if (last && (nth - 1) % intervalsPerPoint(nth) !== 0) return [...points.slice(0, -1), merged(last, seen)];
  return [...(points.length < mostPoints ? points : inPairs(points)), seen];
}

const intervalsPerPoint = (nth: number): number => 2 ** Math.max(0, Math.ceil(Math.log2(nth / mostPoints)));

const inPairs = (points: readonly SeriesPoint[]): readonly SeriesPoint[] =>
  points.flatMap((point, i) => {
    const next = points[i + 1];
    if (i % 2 === 1) return [];
    return [next ? merged(point, next) : point];
  });

const merged = ([, stable, candidate]: SeriesPoint, [until, ...next]: SeriesPoint): SeriesPoint => [
  until,
  mergedLane(stable, next[0]),
  mergedLane(candidate, next[1]),
];

/** Two p95s do not add up; that of both lies between them, and the higher one hides nothing. */
function mergedLane([requests, errors, p95]: LanePoint, [more, moreErrors, otherP95]: LanePoint): LanePoint {
  const told = [p95, otherP95].filter((ms) => ms !== undefined);
  const sums = [requests + more, errors + moreErrors] as const;
  return told.length === 0 ? sums : [...sums, Math.max(...told)];
}

const pointBetween = (before: Watch, watch: Watch): SeriesPoint => [
  between(watch.from, watch.last.at),
  lanePoint(increase(before.stable, watch.stable)),
  lanePoint(increase(before.candidate, watch.candidate)),
];

function lanePoint(counters: LaneCounters): LanePoint {
  const p95 = quantile(counters, 0.95);
  const sums = [counters.requests, counters.errors] as const;
  return p95 === undefined ? sums : [...sums, Number(p95.toFixed(1))];
}
