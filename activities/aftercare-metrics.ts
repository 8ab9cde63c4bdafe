import { judgeMetrics } from '../src/domain/decisions/metrics/judge-metrics.js';
import type { MetricSeen } from '../src/domain/decisions/metrics/seen.js';
import { after, between, type Instant, type Milliseconds } from '../src/domain/duration.js';
import type { Place } from '../src/domain/environment.js';
import type { Window } from '../src/domain/strategy.js';
import type { Verdict } from '../src/domain/verdict.js';
import type { WindowMetric } from '../src/domain/window-metric.js';
import type { Metrics } from '../src/ports/metrics.js';
import { moreOfMetrics } from './ask-metrics.js';

/** A metric in the stretch that is being judged of it. */
export interface MetricStretch {
  readonly name: string;
  readonly from: Instant;
  readonly seen?: MetricSeen;
}

/** What a look at the metrics of an aftercare comes to. */
export interface MetricsLook {
  /** To be carried to the next look. */
  readonly stretches: readonly MetricStretch[];
  /** Why it must go back. */
  readonly failed?: Verdict;
}

/**
 * One look at the metrics of what was adopted. Each is judged in stretches of its own, one after another, as long as `least`
 * and as its samples take; only one that fails ends the aftercare. What is tested look by look is tested at a part of its alpha: chance ends an aftercare so no
 * more often than a window.
 */
export async function lookAtMetrics(
  metrics: Metrics,
  { place, window, at, least }: Looking,
  before: readonly MetricStretch[] = [],
): Promise<MetricsLook> {
  const looked = (window.metrics ?? []).map(async (metric): Promise<Looked> => {
    const length = Math.max(least, metric.initialDelay + metric.every * metric.minSamples);
    const alpha = metric.alpha * Math.min(1, length / window.for);
    const alone: Window = { ...window, for: length, metrics: [{ ...metric, alpha }] };
    const stretch = before.find(({ name }) => name === metric.name) ?? { name: metric.name, from: at };
    return await lookAtOne(metrics, { place, window: alone, at, metric }, stretch);
  });
  const all = await Promise.all(looked);
  const failed = all.find((one) => one.failed)?.failed;
  return { stretches: all.map(({ stretch }) => stretch), ...(failed && { failed }) };
}

interface Looking {
  readonly place: Place;
  readonly window: Window;
  readonly at: Instant;
  readonly least: Milliseconds;
}

interface Looked {
  readonly stretch: MetricStretch;
  readonly failed?: Verdict;
}

async function lookAtOne(
  metrics: Metrics,
  { place, window, at, metric }: Omit<Looking, 'least'> & { readonly metric: WindowMetric },
  { name, from, seen: before }: MetricStretch,
): Promise<Looked> {
  const ask = { place, window, compared: false, lane: 'stable' } as const;
  const [seen] = (await moreOfMetrics(metrics, ask, { metrics: before ? [before] : [] }, { from, last: { at } })) ?? [];
  if (!seen) return { stretch: { name, from } };
  const over = between(from, at) >= window.for;
  const judged = judgeMetrics({ window, seen: [seen], over, compared: false });
  if (judged?.final && judged.verdict.kind === 'fail') return { stretch: { name, from, seen }, failed: judged.verdict };
  // Its next stretch begins where this one ended: nothing is waited for again.
  return { stretch: judged?.final ? { name, from: after(at, -metric.initialDelay) } : { name, from, seen } };
}
