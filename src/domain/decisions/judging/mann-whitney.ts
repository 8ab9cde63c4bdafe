import { cumulativeU } from './exact-u.js';
import { upperTail } from './normal.js';
import { at, type Sorted, sortedOf } from './sorted.js';

/** Against which alternative is tested: that the first sample is shifted (either way), lies higher, or lies lower. */
export type Alternative = 'two-sided' | 'greater' | 'less';

export interface RankTestOptions {
  /** `two-sided` unless said. */
  readonly alternative?: Alternative;
  /** `exact` below 50 values in each sample where nothing is tied, as R has it; or what is said here. */
  readonly method?: 'exact' | 'asymptotic';
  /** By what factor the variance is larger than for independent samples (see `autocorrelation.ts`); 1 unless said. */
  readonly inflation?: number;
}

export interface MannWhitney {
  /** U of the first sample: pairs in which its value is the larger one, ties counted as half. From 0 to m·n. */
  readonly u: number;
  /** From 0 to 1. All values equal: 1. */
  readonly pValue: number;
  readonly method: 'exact' | 'asymptotic';
}

/**
 * The Mann–Whitney U test, also called Wilcoxon rank-sum test, of two independent samples (H. B. Mann and D. R. Whitney,
 * Ann. Math. Stat. 18, 1947). Exact for small samples without ties; otherwise by the normal approximation with tie and
 * continuity correction. Gives the p-values of R's `wilcox.test` and SciPy's `mannwhitneyu`.
 * @param x finite numbers, at least one; their order does not matter
 * @param y likewise
 */
export function mannWhitney(x: ArrayLike<number>, y: ArrayLike<number>, options: RankTestOptions = {}): MannWhitney {
  return mannWhitneyOfSorted(sortedOf(x), sortedOf(y), options);
}

export function mannWhitneyOfSorted(x: Sorted, y: Sorted, options: RankTestOptions): MannWhitney {
  const { alternative = 'two-sided' } = options;
  const [m, n] = [x.length, y.length];
  const { u, ties } = tally(x, y);
  if (isExact(m, n, ties, options)) return { u, pValue: exactP(u, m, n, alternative), method: 'exact' };
  const sigma = sigmaOf(m, n, ties, options.inflation);
  return { u, pValue: sigma === 0 ? 1 : normalP(u - (m * n) / 2, sigma, alternative), method: 'asymptotic' };
}

/** Whether the exact distribution applies: R's rule, unless a method was asked for; never with ties or inflation. */
export function isExact(m: number, n: number, ties: number, { method, inflation = 1 }: RankTestOptions): boolean {
  return ties === 0 && inflation === 1 && (method === undefined ? m < 50 && n < 50 : method === 'exact');
}

/** Standard deviation of U where the lanes do not differ. `ties` is the sum of t³ − t over groups of t equal values. */
export function sigmaOf(m: number, n: number, ties: number, inflation = 1): number {
  const all = m + n;
  return Math.sqrt(((inflation * m * n) / 12) * (all + 1 - ties / (all * (all - 1))));
}

/** U of the first sample and the tie sum of both together, in one walk through two sorted samples. */
export function tally(x: Sorted, y: Sorted): { readonly u: number; readonly ties: number } {
  const [m, n] = [x.length, y.length];
  let [i, j, u, ties] = [0, 0, 0, 0];
  while (i < m) {
    const value = at(x, i);
    const [fromX, before] = [i, j];
    while (j < n && at(y, j) < value) j += 1;
    if (j > before) ties += tiesWithin(y, before, j);
    const below = j;
    while (i < m && at(x, i) === value) i += 1;
    while (j < n && at(y, j) === value) j += 1;
    const [inX, inY] = [i - fromX, j - below];
    u += inX * (below + inY / 2);
    if (inX + inY > 1) ties += (inX + inY) ** 3 - (inX + inY);
  }
  return { u, ties: ties + tiesWithin(y, j, n) };
}

/** The tie sum of one sample alone. */
export const tiesIn = (values: Sorted): number => tiesWithin(values, 0, values.length);

/** The sum of t³ − t over groups of equal values from `from` to before `to`. */
function tiesWithin(values: Sorted, from: number, to: number): number {
  let [sum, same] = [0, 1];
  for (let i = from + 1; i <= to; i += 1) {
    if (i < to && at(values, i) === at(values, i - 1)) same += 1;
    else {
      if (same > 1) sum += same ** 3 - same;
      same = 1;
    }
  }
  return sum;
}

function exactP(u: number, m: number, n: number, alternative: Alternative): number {
  if (alternative === 'less') return cumulativeU(u, m, n);
  if (alternative === 'greater') return cumulativeU(m * n - u, m, n);
  return Math.min(1, 2 * cumulativeU(Math.min(u, m * n - u), m, n));
}

function normalP(off: number, sigma: number, alternative: Alternative): number {
  if (alternative === 'greater') return upperTail((off - 0.5) / sigma);
  if (alternative === 'less') return upperTail((-off - 0.5) / sigma);
  return Math.min(1, 2 * upperTail((Math.abs(off) - 0.5) / sigma));
}
