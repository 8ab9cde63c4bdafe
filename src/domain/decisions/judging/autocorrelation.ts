import { presentOf } from './series.js';
import { at, type Sorted } from './sorted.js';

/** How far successive samples repeat one another. */
export interface Autocorrelation {
  /** Correlation of a sample with the one before it, corrected for the bias of short series; 0 where it is in the noise. */
  readonly lagOne: number;
  /** By what factor the variance of a rank sum is larger than for independent samples: (1 + lagOne) / (1 − lagOne). */
  readonly inflation: number;
}

const independent: Autocorrelation = { lagOne: 0, inflation: 1 };

/** Below this many pairs of successive looks a correlation says nothing. */
const leastPairs = 8;

/**
 * The lag-one autocorrelation of two lanes, of ranks, so that a few outliers cannot hide it. Lanes of equal length are
 * taken as sampled at the same looks and their difference is used: what both go through together (a daily course, a
 * slow dependency) is no reason to trust a difference between them less. Smaller correlations than one standard error
 * (1/√pairs) count as none, negative ones too.
 *
 * The inflation is that of a first-order autoregressive process; the estimate is corrected for its bias in short
 * series (M. G. Kendall, Biometrika 41, 1954).
 * @param stable in the order of time; NaN where a look brought nothing
 */
export function autocorrelation(stable: Float64Array, candidate: Float64Array): Autocorrelation {
  const sorted = sortedTogether(stable, candidate);
  if (sorted.length < leastPairs) return independent;
  const [before, after] = [midRanks(stable, sorted), midRanks(candidate, sorted)];
  const { lagOne, pairs } = pooledLagOne(
    before.length === after.length ? [differences(after, before)] : [before, after],
  );
  if (pairs < leastPairs) return independent;
  const unbiased = Math.min(0.99, (lagOne + 1 / pairs) / (1 - 3 / pairs));
  if (unbiased <= 1 / Math.sqrt(pairs)) return independent;
  return { lagOne: unbiased, inflation: (1 + unbiased) / (1 - unbiased) };
}

function sortedTogether(a: Float64Array, b: Float64Array): Sorted {
  const both = new Float64Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return presentOf(both).sort();
}

function differences(after: Float64Array, before: Float64Array): Float64Array {
  const between = new Float64Array(after.length);
  for (let i = 0; i < after.length; i += 1) between[i] = at(after, i) - at(before, i);
  return between;
}

/** Of several series together, each about its own mean. Only looks that follow one another make a pair. */
function pooledLagOne(series: readonly Float64Array[]): { readonly lagOne: number; readonly pairs: number } {
  let [products, pairs, squares, count] = [0, 0, 0, 0];
  for (const values of series) {
    const mean = meanOfPresent(values);
    for (let i = 0; i < values.length; i += 1) {
      const here = at(values, i) - mean;
      if (Number.isNaN(here)) continue;
      squares += here * here;
      count += 1;
      const next = i + 1 < values.length ? at(values, i + 1) - mean : Number.NaN;
      if (Number.isNaN(next)) continue;
      products += here * next;
      pairs += 1;
    }
  }
  return { lagOne: squares === 0 || pairs === 0 ? 0 : products / pairs / (squares / count), pairs };
}

function meanOfPresent(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    if (Number.isNaN(at(values, i))) continue;
    sum += at(values, i);
    count += 1;
  }
  return sum / count;
}

/** The place of each value among all, half-way where it is tied; NaN stays NaN. */
function midRanks(values: Float64Array, sorted: Sorted): Float64Array {
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < values.length; i += 1) {
    const value = at(values, i);
    ranks[i] = Number.isNaN(value) ? value : (countBelow(sorted, value, false) + countBelow(sorted, value, true)) / 2;
  }
  return ranks;
}

/** How many lie below the value, or, `inclusive`, at it too: by bisection. */
function countBelow(sorted: Sorted, value: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(sorted, middle) < value || (inclusive && at(sorted, middle) === value)) low = middle + 1;
    else high = middle;
  }
  return low;
}
