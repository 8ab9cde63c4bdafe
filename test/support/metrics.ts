import { judgeMetrics, type MetricsJudgement } from '../../src/domain/decisions/metrics/judge-metrics.js';
import {
  beginMetric,
  lookAtMetric,
  type MetricLook,
  type MetricSeen,
} from '../../src/domain/decisions/metrics/seen.js';
import { minutes } from '../../src/domain/duration.js';
import type { WindowMetric, WindowScoring } from '../../src/domain/window-metric.js';
import { aWindow } from './orders.js';

/** Orders per visit: fewer are worse, by more than 5 % of the stable lane's. */
export const aMetric = (more: Partial<WindowMetric> = {}): WindowMetric => ({
  name: 'orders',
  query: 'orders{version="{{version}}"}',
  rule: { kind: 'stable', direction: 'decrease', tolerance: { mode: 'relative', within: 0.05 } },
  alpha: 0.01,
  minSamples: 10,
  every: minutes(1),
  initialDelay: 0,
  range: 0,
  limits: { consecutiveErrors: 4 },
  ...more,
});

/** A look a minute. */
export const lookedAt = (metric: WindowMetric, looks: readonly MetricLook[], sequential = true): MetricSeen =>
  looks.reduce(
    (seen, look, i) => lookAtMetric(metric, seen, { at: minutes(i), look }),
    beginMetric(metric, sequential),
  );

interface Judging {
  readonly over?: boolean;
  readonly compared?: boolean;
  readonly scoring?: WindowScoring;
}

/** What a window comes to that has seen these looks of these metrics. */
export function judgedBy(
  seen: readonly (readonly [WindowMetric, readonly MetricLook[]])[],
  { over = true, compared = true, scoring }: Judging = {},
): MetricsJudgement {
  const window = aWindow({ metrics: seen.map(([metric]) => metric), ...(scoring && { scoring }) });
  const all = seen.map(([metric, looks]) => lookedAt(metric, looks, scoring?.mode !== 'kayenta'));
  const judged = judgeMetrics({ window, seen: all, over, compared });
  if (!judged) throw new Error('a window without metrics');
  return judged;
}

/** Both lanes at each look: a course that repeats, never the same twice in a row, the candidate so many times the stable lane. */
export const lanes = (looks: number, times: number, level = 100): readonly MetricLook[] =>
  Array.from({ length: looks }, (_, i) => {
    const [stable, candidate] = [level + ((i * 7) % 11), level + ((i * 5) % 11)];
    return { value: candidate * times, other: stable };
  });

/** Single values, held against a bound. */
export const values = (...of: readonly (number | null)[]): readonly MetricLook[] => of.map((value) => ({ value }));

export const unanswered = (looks: number): readonly MetricLook[] =>
  Array.from({ length: looks }, () => ({ error: 'the Prometheus does not take it' }));
