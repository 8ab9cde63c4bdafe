import type { Spread } from '../../audit.js';
import type { Milliseconds } from '../../duration.js';

/** Median and 95th percentile (nearest rank) of how long something took. */
export function spreadOf(values: readonly Milliseconds[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const count = sorted.length;
  const rank = (share: number): Milliseconds => sorted[Math.max(0, Math.ceil(share * count) - 1)] ?? 0;
  if (count === 0) return { count };
  const half = count >> 1;
  const medianMs = count % 2 === 1 ? rank(0.5) : Math.round(((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2);
  return { count, medianMs, p95Ms: rank(0.95) };
}
