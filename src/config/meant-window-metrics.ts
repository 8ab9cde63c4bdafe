import { days, hours, type Milliseconds, minutes, seconds } from '../domain/duration.js';
import { mostSamples } from '../domain/decisions/metrics/seen.js';
import type { Window } from '../domain/strategy.js';
import type { MetricLimits, MetricRule, WindowMetric, WindowScoring } from '../domain/window-metric.js';
import type { Profile } from './profiles.js';
import type { WrittenWindowJudge, WrittenWindowMetric } from './schema-window-metrics.js';

/** Enough that ranks tell two standard deviations apart 8 times in 10, at an alpha of 1 %. */
const usualSamples = 10;

/** The metrics of a window: asked for as seldom as keeps one sample from repeating the one before it. */
export const windowMetricsOf = (
  written: Readonly<Record<string, WrittenWindowMetric>>,
  window: Pick<Window, 'for' | 'every'>,
  profile: Profile,
): readonly WindowMetric[] =>
  Object.entries(written).map(([name, metric]) => metricOf({ name, metric, window, profile }));

function metricOf(of: {
  readonly name: string;
  readonly metric: WrittenWindowMetric;
  readonly window: Pick<Window, 'for' | 'every'>;
  readonly profile: Profile;
}): WindowMetric {
  const { name, metric, window, profile } = of;
  const range = lookBack(metric.query);
  const every = Math.max(metric.every ?? range, window.every, Math.ceil(window.for / mostSamples));
  return {
    ...{ name, query: metric.query, rule: ruleOf(metric), alpha: metric.alpha ?? profile.alpha },
    ...(metric.unit !== undefined && { unit: metric.unit }),
    minSamples: metric['min-samples'] ?? usualSamples,
    ...{ every, initialDelay: metric['initial-delay'] ?? range, range },
    limits: limitsOf(metric),
    ...(metric.critical === true && { critical: true }),
    ...(metric['must-have-data'] === true && { mustHaveData: true }),
    ...(metric['dry-run'] === true && { dryRun: true }),
    ...(metric.group !== undefined && { group: metric.group }),
    ...(metric['nan-strategy'] && { nanStrategy: metric['nan-strategy'] }),
    ...(metric.outliers && { outliers: metric.outliers }),
    ...(metric['effect-size'] && { effectSize: effectOf(metric['effect-size']) }),
  };
}

function ruleOf(metric: WrittenWindowMetric): MetricRule {
  const { direction = 'either', statistic = 'median', tolerance, passes, forecast } = metric;
  const { 'at-most': atMost, 'at-least': atLeast } = metric;
  if (forecast) {
    const from = forecast.query === undefined ? { ago: forecast.same ?? days(7) } : { query: forecast.query };
    return { kind: 'forecast', from, direction, tolerance: forecast.within, statistic };
  }
  if (atMost !== undefined || atLeast !== undefined)
    return {
      kind: 'bounds',
      ...(atMost !== undefined && { atMost }),
      ...(atLeast !== undefined && { atLeast }),
      statistic,
    };
  const usual = { mode: 'relative', within: 0.05 } as const;
  return { kind: 'stable', direction, tolerance: tolerance ?? usual, ...(passes && { passes }) };
}

/** Of a source that stumbles, four looks in a row are waited for. */
const usualErrors = 4;

function limitsOf({ limits = {} }: WrittenWindowMetric): MetricLimits {
  const { failures, inconclusive } = limits;
  const { 'consecutive-failures': inRow, 'consecutive-successes': successes } = limits;
  return {
    ...(failures !== undefined && { failures }),
    ...(inRow !== undefined && { consecutiveFailures: inRow }),
    consecutiveErrors: limits['consecutive-errors'] ?? usualErrors,
    ...(successes !== undefined && { consecutiveSuccesses: successes }),
    ...(inconclusive !== undefined && { inconclusive }),
  };
}

function effectOf(written: NonNullable<WrittenWindowMetric['effect-size']>): NonNullable<WindowMetric['effectSize']> {
  const { measure } = written;
  const [rise, fall] = [written['allowed-increase'], written['allowed-decrease']];
  const [critical, criticalFall] = [written['critical-increase'], written['critical-decrease']];
  return {
    ...(measure && { measure }),
    ...(rise !== undefined && { allowedIncrease: rise }),
    ...(fall !== undefined && { allowedDecrease: fall }),
    ...(critical !== undefined && { criticalIncrease: critical }),
    ...(criticalFall !== undefined && { criticalDecrease: criticalFall }),
  };
}

export const scoringOf = ({ mode, pass, marginal, groups }: WrittenWindowJudge): WindowScoring => ({
  ...{ mode, pass, marginal },
  ...(Object.keys(groups).length > 0 && { weights: groups }),
});

const units: Readonly<Record<string, Milliseconds>> = {
  ms: 1,
  s: seconds(1),
  m: minutes(1),
  h: hours(1),
  d: days(1),
  w: days(7),
  y: days(365),
};

/** How far a query looks back: its longest range; where it has subqueries, all of them together, which is no less. */
export function lookBack(query: string): Milliseconds {
  const ranges = [...query.matchAll(/\[\s*((?:\d+(?:ms|[smhdwy]))+)\s*(:[^\]]*)?\]/g)];
  const lengths = ranges.map(([, range = '']) => lengthOf(range));
  const nested = ranges.some(([, , step]) => step !== undefined);
  return nested ? lengths.reduce((sum, length) => sum + length, 0) : Math.max(0, ...lengths);
}

const lengthOf = (range: string): Milliseconds =>
  [...range.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce(
    (sum, [, digits, unit = '']) => sum + Number(digits) * (units[unit] ?? 0),
    0,
  );
