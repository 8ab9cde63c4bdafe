import type { Chance } from '../../support/chance.js';

/** What a row of measurements comes to. */
export interface Summary {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

export const summaryOf = (values: readonly number[]): Summary => ({
  n: values.length,
  p50: quantile(values, 0.5),
  p95: quantile(values, 0.95),
  p99: quantile(values, 0.99),
  max: quantile(values, 1),
});

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** The smallest value that at least this fraction of the values does not exceed; NaN of none. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

/** How many times as much, and between which bounds that lies 95 times in 100. */
export interface Ratio {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** A figure of `a` over the same figure of `b`, with its bootstrap interval: both rows are drawn again, with replacement. */
export function ratioOf(ask: {
  readonly a: readonly number[];
  readonly b: readonly number[];
  readonly figure: (values: readonly number[]) => number;
  readonly chance: Chance;
  readonly draws?: number;
}): Ratio {
  const { a, b, figure, chance, draws = 2_000 } = ask;
  const again = (values: readonly number[]): readonly number[] =>
    values.map(() => values[Math.floor(chance() * values.length)] ?? Number.NaN);
  const drawn = Array.from({ length: draws }, () => figure(again(a)) / figure(again(b)));
  return { ratio: figure(a) / figure(b), low: quantile(drawn, 0.025), high: quantile(drawn, 0.975) };
}
