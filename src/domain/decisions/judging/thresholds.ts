import type { Figures, MetricVerdict, Statistic, ThresholdMetric } from './metric.js';
import { percent, shown } from './sentences.js';
import { cleaned, percentile, type Series } from './series.js';
import { meanOf, medianOf, type Sorted } from './sorted.js';
import { allowedFrom, isAtLeast, isAtMost } from './tolerance.js';
import { verdictOf } from './verdicts.js';

/** One figure of the candidate against a bound: at the bound passes. Too few samples are inconclusive, none are no data. */
export function judgeThreshold(metric: ThresholdMetric): MetricVerdict {
  const { bound } = metric;
  const candidate = cleaned(metric.candidate, metric);
  const other = bound.kind === 'forecast' ? bound.series : (metric.stable ?? []);
  const expected = cleaned(bound.kind === 'forecast' ? whereBoth(other, metric.candidate) : other, metric);
  const samples = { stable: expected.sorted?.length ?? 0, candidate: candidate.sorted?.length ?? 0 };
  const missing = silentSide(metric, samples);
  if (!candidate.sorted || missing !== undefined)
    return verdictOf(metric, 'no-data', { says: missing ?? 'no value is left', figures: { samples } });
  if (samples.candidate < metric.minSamples) {
    const says = `${samples.candidate} samples of the candidate; ${metric.minSamples} are needed`;
    return verdictOf(metric, 'inconclusive', { says, figures: { samples } });
  }
  const met = statisticOf(metric.statistic, candidate.sorted, candidate.inOrder);
  const baseline = expected.sorted ? statisticOf(metric.statistic, expected.sorted, expected.inOrder) : Number.NaN;
  return held(metric, { met, baseline, samples });
}

/** The forecast at the looks at which the candidate answered too, so that a gap on one side does not shift the figure. */
const whereBoth = (forecast: Series, candidate: Series): Series =>
  forecast.map((value, i) => (candidate[i] === null || candidate[i] === undefined ? null : value));

function silentSide({ bound }: ThresholdMetric, samples: Figures['samples']): string | undefined {
  if (samples.candidate === 0) return 'the candidate has brought no value';
  if (samples.stable > 0) return undefined;
  if (bound.kind === 'baseline') return 'the stable lane has brought no value to compare with';
  return bound.kind === 'forecast' ? 'there is no forecast for any of the looks' : undefined;
}

function statisticOf(statistic: Statistic, sorted: Sorted, inOrder: Float64Array): number {
  switch (statistic) {
    case 'mean':
      return meanOf(sorted);
    case 'median':
      return medianOf(sorted);
    case 'p95':
      return percentile(sorted, 95);
    case 'max':
      return sorted.at(-1) ?? Number.NaN;
    case 'last':
      return inOrder.findLast((value) => !Number.isNaN(value)) ?? Number.NaN;
  }
}

interface Held {
  readonly met: number;
  /** NaN where the bound needs none. */
  readonly baseline: number;
  readonly samples: Figures['samples'];
}

function held(metric: ThresholdMetric, { met, baseline, samples }: Held): MetricVerdict {
  const { low, high, origin } = limits(metric, baseline);
  const figure = `${metric.statistic} ${shown(met, metric.unit)}`;
  const [tooHigh, tooLow] = [!isAtMost(met, high), !isAtLeast(met, low)];
  const wanted = tooLow || high === Infinity ? low : high;
  const figures = { samples, met, wanted };
  const bounds = [
    high === Infinity ? '' : `at most ${shown(high, metric.unit)}`,
    low === -Infinity ? '' : `at least ${shown(low, metric.unit)}`,
  ];
  const says = `${figure}, wanted ${bounds.filter(Boolean).join(' and ')}${origin}; ${samples.candidate} samples`;
  if (!tooHigh && !tooLow) return verdictOf(metric, 'pass', { says, figures });
  const over = `${figure} is ${tooHigh ? 'above' : 'below'} ${shown(wanted, metric.unit)}${origin}; ${samples.candidate} samples`;
  return verdictOf(metric, 'fail', { says: over, figures, classification: tooHigh ? 'high' : 'low' });
}

function limits({ bound, unit }: ThresholdMetric, baseline: number): { low: number; high: number; origin: string } {
  if (bound.kind === 'at-most') return { low: -Infinity, high: bound.value, origin: '' };
  if (bound.kind === 'at-least') return { low: bound.value, high: Infinity, origin: '' };
  if (bound.kind === 'between') return { low: bound.low, high: bound.high, origin: '' };
  const { mode, within } = bound.tolerance;
  const allowed = allowedFrom(bound.tolerance, baseline);
  const band = mode === 'relative' ? percent(within) : shown(within, unit);
  const of = bound.kind === 'forecast' ? 'the forecast' : 'the stable lane';
  return {
    low: bound.direction === 'increase' ? -Infinity : baseline - allowed,
    high: bound.direction === 'decrease' ? Infinity : baseline + allowed,
    origin: ` (${band} of ${of}'s ${shown(baseline, unit)})`,
  };
}
