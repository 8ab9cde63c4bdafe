import { tally } from './mann-whitney.js';
import { meanOf, type Sorted, sortedOf } from './sorted.js';

/** How large a difference is, without a unit. */
export interface EffectSize {
  /** Mean of the candidate over mean of the stable lane; NaN where one of them is 0, as Kayenta has it. */
  readonly meanRatio: number;
  /** Probability that a value of the candidate is the larger one, ties counted as half: 0.5 is no effect. */
  readonly cles: number;
  /** Cliff's delta, 2·cles − 1: from −1 (every candidate value is lower) to 1. */
  readonly cliffsDelta: number;
}

/**
 * Effect sizes of the candidate against the stable lane: Kayenta's `meanRatio` and `cles` (A. Vargha and H. D. Delaney,
 * J. Educ. Behav. Stat. 25(2), 2000), and Cliff's delta (N. Cliff, Psychol. Bull. 114, 1993).
 * @param stable finite numbers, at least one; their order does not matter
 * @param candidate likewise
 */
export const effectSize = (stable: ArrayLike<number>, candidate: ArrayLike<number>): EffectSize =>
  effectSizeOfSorted(sortedOf(stable), sortedOf(candidate));

export function effectSizeOfSorted(stable: Sorted, candidate: Sorted): EffectSize {
  const [before, after] = [meanOf(stable), meanOf(candidate)];
  const cles = tally(candidate, stable).u / (stable.length * candidate.length);
  return { meanRatio: before === 0 || after === 0 ? Number.NaN : after / before, cles, cliffsDelta: 2 * cles - 1 };
}
