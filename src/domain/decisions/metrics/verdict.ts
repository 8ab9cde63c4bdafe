import { counted } from '../../counted.js';
import type { MetricReport, MetricRule, WindowMetric, WindowScoring } from '../../window-metric.js';
import {
  type Bound,
  classifyMetric,
  type Metric,
  type MetricHead,
  type MetricVerdict,
  pairsP,
  type Series,
} from '../judging/index.js';
import { shown, shownP } from '../judging/sentences.js';
import { verdictOf } from '../judging/verdicts.js';
import type { MetricSeen } from './seen.js';

type Mode = WindowScoring['mode'];

/** What a metric comes to before its window's end: a limit that is exceeded, or more bad looks than chance brings. */
export function earlyVerdict(metric: WindowMetric, seen: MetricSeen): MetricVerdict | undefined {
  const { met } = numbersOf(seen);
  if (seen.ended)
    return verdictOf(headOf(metric), seen.ended.kind, { says: told(metric, seen, seen.ended.says), figures: met });
  const p = seen.test && pairsP(seen.test);
  if (p === undefined || p > metric.alpha || met.samples.candidate < metric.minSamples) return undefined;
  const than = metric.rule.kind === 'stable' ? 'than the stable lane' : 'than allowed';
  const says = `worse ${than} at more looks than chance brings (${shownP(p)} over all looks, at most ${metric.alpha} ends the window)`;
  return verdictOf(headOf(metric), 'fail', {
    says: told(metric, seen, says),
    figures: { ...met, pValue: p, alpha: metric.alpha },
  });
}

/** What a metric comes to at its window's end. */
export function finalVerdict(metric: WindowMetric, seen: MetricSeen, mode: Mode): MetricVerdict {
  const early = earlyVerdict(metric, seen);
  if (early) return early;
  const { met } = numbersOf(seen);
  if (seen.error !== undefined && met.samples.candidate === 0)
    return classifyMetric({ ...judgedAs(metric, seen, mode), error: seen.error });
  const few = tooFew(metric, seen, mode);
  if (few !== undefined) return verdictOf(headOf(metric), 'inconclusive', { says: few, figures: met });
  return withRun(metric, seen, withData(metric, mode, classifyMetric(judgedAs(metric, seen, mode))));
}

/** Kayenta itself knows no minimum; here nothing is judged below it, whatever the mode. */
function tooFew({ minSamples }: WindowMetric, seen: MetricSeen, mode: Mode): string | undefined {
  const { samples } = numbersOf(seen).met;
  const least = Math.min(samples.stable, samples.candidate);
  if (mode !== 'kayenta' || least === 0 || least >= minSamples) return undefined;
  return `${samples.stable} samples of the stable lane and ${samples.candidate} of the candidate; ${minSamples} of each are needed`;
}

/** Silence of what must have data is bad, not only unknown. */
function withData(metric: WindowMetric, mode: Mode, verdict: MetricVerdict): MetricVerdict {
  if (metric.mustHaveData !== true || mode === 'kayenta' || verdict.kind !== 'no-data') return verdict;
  return {
    ...verdict,
    kind: 'fail',
    reason: `${verdict.reason}, and it must have data`,
    classification: 'no-data-fail',
  };
}

function withRun({ limits }: WindowMetric, { tally }: MetricSeen, verdict: MetricVerdict): MetricVerdict {
  const wanted = limits.consecutiveSuccesses ?? 0;
  if (verdict.kind !== 'pass' || tally.longestSuccess >= wanted) return verdict;
  const says = `only ${counted(tally.longestSuccess, 'look')} in a row met it; ${wanted} are needed`;
  return { ...verdict, kind: 'inconclusive', classification: 'inconclusive', reason: `${verdict.reason}; ${says}` };
}

/** The metric as the judge takes it: its rule, and the samples of both sides. */
function judgedAs(metric: WindowMetric, seen: MetricSeen, mode: Mode): Metric {
  const { rule, alpha, minSamples, nanStrategy, outliers } = metric;
  const { candidate, stable } = numbersOf(seen);
  const cleaning = { ...(nanStrategy && { nanStrategy }), ...(outliers && { outliers }) };
  const asked = { ...headOf(metric), ...cleaning, stable, candidate, minSamples };
  if (rule.kind !== 'stable')
    return { ...asked, test: 'threshold', bound: boundOf(rule, stable), statistic: rule.statistic };
  const { direction, tolerance, passes } = rule;
  if (mode === 'strict') {
    const disjoint = metric.range > 0 && metric.every >= metric.range;
    const how = { ...(disjoint && { disjoint }), ...(passes && { passes }) };
    return { ...asked, test: 'compare', direction, tolerance, alpha, ...how };
  }
  const { mustHaveData, effectSize } = metric;
  return {
    ...asked,
    test: 'kayenta',
    direction,
    ...(mustHaveData && { mustHaveData }),
    ...(effectSize && { effectSize }),
  };
}

function boundOf(rule: Exclude<MetricRule, { kind: 'stable' }>, series: Series): Bound {
  if (rule.kind === 'forecast')
    return { kind: 'forecast', series, tolerance: rule.tolerance, direction: rule.direction };
  const { atMost, atLeast } = rule;
  if (atMost !== undefined && atLeast !== undefined) return { kind: 'between', low: atLeast, high: atMost };
  return atLeast === undefined ? { kind: 'at-most', value: atMost ?? 0 } : { kind: 'at-least', value: atLeast };
}

const headOf = ({ name, unit, critical, dryRun, group }: WindowMetric): MetricHead => ({
  name,
  ...(unit !== undefined && { unit }),
  ...(critical && { critical }),
  ...(dryRun && { dryRun }),
  ...(group !== undefined && { groups: [group] }),
});

/** Both sides in the order of time, and how many numbers they brought. */
function numbersOf({ points, before }: MetricSeen) {
  const candidate: Series = points.map(([, value]) => value);
  const stable: Series = before ?? points.map(([, , other]) => other ?? null);
  const brought = (series: Series): number => series.filter((value) => value !== null).length;
  const samples = {
    stable: brought(stable),
    candidate: brought(candidate),
    missingCandidate: candidate.length - brought(candidate),
  };
  return { candidate, stable, met: { samples } };
}

/** What is said, with the latest numbers that it is said of. */
function told(metric: WindowMetric, { points, tally }: MetricSeen, says: string): string {
  const last = points.findLast(([, value]) => value !== null);
  if (!last) return says;
  const [, value, other] = last;
  const beside = typeof other === 'number' ? ` beside ${shown(other, metric.unit)}` : '';
  return `${says}; last ${shown(value ?? 0, metric.unit)}${beside}, ${tally.failures} of ${counted(points.length, 'look')} beyond it`;
}

/** A verdict as history, records and pages keep it. */
export function reportOf(
  metric: WindowMetric,
  seen: MetricSeen,
  {
    verdict,
    decides,
  }: { readonly verdict: Pick<MetricVerdict, 'kind' | 'reason' | 'figures'>; readonly decides: boolean },
): MetricReport {
  const { name, rule } = metric;
  const { samples, met, wanted, pValue, alpha, shift, low, high, effect } = verdict.figures;
  const isCompared = rule.kind !== 'bounds';
  return {
    ...{ name, kind: verdict.kind, reason: verdict.reason },
    ...(decides && { decides }),
    ...finite({ met, wanted }),
    samples: {
      candidate: samples.candidate,
      ...(isCompared && { stable: samples.stable }),
      ...finite({ missing: samples.missingCandidate || undefined }),
    },
    ...finite({ p: pValue, alpha: alpha ?? (pValue === undefined ? undefined : metric.alpha) }),
    ...finite({ shift, low, high, cles: effect?.cles }),
    ...finite({ failures: seen.tally.failures || undefined, errors: seen.tally.errors || undefined }),
    ...drawnOf(metric, seen),
  };
}

/** What is drawn of a metric. */
export type DrawnMetric = Pick<MetricReport, 'name' | 'unit' | 'points' | 'against' | 'atMost' | 'atLeast'>;

export const drawnOf = ({ name, unit, rule }: WindowMetric, { points }: Pick<MetricSeen, 'points'>): DrawnMetric => ({
  name,
  ...(unit !== undefined && { unit }),
  points: drawn(points),
  ...(rule.kind === 'bounds' ? finite({ atMost: rule.atMost, atLeast: rule.atLeast }) : { against: rule.kind }),
});

/** Numbers as history takes them: six digits, no infinities. */
function finite<K extends string>(figures: Readonly<Record<K, number | undefined>>): { readonly [key in K]?: number } {
  const told = Object.entries<number | undefined>(figures).flatMap(([key, value]) =>
    value !== undefined && Number.isFinite(value) ? [[key, Number(value.toPrecision(6))] as const] : [],
  );
  return Object.fromEntries(told) as { readonly [key in K]?: number };
}

const mostDrawn = 60;

/** At most sixty points, evenly taken, the last one always among them: history keeps every one. */
function drawn<T>(points: readonly T[]): readonly T[] {
  const step = Math.ceil(points.length / mostDrawn);
  return points.filter((_, i) => (points.length - 1 - i) % step === 0);
}
