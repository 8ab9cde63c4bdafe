import type { Milliseconds } from './duration.js';
import type { VerdictKind } from './verdict.js';

/** Which way is worse. Kayenta's words. */
export type Direction = 'increase' | 'decrease' | 'either';

/**
 * How much worse than the baseline is still allowed.
 * - `relative`: a fraction of the baseline, 0.05 is 5 % of it. Of a baseline of 0 nothing is allowed.
 * - `points`: an amount in the metric's own unit (for a rate, 0.05 is 5 percentage points).
 */
export interface Tolerance {
  readonly mode: 'relative' | 'points';
  readonly within: number;
}

export type Statistic = 'mean' | 'median' | 'p95' | 'max' | 'last';

/** What a look that brought nothing counts as: left out, or 0 (for counters that have no series before the first error). */
export type NanStrategy = 'remove' | 'replace';

/** Values beyond the fences may be taken out; `factor` is how many interquartile ranges the fences lie off. */
export type Outliers = { readonly strategy: 'keep' } | { readonly strategy: 'remove'; readonly factor: number };

/** How large a difference Kayenta asks about; meaningful in mode `kayenta` alone. */
export interface KayentaEffect {
  readonly measure?: 'meanRatio' | 'cles';
  readonly allowedIncrease?: number;
  readonly allowedDecrease?: number;
  readonly criticalIncrease?: number;
  readonly criticalDecrease?: number;
}

/**
 * What a metric is held against. `direction` says which way is worse.
 * - `stable`: the same query of the stable lane in the same window, by a Mann–Whitney test of the samples of both. Where all
 *   users are on the candidate it is what the stable version answered before the window. `proven` passes only where harm
 *   beyond the tolerance is excluded.
 * - `bounds`: numbers, in the metric's unit; the `statistic` of the samples is held against them.
 * - `forecast`: the same figure so long `ago`, or what another query says.
 */
export type MetricRule =
  | {
      readonly kind: 'stable';
      readonly direction: Direction;
      readonly tolerance: Tolerance;
      readonly passes?: 'not-worse' | 'proven';
    }
  | { readonly kind: 'bounds'; readonly atMost?: number; readonly atLeast?: number; readonly statistic: Statistic }
  | {
      readonly kind: 'forecast';
      readonly from: { readonly ago: Milliseconds } | { readonly query: string };
      readonly direction: Direction;
      readonly tolerance: Tolerance;
      readonly statistic: Statistic;
    };

/** How many looks may go badly; each look is held against the rule by itself. One more than that ends the window. */
export interface MetricLimits {
  /** Looks beyond the rule, over the whole window, and in a row: `fail`. */
  readonly failures?: number;
  readonly consecutiveFailures?: number;
  /** Looks in a row at which the query could not be asked: `error`. */
  readonly consecutiveErrors: number;
  /** Looks in a row that must have met the rule by the window's end, lest it be `inconclusive`. */
  readonly consecutiveSuccesses?: number;
  /** Looks that brought no number: `inconclusive`. */
  readonly inconclusive?: number;
}

/** A metric that a window is judged by, as the plan pins it. */
export interface WindowMetric {
  readonly name: string;
  /** PromQL that answers one number; `{{service}}`, `{{environment}}`, `{{lane}}` and `{{version}}` are filled in. */
  readonly query: string;
  /** For sentences: `ms`. */
  readonly unit?: string;
  readonly rule: MetricRule;
  /** How often chance alone may fail it; a fraction of windows. */
  readonly alpha: number;
  /** Samples that must have been brought (of each lane, where two are compared) before it is judged. */
  readonly minSamples: number;
  /** How often it is asked for. */
  readonly every: Milliseconds;
  /** No sample before that: by then a query that looks back sees nothing from before the window. */
  readonly initialDelay: Milliseconds;
  /** How far its query looks back: samples nearer to each other repeat one another. 0 where it does not. */
  readonly range: Milliseconds;
  readonly limits: MetricLimits;
  /** Decides alone, whatever the score. */
  readonly critical?: true;
  /** Without any data it fails; else that is `no-data`, which passes no more. */
  readonly mustHaveData?: true;
  /** Judged and shown, but decides nothing. */
  readonly dryRun?: true;
  /** For the score; `all` unless said. */
  readonly group?: string;
  readonly nanStrategy?: NanStrategy;
  readonly outliers?: Outliers;
  readonly effectSize?: KayentaEffect;
}

/** How many metrics make one verdict; without it each of them must pass. */
export interface WindowScoring {
  /** `strict`: what is silent or could not be asked counts against. `kayenta`: as Spinnaker's judge counts and tests. */
  readonly mode: 'strict' | 'kayenta';
  /** Per cent of the metrics from which the window passes. */
  readonly pass: number;
  /** Per cent from which it is marginal: inconclusive. */
  readonly marginal: number;
  /** Per cent of the score by group; groups without one share what is left of 100. */
  readonly weights?: Readonly<Record<string, number>>;
}

/** What a metric came to in a window: figures in its unit, as far as its rule has them. */
export interface MetricReport {
  readonly name: string;
  readonly kind: VerdictKind;
  /** A sentence for the on-call. */
  readonly reason: string;
  /** Missing of one that is only shown. */
  readonly decides?: true;
  readonly unit?: string;
  readonly met?: number;
  readonly wanted?: number;
  /** Numbers that came in. `stable`: of what it is held against. `missing`: looks that brought none. */
  readonly samples: { readonly candidate: number; readonly stable?: number; readonly missing?: number };
  /** Of a Mann–Whitney test, or of a sequential one: then it holds at every look. */
  readonly p?: number;
  readonly alpha?: number;
  /** By how much the candidate lies higher, and between which bounds. */
  readonly shift?: number;
  readonly low?: number;
  readonly high?: number;
  /** Probability that a value of the candidate is the larger one of two, ties counted as half. */
  readonly cles?: number;
  /** Looks beyond the rule, and looks at which it could not be asked. */
  readonly failures?: number;
  readonly errors?: number;
  /** What was seen as time went by. */
  readonly points: readonly MetricPoint[];
  /** What it is held against, where that is another series; missing where that is a bound. */
  readonly against?: 'stable' | 'forecast';
  /** Bounds in absolute terms, where they are any. */
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** The candidate (or the whole service) and what it is held against, at a moment counted from the window's begin. */
export type MetricPoint = readonly [at: Milliseconds, value: number | null, other?: number | null];

/** What the metrics of a window came to together, where they are scored; per cent. */
export interface WindowScore {
  readonly score: number;
  readonly pass: number;
  readonly marginal: number;
  readonly groups: readonly { readonly name: string; readonly score: number; readonly metrics: number }[];
}

/** Whether a query asks about one lane; else it is the whole service's. */
export const namesLane = (query: string): boolean => /\{\{(lane|version)\}\}/.test(query);
