import type { Verdict } from '../../verdict.js';
import type { Direction, KayentaEffect, Statistic, Tolerance } from '../../window-metric.js';
import type { EffectSize } from './effect-size.js';
import type { CleaningRules, Series } from './series.js';

export type { Direction, KayentaEffect, Statistic } from '../../window-metric.js';

/** What is known of a metric whatever is asked of it. */
export interface MetricHead {
  readonly name: string;
  /** For sentences: `ms`. */
  readonly unit?: string;
  /** Alone decides: the canary stands only if this passes. */
  readonly critical?: boolean;
  /** Judged and shown, but decides nothing; Kayenta's `muted`. */
  readonly dryRun?: boolean;
  /** For the score; `all` unless said. */
  readonly groups?: readonly string[];
  /** The source could not be asked: why. */
  readonly error?: string;
}

/** Both lanes, one sample a look, in the order of time. */
export interface Lanes {
  readonly stable: Series;
  readonly candidate: Series;
}

/** Requests and errors of a lane, one pair a look: what came since the look before. */
export interface RateLane {
  readonly requests: Series;
  readonly errors: Series;
}

/** Is the candidate worse than the stable lane by more than the tolerance? One answer at the end of the window. */
export interface Comparison extends MetricHead, Lanes, CleaningRules {
  readonly test: 'compare';
  readonly direction: Direction;
  readonly tolerance: Tolerance;
  /** Bound of the false-alarm rate, 0.01 is one in a hundred. */
  readonly alpha: number;
  /** Samples that each lane must have brought. */
  readonly minSamples: number;
  /** Whether a lane that never moves is taken for a frozen source, not for a steady one. */
  readonly mustVary?: boolean;
  /**
   * Each sample is of a stretch of its own: what they seem to repeat one another widens the bounds as ever, but they are judged
   * however few they are then worth. Of some fifteen samples that are independent, chance makes one in six look worth too little.
   */
  readonly disjoint?: true;
  /** `not-worse`: no harm was seen. `proven`: harm beyond the tolerance is excluded at the level of `alpha`. */
  readonly passes?: 'not-worse' | 'proven';
}

/** Kayenta's classification with its own constants; see `kayenta.ts`. */
export interface KayentaMetric extends MetricHead, Lanes, CleaningRules {
  readonly test: 'kayenta';
  readonly direction: Direction;
  readonly mustHaveData?: boolean;
  readonly effectSize?: KayentaEffect;
}

/** Pairs of samples, looked at after every look: fails as soon as the evidence suffices. */
export interface SequentialPairs extends MetricHead, Lanes, CleaningRules {
  readonly test: 'sequential';
  readonly direction: Direction;
  readonly tolerance: Tolerance;
  readonly alpha: number;
  readonly minSamples: number;
}

/** Error rates, looked at after every look. */
export interface SequentialRates extends MetricHead {
  readonly test: 'sequential-rates';
  readonly stable: RateLane;
  readonly candidate: RateLane;
  readonly tolerance: Tolerance;
  readonly alpha: number;
  /** Requests that the candidate must have answered. */
  readonly minSamples: number;
}

/**
 * What a figure is held against. `direction` says which way is worse.
 * - `at-most`, `at-least`: a number. `between`: from one number to another.
 * - `baseline`: the same figure of the stable lane in the same window, with a tolerance.
 * - `forecast`: the same figure of what was expected at the same looks (last week's hour, a season, a model).
 */
export type Bound =
  | { readonly kind: 'at-most'; readonly value: number }
  | { readonly kind: 'at-least'; readonly value: number }
  | { readonly kind: 'between'; readonly low: number; readonly high: number }
  | { readonly kind: 'baseline'; readonly tolerance: Tolerance; readonly direction: Direction }
  | {
      readonly kind: 'forecast';
      readonly series: Series;
      readonly tolerance: Tolerance;
      readonly direction: Direction;
    };

/** One figure of the candidate against a bound; exact at the bound. */
export interface ThresholdMetric extends MetricHead, CleaningRules {
  readonly test: 'threshold';
  readonly bound: Bound;
  readonly statistic: Statistic;
  readonly minSamples: number;
  readonly stable?: Series;
  readonly candidate: Series;
}

export type Metric = Comparison | KayentaMetric | SequentialPairs | SequentialRates | ThresholdMetric;

/**
 * What a metric is to the score. `high` and `low`: worse in that direction. `no-data-fail`: silent though it must have
 * data. The rest are kinds of verdict.
 */
export type Classification = 'pass' | 'high' | 'low' | 'inconclusive' | 'no-data' | 'no-data-fail' | 'error';

/** Samples that came in, and how many independent ones they are worth. */
export interface SampleCounts {
  readonly stable: number;
  readonly candidate: number;
  readonly missingStable?: number;
  readonly missingCandidate?: number;
  readonly effectiveStable?: number;
  readonly effectiveCandidate?: number;
  readonly lagOne?: number;
}

/** The figures of a verdict, as far as its test has them; in the metric's unit unless said. */
export interface Figures {
  readonly samples: SampleCounts;
  /** The figure judged, and what it may be at most (or at least). */
  readonly met?: number;
  readonly wanted?: number;
  /** By how much the candidate lies higher, and between which bounds at `level`. */
  readonly shift?: number;
  readonly low?: number;
  readonly high?: number;
  readonly level?: number;
  /** Of a sequential test: valid whenever one looks. */
  readonly pValue?: number;
  readonly alpha?: number;
  readonly effect?: EffectSize;
  /** The look, from 1, at which a sequential test ended, and how many there are. */
  readonly stoppedAt?: number;
  readonly looks?: number;
}

/** What a judge says of one metric; the reason is a sentence for the on-call. */
export interface MetricVerdict extends Verdict {
  readonly name: string;
  readonly classification: Classification;
  /** It alone decides against the canary. */
  readonly criticalFailure: boolean;
  readonly dryRun: boolean;
  readonly groups: readonly string[];
  readonly figures: Figures;
}
