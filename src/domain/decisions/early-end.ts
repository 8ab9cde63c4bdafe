import type { LaneCounters } from '../sample.js';
import type { Criterion, Window } from '../strategy.js';
import type { TestFigures } from '../verdict.js';
import { isTested, testOf } from './evidence.js';
import { ratesP } from './judging/index.js';
import { shownP } from './judging/sentences.js';
import { against, type Bound, hasBaseline, standardOf } from './standards.js';
import { slowerThan, type Watch } from './watch.js';

/**
 * Why a window ends before its time: a criterion that the candidate clearly does not meet, as a sentence; nothing where
 * there is none. A criterion whose sequential test has a baseline in this window is judged by the test alone, so that
 * its false-alarm bound holds; any other by a three-sigma Wilson interval that lies wholly above the bound.
 */
export function clearlyWorse(window: Window, watch: Watch, compared: boolean): string | undefined {
  const { candidate } = watch;
  for (const criterion of window.criteria) {
    const standard = standardOf(criterion, watch, window, compared);
    if (standard.kind === 'none') continue;
    const test = compared ? testFigures(criterion, window, watch) : undefined;
    if (test && test.p <= test.alpha) return `${against(standard, candidate)}, ${sure(test)}`;
    if (!test && clearlyAbove(standard, candidate)) return `${against(standard, candidate)}, clearly`;
  }
  return undefined;
}

/** The figures of the window's test, the most telling one where it has several; nothing where no test has a baseline. */
export function testedSoFar(window: Window, watch: Watch): TestFigures | undefined {
  const tests = window.criteria.map((criterion) => testFigures(criterion, window, watch));
  const [worst] = tests.filter((test) => test !== undefined).sort((a, b) => a.p - b.p);
  return worst && { ...worst, p: Number(worst.p.toPrecision(3)) };
}

function testFigures(criterion: Criterion, window: Window, watch: Watch): TestFigures | undefined {
  if (!isTested(criterion) || !watch.evidence || !hasBaseline(watch, window)) return undefined;
  const test = testOf(criterion, window, watch.evidence);
  if (!test) return undefined;
  const of = ({ requests, errors }: LaneCounters) => ({ requests, errors });
  return { p: ratesP(test), alpha: criterion.alpha, stable: of(watch.stable), candidate: of(watch.candidate) };
}

const sure = ({ p, alpha, stable }: TestFigures): string =>
  `beside ${stable.errors} of ${stable.requests} on the stable lane: more than chance brings (${shownP(p)} over all looks, at most ${alpha} ends the window)`;

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
