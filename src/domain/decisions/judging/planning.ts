import { type Milliseconds, spoken } from '../../duration.js';
import { upperQuantile, upperTail } from './normal.js';

/** What is asked of a window before it begins. */
export interface SamplesAsk {
  readonly window: Milliseconds;
  /** From one sample to the next. */
  readonly every: Milliseconds;
  /** Wanted of each lane; where it is left out, as many as the power below asks for. */
  readonly minSamples?: number;
  /** Expected lag-one autocorrelation of the samples, 0 unless said. */
  readonly lagOne?: number;
  readonly alpha?: number;
  /** Probability of finding a shift of `shift` standard deviations, 0.95 of 1 unless said. */
  readonly power?: number;
  readonly shift?: number;
}

export interface SamplesPlan {
  readonly reachable: number;
  readonly wanted: number;
  readonly enough: boolean;
  /** The arithmetic, as a sentence. */
  readonly says: string;
}

/** Whether a window can bring the samples that its judgement needs; asked when a configuration is read. */
export function planSamples({ window, every, minSamples, lagOne = 0, ...ask }: SamplesAsk): SamplesPlan {
  const reachable = Math.floor(window / every);
  const inflation = (1 + lagOne) / (1 - lagOne);
  const wanted = Math.ceil((minSamples ?? samplesFor(ask)) * inflation);
  const enough = reachable >= wanted;
  const worth = inflation > 1 ? `, worth ${Math.floor(reachable / inflation)} independent ones,` : '';
  const have = `${spoken(window)} at one sample every ${spoken(every)} bring ${reachable} samples a lane${worth}`;
  const mend = `a window of ${spoken(wanted * every)}, or a sample every ${spoken(Math.floor(window / wanted))}, would bring them`;
  const says = enough ? `${have}; ${wanted} are needed` : `${have}, and ${wanted} are needed: ${mend}`;
  return { reachable, wanted, enough, says };
}

/**
 * Independent samples that each lane needs so that a one-sided Mann–Whitney test at `alpha` finds a shift of `shift`
 * standard deviations of normal data with probability `power` (G. E. Noether, J. Am. Stat. Assoc. 82, 1987).
 */
export function samplesFor({ alpha = 0.01, power = 0.95, shift = 1 }: Omit<SamplesAsk, 'window' | 'every'>): number {
  const chance = 1 - upperTail(shift / Math.SQRT2);
  const z = upperQuantile(alpha) + upperQuantile(1 - power);
  return Math.ceil((z * z) / (6 * (chance - 0.5) ** 2));
}
