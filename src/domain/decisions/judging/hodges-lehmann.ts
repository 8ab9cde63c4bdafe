import { quantileU } from './exact-u.js';
import { isExact, type RankTestOptions, sigmaOf, tally, tiesIn } from './mann-whitney.js';
import { nextDifference, nthDifference } from './nth-difference.js';
import { upperQuantile } from './normal.js';
import { type Sorted, sortedOf } from './sorted.js';

export interface ShiftOptions extends RankTestOptions {
  /** Confidence level of the interval, 0.95 unless said. */
  readonly level?: number;
}

/** By how much the first sample lies higher, in the unit of the samples. */
export interface HodgesLehmann {
  /** The median of all differences x − y. */
  readonly estimate: number;
  /** −Infinity of the alternative `less`. */
  readonly low: number;
  /** Infinity of the alternative `greater`. */
  readonly high: number;
  readonly level: number;
  readonly method: 'exact' | 'asymptotic';
}

/**
 * The Hodges–Lehmann estimate of the shift between two samples with the confidence interval that belongs to the
 * Mann–Whitney test (J. L. Hodges and E. L. Lehmann, Ann. Math. Stat. 34, 1963), as R's `wilcox.test(conf.int = TRUE)`
 * gives it. R looks for its asymptotic bounds numerically, to 1e-4; these are the differences at which they lie.
 * @param x finite numbers, at least one; their order does not matter
 * @param y likewise
 */
export function hodgesLehmann(x: ArrayLike<number>, y: ArrayLike<number>, options: ShiftOptions = {}): HodgesLehmann {
  return hodgesLehmannOfSorted(sortedOf(x), sortedOf(y), options);
}

export function hodgesLehmannOfSorted(x: Sorted, y: Sorted, options: ShiftOptions): HodgesLehmann {
  const { level = 0.95, alternative = 'two-sided' } = options;
  const [m, n] = [x.length, y.length];
  const exact = isExact(m, n, tally(x, y).ties, options);
  const tail = alternative === 'two-sided' ? (1 - level) / 2 : 1 - level;
  const rank = exact ? Math.max(1, quantileU(tail, m, n)) : asymptoticRank(x, y, tail, options.inflation);
  return {
    estimate: medianDifference(x, y),
    low: alternative === 'less' ? -Infinity : nthDifference(x, y, rank),
    high: alternative === 'greater' ? Infinity : nthDifference(x, y, m * n + 1 - rank),
    level,
    method: exact ? 'exact' : 'asymptotic',
  };
}

function medianDifference(x: Sorted, y: Sorted): number {
  const pairs = x.length * y.length;
  const rank = (pairs + 1) >> 1;
  const lower = nthDifference(x, y, rank);
  return pairs % 2 === 1 ? lower : (lower + nextDifference(x, y, rank, lower)) / 2;
}

/**
 * Which difference, counted from the smallest, is the lower bound: the last shift at which U, with continuity
 * correction, is still above its upper quantile. Between two differences nothing of x is tied with y, so only ties
 * within a sample count.
 */
function asymptoticRank(x: Sorted, y: Sorted, tail: number, inflation?: number): number {
  const [m, n] = [x.length, y.length];
  const sigma = sigmaOf(m, n, tiesIn(x) + tiesIn(y), inflation);
  const above = (m * n) / 2 + upperQuantile(tail) * sigma + 0.5;
  return Math.max(1, m * n - Math.floor(above));
}
