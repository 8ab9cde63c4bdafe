import { type Milliseconds, spoken } from '../../duration.js';
import { upperQuantile, upperTail } from './normal.js';
import { shown } from './sentences.js';

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

/** What is asked of a window whose samples are requests. */
export interface RequestsAsk {
  readonly window: Milliseconds;
  /** Of both lanes together. */
  readonly perMinute: number;
  /** Per cent of them that reach the candidate. */
  readonly share: number;
  readonly minSamples: number;
}

/** Whether a window can bring the requests that its judgement needs, at the traffic that is expected. */
export function planRequests({ window, perMinute, share, minSamples }: RequestsAsk): SamplesPlan {
  const aMinute = (perMinute * share) / 100;
  const reachable = Math.floor((aMinute * window) / 60_000);
  const have = `${shown(perMinute)} requests a minute, ${share} % of them on the candidate for ${spoken(window)}, are ${reachable} requests`;
  const enough = reachable >= minSamples;
  if (enough) return { reachable, wanted: minSamples, enough, says: `${have}; ${minSamples} are needed` };
  const longer = spoken(Math.ceil(minSamples / aMinute) * 60_000);
  const more = Math.ceil((minSamples * 60_000 * 100) / (window * share));
  const larger = Math.ceil((minSamples * 60_000 * 100) / (window * perMinute));
  const orShare = larger <= 100 ? `, a share of ${larger} %` : '';
  const mend = `a window of ${longer}${orShare}, or ${more} requests a minute would bring them`;
  return { reachable, wanted: minSamples, enough, says: `${have}, and ${minSamples} are needed: ${mend}` };
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
