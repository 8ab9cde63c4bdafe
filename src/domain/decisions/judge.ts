import { spoken } from '../duration.js';
import { neverReached } from '../never.js';
import type { LaneCounters } from '../sample.js';
import type { SeriesBound } from '../series.js';
import type { Criterion, Window } from '../strategy.js';
import { fail, graver, pass, type Verdict } from '../verdict.js';
import { quantile, slowerThan, type Watch } from './watch.js';

/** What one look at a window comes to. A verdict that is not final is what the window would say if it ended now. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly final: boolean;
}

/**
 * Judges a window by what it has seen.
 *
 * At its end the bounds are exact: at the bound passes. Before its end only a clearly bad candidate ends it: one whose
 * errors (or slow answers) lie above the bound even at the lower end of a three-sigma Wilson interval, so that looking
 * often does not make false alarms likely. No requests is `no-data`; too few are `inconclusive`; neither ever passes.
 * @param compared whether a version ran here before. Without one, `within-baseline` allows `within` itself.
 * @param whom what is judged, for people
 */
export function judgeWindow(window: Window, watch: Watch, compared: boolean, whom = 'the candidate'): Judgement {
  const { candidate } = watch;
  const over = watch.watchedMs >= window.for;
  const enough = candidate.requests >= window.minSamples;
  const standards = window.criteria.map((criterion) => standardOf(criterion, watch, window, compared));
  if (!over) {
    const clear = enough ? standards.find((s) => s.kind === 'bound' && clearlyAbove(s, candidate)) : undefined;
    if (clear?.kind === 'bound')
      return { verdict: fail(`${against(clear, candidate)}, clearly, after ${seen(watch)}`), final: true };
    return {
      verdict: { kind: 'inconclusive', reason: `watching: ${seen(watch)} of ${spoken(window.for)}` },
      final: false,
    };
  }
  if (candidate.requests === 0)
    return { verdict: { kind: 'no-data', reason: `no request reached ${whom} in ${seen(watch)}` }, final: true };
  if (!enough) {
    const reason = `${candidate.requests} requests reached ${whom} in ${seen(watch)}; ${window.minSamples} are needed to judge`;
    return { verdict: { kind: 'inconclusive', reason }, final: true };
  }
  const verdicts = standards.map((s) => (s.kind === 'bound' ? meet(s, candidate) : s.verdict));
  return { verdict: allOf(verdicts, candidate), final: true };
}

/** The bounds of a window in absolute terms, as far as they can be drawn by now. */
export const boundsOf = (window: Window, watch: Watch, compared: boolean): readonly SeriesBound[] =>
  window.criteria.flatMap((criterion) => {
    const standard = standardOf(criterion, watch, window, compared);
    return standard.kind === 'bound' ? [{ metric: standard.metric, bound: Number(standard.bound.toPrecision(6)) }] : [];
  });

/** What a criterion comes to in this window: a bound in absolute terms, or a verdict where none can be drawn. */
type Standard = Bound | { readonly kind: 'none'; readonly verdict: Verdict };

interface Bound {
  readonly kind: 'bound';
  readonly metric: Criterion['metric'];
  readonly bound: number;
  /** Where the bound comes from, for people. */
  readonly origin: string;
}

function standardOf(criterion: Criterion, watch: Watch, window: Window, compared: boolean): Standard {
  switch (criterion.kind) {
    case 'at-most':
      return { kind: 'bound', metric: criterion.metric, bound: criterion.bound, origin: 'as configured' };
    case 'within-baseline':
      return baselineBound(criterion, watch, window, compared);
    default:
      return neverReached(criterion);
  }
}

function baselineBound(
  { metric, mode, within }: Extract<Criterion, { kind: 'within-baseline' }>,
  { stable, before }: Watch,
  { minSamples }: Window,
  compared: boolean,
): Standard {
  const bound = (value: number, origin: string): Bound => ({ kind: 'bound', metric, bound: value, origin });
  if (!compared) return bound(within, 'nothing ran here before to compare with');
  const [baseline, when] =
    stable.requests >= minSamples ? [stable, 'in the same window'] : [before, 'before this window'];
  if (baseline.requests === 0) {
    const reason = `${metric}: the stable lane has answered nothing to compare with, in this window or before it`;
    return { kind: 'none', verdict: { kind: 'no-data', reason } };
  }
  const rate = baseline.errors / baseline.requests;
  const allowed = mode === 'relative' ? rate * (1 + within) : rate + within;
  const band = mode === 'relative' ? `${percent(within)} above` : `${Number((within * 100).toFixed(2))} points above`;
  return bound(allowed, `${band} the stable lane's ${percent(rate)} ${when}`);
}

/** At the bound passes, and 70 of 1000 is at 2 % + 5 points, though binary fractions disagree in their last digit. */
const rounding = 1e-12;

function meet(standard: Bound, candidate: LaneCounters): Verdict {
  const met = measure(standard.metric, candidate);
  if (met === undefined) return { kind: 'no-data', reason: `${standard.metric}: nothing was measured` };
  return met <= standard.bound * (1 + rounding)
    ? pass(`${standard.metric} ${shown(standard.metric, met)}, at most ${shown(standard.metric, standard.bound)}`)
    : fail(against(standard, candidate));
}

/** One sentence for everything: the gravest verdict's, or all the figures when all is well. */
function allOf(verdicts: readonly Verdict[], candidate: LaneCounters): Verdict {
  const worst = verdicts.reduce(graver, pass(''));
  if (worst.kind !== 'pass') return worst;
  return pass([`${candidate.requests} requests`, ...verdicts.map((v) => v.reason)].join('; '));
}

const measure = (metric: Criterion['metric'], lane: LaneCounters): number | undefined =>
  metric === 'error-rate' ? lane.errors / lane.requests : quantile(lane, 0.95);

const against = (s: Bound, candidate: LaneCounters): string =>
  `${s.metric} ${shown(s.metric, measure(s.metric, candidate) ?? Number.NaN)} is above ${shown(s.metric, s.bound)} (${s.origin}); ${candidate.errors} of ${candidate.requests} requests failed`;

function clearlyAbove({ metric, bound }: Bound, candidate: LaneCounters): boolean {
  return metric === 'error-rate'
    ? wilsonLower(candidate.errors, candidate.requests) > bound
    : wilsonLower(slowerThan(candidate, bound), candidate.requests) > 0.05;
}

/** Lower end of the Wilson score interval of a proportion at three standard deviations (E. B. Wilson, 1927). */
function wilsonLower(hits: number, of: number): number {
  const z2 = 9;
  const p = hits / of;
  const centre = p + z2 / (2 * of);
  const spread = Math.sqrt(z2 * ((p * (1 - p)) / of + z2 / (4 * of * of)));
  return (centre - spread) / (1 + z2 / of);
}

const seen = (watch: Watch): string => `${spoken(watch.watchedMs)} and ${watch.candidate.requests} requests`;
const percent = (fraction: number): string => `${Number((fraction * 100).toFixed(2))} %`;
const shown = (metric: Criterion['metric'], value: number): string =>
  metric === 'error-rate' ? percent(value) : `${Math.round(value)} ms`;
