import { between, type Instant, type Milliseconds } from '../duration.js';
import type { LaneFigures } from '../rollout.js';
import type { Control, LaneCounters, LaneSample } from '../sample.js';
import type { Window } from '../strategy.js';
import { controlOf } from './control.js';
import { beginEvidence, type Evidence, moreEvidence } from './evidence.js';

/**
 * What an observation window has seen so far: plain data, carried from look to look. Counters are increases since the
 * window began, so that a source that starts again from zero loses nothing but what it had not yet told.
 */
export interface Watch {
  readonly from: Instant;
  readonly looks: number;
  /** Time that was really watched: a gap between looks counts as one and a half periods at most, whatever the clock says. */
  readonly watchedMs: Milliseconds;
  /** What the stable lane had answered before the window: the baseline where it answers nothing within it. Nothing of a fresh baseline. */
  readonly before: LaneCounters;
  /** Of the stable lane, or of what the candidate is compared with instead. */
  readonly stable: LaneCounters;
  readonly candidate: LaneCounters;
  readonly last: LaneSample;
  /** What the candidate is compared with; the stable lane when missing. */
  readonly control?: Control;
  /** What speaks against the candidate in comparison with the stable lane; missing where they are not compared look by look. */
  readonly evidence?: Evidence;
}

/**
 * The first look: nothing has been seen yet, and everything is counted from here. `window`: where lanes are compared in it.
 * A fresh baseline is compared by what both answer in the window alone: before it, it may have been another one.
 */
export function beginWatch(sample: LaneSample, window?: Window, control?: Control): Watch {
  const before = control ? none(sample.stable) : sample.stable;
  return {
    ...(window && { evidence: beginEvidence(window, before) }),
    from: sample.at,
    looks: 1,
    watchedMs: 0,
    before,
    stable: none(sample.stable),
    candidate: none(sample.candidate),
    last: sample,
    ...(control && { control }),
  };
}

/** One more look. Time in which nobody looked (an outage) prolongs the window instead of passing unseen. */
export function lookAgain(watch: Watch, sample: LaneSample, every: Milliseconds): Watch {
  const gap = Math.max(0, between(watch.last.at, sample.at));
  const stable = ofControl(watch, sample);
  const candidate = increase(watch.last.candidate, sample.candidate);
  return {
    ...watch,
    ...(watch.evidence && { evidence: moreEvidence(watch.evidence, { stable, candidate }) }),
    looks: watch.looks + 1,
    watchedMs: watch.watchedMs + Math.min(gap, 1.5 * every),
    stable: plus(watch.stable, stable),
    candidate: plus(watch.candidate, candidate),
    last: sample,
  };
}

/** What was added to what the candidate is compared with; nothing where that is gone. */
function ofControl({ last, control, stable }: Watch, sample: LaneSample): LaneCounters {
  const [from, to] = [controlOf(last, control), controlOf(sample, control)];
  return from && to ? increase(from, to) : none(to ?? stable);
}

/** The figures of a lane as people and records see them. */
export function figures(counters: LaneCounters): LaneFigures {
  const p95Ms = quantile(counters, 0.95);
  return { requests: counters.requests, errors: counters.errors, ...(p95Ms !== undefined && { p95Ms }) };
}

/**
 * A quantile of the latency in milliseconds, interpolated within its bucket as Prometheus' `histogram_quantile` does;
 * in the last, unbounded bucket it is that bucket's lower bound. `undefined` where nothing was answered.
 */
export function quantile({ latency }: LaneCounters, q: number): number | undefined {
  const total = latency.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = q * total;
  const at = latency.findIndex((bucket) => bucket.count >= rank);
  const [below, bucket] = [latency[at - 1] ?? { le: 0, count: 0 }, latency[at]];
  if (!bucket) return undefined;
  if (bucket.le < 0) return below.le;
  const inBucket = bucket.count - below.count;
  return inBucket === 0 ? bucket.le : below.le + ((bucket.le - below.le) * (rank - below.count)) / inBucket;
}

/** How many answers took longer than `bound` milliseconds, interpolated within the bucket that holds it. */
export function slowerThan({ latency }: LaneCounters, bound: Milliseconds): number {
  const total = latency.at(-1)?.count ?? 0;
  const at = latency.findIndex((bucket) => bucket.le < 0 || bucket.le >= bound);
  const [below, bucket] = [latency[at - 1] ?? { le: 0, count: 0 }, latency[at]];
  if (!bucket || bucket.le < 0) return total - below.count;
  const part = (bound - below.le) / (bucket.le - below.le);
  return total - (below.count + (bucket.count - below.count) * part);
}

const none = (like: LaneCounters): LaneCounters => ({
  requests: 0,
  errors: 0,
  latency: like.latency.map(({ le }) => ({ le, count: 0 })),
});

/** What was added from one reading to the next; a counter that fell was started again, so all of it is new. */
export function increase(from: LaneCounters, to: LaneCounters): LaneCounters {
  if (to.requests < from.requests) return to;
  return {
    requests: to.requests - from.requests,
    errors: Math.max(0, to.errors - from.errors),
    latency: to.latency.map(({ le, count }, i) => ({ le, count: Math.max(0, count - (from.latency[i]?.count ?? 0)) })),
  };
}

const plus = (a: LaneCounters, b: LaneCounters): LaneCounters => ({
  requests: a.requests + b.requests,
  errors: a.errors + b.errors,
  latency: b.latency.map(({ le, count }, i) => ({ le, count: count + (a.latency[i]?.count ?? 0) })),
});
