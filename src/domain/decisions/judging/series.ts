import type { NanStrategy, Outliers } from '../../window-metric.js';
import { at, isConstant, type Sorted, sortedOf } from './sorted.js';

export type { NanStrategy, Outliers } from '../../window-metric.js';

/** Samples of one lane in the order of time, one a look. `null` (and NaN, and infinity) is a look that brought nothing. */
export type Series = readonly (number | null)[];

/** A lane as the judge takes it. */
export interface Cleaned {
  /** In the order of time; NaN where nothing is left. */
  readonly inOrder: Float64Array;
  /** What is left, sorted; undefined where nothing is. */
  readonly sorted: Sorted | undefined;
  /** Looks that brought a number, before outliers were taken out. */
  readonly measured: number;
  /** Looks that brought none. */
  readonly missing: number;
}

export interface CleaningRules {
  readonly nanStrategy?: NanStrategy;
  readonly outliers?: Outliers;
}

/**
 * A lane without what is no number and, if asked for, without outliers. `replace` puts 0 beside numbers that were
 * measured: a lane that is silent throughout stays silent, unless `silentIsZero`, as Kayenta has it.
 */
export function cleaned(series: Series, rules: CleaningRules = {}, silentIsZero = false): Cleaned {
  const inOrder = numbersOf(series);
  const present = presentOf(inOrder);
  const [measured, missing] = [present.length, inOrder.length - present.length];
  const fills = rules.nanStrategy === 'replace' && missing > 0 && (measured > 0 || silentIsZero);
  if (fills) replaceGaps(inOrder);
  const fenced = rules.outliers?.strategy === 'remove' && withoutOutliers(inOrder, rules.outliers.factor);
  const left = fills || fenced ? presentOf(inOrder) : present;
  return { inOrder, sorted: left.length === 0 ? undefined : sortedOf(left), measured, missing };
}

function numbersOf(series: Series): Float64Array {
  const values = new Float64Array(series.length);
  for (let i = 0; i < series.length; i += 1) {
    const value = series[i];
    values[i] = typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
  }
  return values;
}

/** Those that are numbers, in their order. */
export function presentOf(values: Float64Array): Float64Array {
  const present = new Float64Array(values.length);
  let count = 0;
  for (let i = 0; i < values.length; i += 1) {
    const value = at(values, i);
    if (Number.isNaN(value)) continue;
    present[count] = value;
    count += 1;
  }
  return present.subarray(0, count);
}

function replaceGaps(values: Float64Array): void {
  for (const [i, value] of values.entries()) if (Number.isNaN(value)) values[i] = 0;
}

export const isConstantLane = ({ sorted }: Cleaned): boolean => sorted !== undefined && isConstant(sorted);

/**
 * Kayenta's fences: `factor` interquartile ranges below the lower and above the upper quartile, but never nearer than
 * the first and the 99th percentile.
 */
function withoutOutliers(values: Float64Array, factor: number): boolean {
  const present = presentOf(values);
  if (present.length === 0) return false;
  const sorted = sortedOf(present);
  const [lower, upper] = [percentile(sorted, 25), percentile(sorted, 75)];
  const low = Math.min(percentile(sorted, 1), lower - factor * (upper - lower));
  const high = Math.max(percentile(sorted, 99), upper + factor * (upper - lower));
  for (const [i, value] of values.entries()) if (value < low || value > high) values[i] = Number.NaN;
  return true;
}

/** The percentile as Apache Commons Math has it, p·(n + 1)/100 counted from 1 and interpolated: Kayenta uses it. */
export function percentile(sorted: Sorted, p: number): number {
  const place = (p * (sorted.length + 1)) / 100;
  const below = Math.floor(place);
  if (below < 1) return at(sorted, 0);
  if (below >= sorted.length) return at(sorted, sorted.length - 1);
  return at(sorted, below - 1) + (place - below) * (at(sorted, below) - at(sorted, below - 1));
}
