import { after, type Instant, spoken } from '../duration.js';
import type { JudgedBy } from '../judged.js';
import { type LaneCounters, type LaneSample, noRequests } from '../sample.js';
import type { LanePoint, Series } from '../series.js';
import type { Strategy, Window } from '../strategy.js';
import type { Verdict } from '../verdict.js';
import type { MetricReport, WindowMetric } from '../window-metric.js';
import { judgeWhole } from './metrics/judge-metrics.js';
import { type MetricSeen, seenThen } from './metrics/seen.js';
import { beginWatch, lookAgain, type Watch } from './watch.js';

/** A window as it was recorded. Those recorded before they could be judged again have no `judgedBy`. */
export interface RecordedWindow {
  readonly from: Instant;
  readonly share: number;
  readonly verdict: Verdict;
  readonly judgedBy?: JudgedBy;
  readonly series?: Series;
  readonly metrics?: readonly RecordedMetric[];
}

/** A metric as it was recorded: of a long window not every look. */
export type RecordedMetric = Pick<MetricReport, 'name' | 'points'>;

/**
 * Judges a window that is over by other rules than it was judged by then. Its early end is sought at the points of its
 * series, by error rates and metrics: latencies are kept for the whole of it. What ended it without the figures ends it again.
 * @param today the window that would be opened now
 */
export function judgeAgain(recorded: RecordedWindow, today: Window | undefined): Verdict {
  const { from, verdict, judgedBy, series } = recorded;
  if (!judgedBy) return noData('it was recorded before what it was judged by was kept');
  if (!today) return noData('no window is opened here by the configuration of today');
  if (judgedBy.cause !== 'judgement') return verdict;
  const { compared, watchedMs, window: then } = judgedBy;
  const other = otherwiseAsked(recorded, today);
  if (other) return other;
  const looks = watched(judgedBy, { from, series, today });
  const seenBy = metricsBy(recorded, today);
  const judge = (window: Window, watch: Watch) => judgeWhole(window, { watch, ...seenBy(watch) }, compared);
  const open = { ...today, for: Infinity };
  for (const watch of looks) {
    const early = judge(open, watch);
    if (early.final) return early.verdict;
  }
  const last = looks.at(-1);
  if (!last) return noData('nothing was seen in it');
  if (watchedMs < then.for) {
    const { test } = judge(open, last).verdict;
    const p = test ? ` (p ${test.p}, ended at ${test.alpha})` : '';
    return { kind: 'inconclusive', reason: `it would go on after ${spoken(watchedMs)}${p}; no more of it is recorded` };
  }
  const { kind, reason } = judge({ ...today, for: Math.min(today.for, watchedMs) }, last).verdict;
  const short = today.for > watchedMs ? `; ${spoken(watchedMs)} are recorded, today's lasts ${spoken(today.for)}` : '';
  return { kind, reason: `${reason}${short}` };
}

/** Only what was asked then can be judged again. */
function otherwiseAsked({ judgedBy, metrics = [] }: RecordedWindow, today: Window): Verdict | undefined {
  for (const { name, query } of today.metrics ?? []) {
    const then = judgedBy?.window.metrics?.find((metric) => metric.name === name);
    if (!then || !metrics.some((metric) => metric.name === name)) return noData(`${name} was not asked for then`);
    if (then.query !== query) return noData(`${name} was asked for by another query then: ${then.query}`);
  }
  return undefined;
}

/** What the metrics of today's window had seen by a look. */
function metricsBy(
  { metrics: recorded = [] }: RecordedWindow,
  { metrics, scoring }: Window,
): (watch: Watch) => { readonly metrics?: readonly MetricSeen[] } {
  if (!metrics) return () => ({});
  const sequential = scoring?.mode !== 'kayenta';
  const pointsOf = (metric: WindowMetric) => recorded.find(({ name }) => name === metric.name)?.points ?? [];
  return ({ watchedMs }) => ({
    metrics: metrics.map((metric) =>
      seenThen(
        metric,
        pointsOf(metric).filter(([at]) => at <= watchedMs),
        sequential,
      ),
    ),
  });
}

/** The window that a strategy opens at a share; a canary's last share, and every other strategy, has the one of all traffic. */
export const windowAt = (strategy: Strategy, share: number): Window | undefined =>
  strategy.kind === 'canary' && share < (strategy.shares.at(-1) ?? 100) ? strategy.window : strategy.afterwards;

const noData = (reason: string): Verdict => ({ kind: 'no-data', reason });

/** The window look by look, as far as its series tells it; at its end all that it had seen. */
function watched(
  { before, stable, candidate, watchedMs, window, control }: JudgedBy,
  { from, series, today }: { readonly from: Instant; readonly series: Series | undefined; readonly today: Window },
): readonly Watch[] {
  const sampleAt = (at: Instant, ofControl: LaneCounters, ofCandidate: LaneCounters): LaneSample => {
    const lanes = { at, stable: ofControl, candidate: ofCandidate };
    return control ? { ...lanes, baseline: ofControl } : lanes;
  };
  let watch = beginWatch(sampleAt(from, before, noRequests), today, control);
  let [stableSum, candidateSum] = [before, noRequests];
  const looks = (series?.points ?? []).map(([until, ofStable, ofCandidate]) => {
    [stableSum, candidateSum] = [plus(stableSum, ofStable), plus(candidateSum, ofCandidate)];
    const sample = sampleAt(after(from, until), stableSum, candidateSum);
    watch = lookAgain(watch, sample, Math.max(until, window.every));
    return watch;
  });
  const whole = { ...watch, watchedMs, before, stable, candidate };
  return looks.length === 0 ? [whole] : [...looks.slice(0, -1), whole];
}

const plus = ({ requests, errors }: LaneCounters, [more, moreErrors]: LanePoint): LaneCounters => ({
  requests: requests + more,
  errors: errors + moreErrors,
  latency: [],
});
