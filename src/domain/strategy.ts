import type { Milliseconds } from './duration.js';
import type { WindowMetric, WindowScoring } from './window-metric.js';

/**
 * What must hold of the candidate lane during a window.
 * - `within-baseline`: its error rate may exceed the stable lane's, seen in the same window, by `within` (a fraction):
 *   `relative` allows baseline × (1 + within), `points` allows baseline + within. Where it has an `alpha`, a window is
 *   ended early by a sequential test of both lanes, which stops a candidate that is within the band with probability
 *   `alpha` at most, over all looks together. Windows that were planned before there was one have none.
 * - `at-most`: an absolute bound; `error-rate` is a fraction 0–1, `latency-p95` is in milliseconds.
 */
export type Criterion =
  | {
      readonly kind: 'within-baseline';
      readonly metric: 'error-rate';
      readonly mode: 'relative' | 'points';
      readonly within: number;
      readonly alpha?: number;
    }
  | { readonly kind: 'at-most'; readonly metric: 'error-rate' | 'latency-p95'; readonly bound: number };

/** One observation window: how long, how often one looks, and what is judged by. */
export interface Window {
  readonly for: Milliseconds;
  readonly every: Milliseconds;
  readonly criteria: readonly Criterion[];
  /** Requests the candidate must have answered before a verdict other than `inconclusive` is given. */
  readonly minSamples: number;
  /** What becomes of a window that has seen too little at its end; the version goes back when missing. */
  readonly inconclusive?: WhenInconclusive;
  /** What else it is judged by; missing where nothing is, and of windows that were planned before there was more. */
  readonly metrics?: readonly WindowMetric[];
  /** How these make one verdict; missing where each of them must pass. */
  readonly scoring?: WindowScoring;
}

/** A window judged by requests alone: what has no two lanes to compare asks for no other metrics. */
export function byRequests({ for: length, every, criteria, minSamples, inconclusive }: Window): Window {
  return { for: length, every, criteria, minSamples, ...(inconclusive && { inconclusive }) };
}

/**
 * - `extend`: the window goes on for as long again at most, once; what it has seen counts. Then the version goes back.
 * - `hold`: people decide, for as long as `patience`. Then the version goes back.
 */
export type WhenInconclusive = { readonly kind: 'extend' } | { readonly kind: 'hold'; readonly patience: Milliseconds };

/** A subset of production first, then more: 5 → 25 → 100 unless said otherwise. The last share is watched by `afterwards`. */
export interface Canary {
  readonly kind: 'canary';
  /** Per cent of traffic on the candidate, rising, ending at 100. */
  readonly shares: readonly number[];
  readonly window: Window;
  readonly afterwards: Window;
  /**
   * What the candidate is compared with while its share is 50 % at most: as many instances of the stable version, started
   * with it, that get as much traffic as it does. The stable lane itself when missing.
   */
  readonly baseline?: 'fresh';
}

/** A second fleet beside the first; all traffic moves at once; the first is kept until the window has passed. */
export interface BlueGreen {
  readonly kind: 'blue-green';
  readonly afterwards?: Window;
}

/** Instance by instance, each healthy before the next. `afterwards` is left out where no one but tests sends traffic. */
export interface Rolling {
  readonly kind: 'rolling';
  readonly batches: number;
  readonly afterwards?: Window;
}

export type Strategy = Canary | BlueGreen | Rolling;
