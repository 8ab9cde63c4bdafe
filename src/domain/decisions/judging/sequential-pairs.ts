import { anytimeP, beginBets, type Bets, settle } from './betting.js';
import type { Direction } from './metric.js';
import type { Tolerance } from './tolerance.js';

/** A sequential sign test of pairs of samples under way: plain data, carried from look to look. */
export interface PairsTest {
  readonly direction: Direction;
  readonly tolerance: Tolerance;
  /** Bets on the candidate being the higher one, and on its being the lower one. */
  readonly rise: Bets;
  readonly fall: Bets;
}

/** How often the candidate may be the worse one of a pair, where half is fair. */
const chances = [0.55, 0.6, 0.7, 0.8, 0.9, 0.97];

/**
 * Begins an anytime-valid test of "the candidate's samples lie no worse than the stable lane's": which of two samples
 * taken at one look is the worse one is at most a fair coin (D. A. Darling and H. Robbins, PNAS 58, 1967). It holds over all
 * looks and whatever both lanes go through together, but not where one lane's samples repeat one another: thin those.
 */
export const beginPairs = (direction: Direction, tolerance: Tolerance): PairsTest => {
  const bets = beginBets(chances.map(() => 1));
  return { direction, tolerance, rise: bets, fall: bets };
};

/** One look more; a pair that is tied tells nothing. */
export function lookAtPair(test: PairsTest, stable: number, candidate: number): PairsTest {
  const { mode, within } = test.tolerance;
  const allowed = mode === 'relative' ? within * Math.abs(stable) : within;
  return {
    ...test,
    rise: tossed(test.rise, candidate - stable, allowed),
    fall: tossed(test.fall, stable - candidate, allowed),
  };
}

/** A p-value that is valid at every look; of either direction, twice the smaller one. */
export function pairsP({ direction, rise, fall }: PairsTest): number {
  if (direction === 'increase') return anytimeP(rise);
  if (direction === 'decrease') return anytimeP(fall);
  return Math.min(1, 2 * anytimeP(rise), 2 * anytimeP(fall));
}

function tossed(bets: Bets, worseBy: number, allowed: number): Bets {
  if (worseBy === allowed) return bets;
  const isWorse = worseBy > allowed;
  return settle(
    bets,
    chances.map((chance) => Math.log(2 * (isWorse ? chance : 1 - chance))),
  );
}
