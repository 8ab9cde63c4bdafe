import { classifyMetric, mannWhitney, type Metric } from '../../../src/domain/decisions/judging/index.js';
import type { Chance } from '../../support/chance.js';
import { autoregressive, normal } from '../../support/series.js';
import { interleaved } from '../support/rounds.js';
import { median } from '../support/statistics.js';
import type { SciPy } from './scipy.js';

export interface Speed {
  readonly size: number;
  /** Microseconds a call, a row of rounds each. */
  readonly ours: readonly number[];
  readonly scipy: readonly number[];
  /** Largest difference of the two p-values. */
  readonly apart: number;
}

/** The same samples, in turn: ours, SciPy's. Sorting is part of both. */
export async function speedOf(size: number, rounds: number, scipy: SciPy, chance: Chance): Promise<Speed> {
  const calls = Math.max(20, Math.round(20_000 / size));
  const draw = () => Float64Array.from({ length: size }, () => normal(chance));
  const samples = Array.from({ length: rounds + 1 }, () => [draw(), draw()] as const);
  let apart = 0;
  const { ours, theirs } = await interleaved(rounds, {
    ours: (round) => Promise.resolve(timed(samples[round]!, calls)),
    theirs: async (round) => {
      const [x, y] = samples[round]!;
      const { us, pValue } = await scipy.measure(x, y, calls);
      apart = Math.max(apart, Math.abs(pValue - mannWhitney(x, y, { method: 'asymptotic' }).pValue));
      return us;
    },
  });
  return { size, ours, scipy: theirs, apart };
}

function timed([x, y]: readonly [Float64Array, Float64Array], calls: number): number {
  const times = Array.from({ length: calls }, () => {
    const begun = process.hrtime.bigint();
    mannWhitney(x, y, { method: 'asymptotic' });
    return Number(process.hrtime.bigint() - begun) / 1000;
  });
  return median(times);
}

/** CPU milliseconds for 50 metrics of 60 samples in both lanes, sentences and all; the first rounds warm up and are dropped. */
export function windowsOf(rounds: number, chance: Chance): readonly number[] {
  const metrics = Array.from({ length: 50 }, (_, i): Metric => ({
    name: `metric ${i}`,
    test: 'compare',
    direction: 'either',
    tolerance: { mode: 'relative', within: 0.05 },
    alpha: 0.01,
    minSamples: 20,
    stable: autoregressive(chance, 60, 0, 10),
    candidate: autoregressive(chance, 60, 0, 10),
  }));
  const times = Array.from({ length: rounds + 5 }, () => {
    const begun = process.cpuUsage();
    metrics.forEach((metric) => classifyMetric(metric));
    const { user, system } = process.cpuUsage(begun);
    return (user + system) / 1000;
  });
  return times.slice(5);
}
