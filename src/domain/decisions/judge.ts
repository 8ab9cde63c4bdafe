import { spoken } from '../duration.js';
import type { LaneCounters } from '../sample.js';
import type { SeriesBound } from '../series.js';
import type { Window } from '../strategy.js';
import { fail, graver, pass, type Verdict } from '../verdict.js';
import { saidOf } from './control.js';
import { clearlyWorse, testedSoFar } from './early-end.js';
import { against, type Bound, measure, shown, standardOf } from './standards.js';
import type { Watch } from './watch.js';

/** What one look at a window comes to. A verdict that is not final is what the window would say if it ended now. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly final: boolean;
}

/**
 * Judges a window by what it has seen.
 *
 * At its end the bounds are exact: at the bound passes. Before its end only a clearly bad candidate ends it
 * (`early-end.ts`), so that looking often does not make false alarms likely. No requests is `no-data`; too few are
 * `inconclusive`, however clear; neither ever passes. A verdict carries what the sequential test had come to.
 * @param compared whether a version ran here before. Without one, `within-baseline` allows `within` itself.
 * @param whom what is judged, for people
 */
export function judgeWindow(window: Window, watch: Watch, compared: boolean, whom = 'the candidate'): Judgement {
  const { verdict, final } = verdictOf(window, watch, compared, whom);
  const test = compared ? testedSoFar(window, watch) : undefined;
  return { verdict: { ...verdict, reason: saidOf(verdict.reason, watch.control), ...(test && { test }) }, final };
}

function verdictOf(window: Window, watch: Watch, compared: boolean, whom: string): Judgement {
  const { candidate } = watch;
  const enough = candidate.requests >= window.minSamples;
  if (watch.watchedMs < window.for) {
    const clear = enough ? clearlyWorse(window, watch, compared) : undefined;
    if (clear !== undefined) return { verdict: fail(`${clear}, after ${seen(watch)}`), final: true };
    const reason = `watching: ${seen(watch)} of ${spoken(window.for)}`;
    return { verdict: { kind: 'inconclusive', reason }, final: false };
  }
  if (candidate.requests === 0)
    return { verdict: { kind: 'no-data', reason: `no request reached ${whom} in ${seen(watch)}` }, final: true };
  if (!enough) {
    const reason = `${candidate.requests} requests reached ${whom} in ${seen(watch)}; ${window.minSamples} are needed to judge`;
    return { verdict: { kind: 'inconclusive', reason }, final: true };
  }
  const standards = window.criteria.map((criterion) => standardOf(criterion, watch, window, compared));
  const verdicts = standards.map((s) => (s.kind === 'bound' ? meet(s, candidate) : s.verdict));
  return { verdict: allOf(verdicts, candidate), final: true };
}

/** The bounds of a window in absolute terms, as far as they can be drawn by now. */
export const boundsOf = (window: Window, watch: Watch, compared: boolean): readonly SeriesBound[] =>
  window.criteria.flatMap((criterion) => {
    const standard = standardOf(criterion, watch, window, compared);
    return standard.kind === 'bound' ? [{ metric: standard.metric, bound: Number(standard.bound.toPrecision(6)) }] : [];
  });

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

const seen = (watch: Watch): string => `${spoken(watch.watchedMs)} and ${watch.candidate.requests} requests`;
