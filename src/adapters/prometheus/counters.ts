import type { LaneCounters } from '../../domain/sample.js';

/** One series of a counter, its samples in rising order of time, in seconds since 1970. */
export interface CounterSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly (readonly [at: number, value: number])[];
}

export type LaneSeries = Readonly<Record<'requests' | 'errors' | 'latency', readonly CounterSeries[]>>;

/**
 * What a lane has counted: what it had at `last.at` and what its series have added since, each by itself. So an instance
 * that is gone takes nothing away, one that starts again from zero is counted on, and a new one counts from its first
 * request. Without `last`: what the series stand at.
 */
export function countersOf(
  series: LaneSeries,
  last?: { readonly at: number; readonly counters: LaneCounters },
): LaneCounters {
  const counted = (of: readonly CounterSeries[]): number =>
    of.reduce((sum, { samples }) => sum + (last ? addedSince(samples, last.at) : (samples.at(-1)?.[1] ?? 0)), 0);
  const bounds = [...new Set([...(last?.counters.latency.map(({ le }) => le) ?? []), ...series.latency.map(boundOf)])];
  return {
    requests: (last?.counters.requests ?? 0) + counted(series.requests),
    errors: (last?.counters.errors ?? 0) + counted(series.errors),
    latency: bounds.sort(unboundedLast).map((le) => ({
      le,
      count:
        (last?.counters.latency.find((bucket) => bucket.le === le)?.count ?? 0) +
        counted(series.latency.filter((one) => boundOf(one) === le)),
    })),
  };
}

/** What a counter has added after a moment; one that fell was started again, and one that was not there began at zero. */
function addedSince(samples: CounterSeries['samples'], since: number): number {
  let [added, before] = [0, 0];
  for (const [at, value] of samples) {
    if (at > since) added += value >= before ? value - before : value;
    before = value;
  }
  return added;
}

/** The upper bound of a bucket in milliseconds, -1 for the one without: Prometheus has seconds. */
function boundOf({ labels }: CounterSeries): number {
  const le = Number(labels['le'] === '+Inf' ? Infinity : labels['le']);
  return Number.isFinite(le) ? Number((le * 1_000).toPrecision(12)) : -1;
}

const unboundedLast = (a: number, b: number): number => (a < 0 ? 1 : b < 0 ? -1 : a - b);
