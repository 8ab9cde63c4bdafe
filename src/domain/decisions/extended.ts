import { spoken } from '../duration.js';
import type { Window } from '../strategy.js';
import type { Judgement } from './judge.js';
import { judgeWhole } from './metrics/judge-metrics.js';
import type { MetricSeen } from './metrics/seen.js';
import type { Watch } from './watch.js';

/** What a look at a window comes to that may be extended. */
export interface ExtendedJudgement extends Judgement {
  /** Whether the window goes on past its end; missing while it does not. */
  readonly extended?: true;
}

/** What a window has seen by now. */
export interface SeenSoFar {
  readonly watch: Watch;
  /** What its metrics have seen; missing where requests alone judge it. */
  readonly metrics?: readonly MetricSeen[];
  /** Whether it was extended at a look before this one. */
  readonly extended?: true;
}

/**
 * Judges a window by its requests and its metrics. Where it has seen too little at its end and its policy says so, it goes
 * on for as long again, once.
 *
 * An extended window that requests alone judge ends as soon as it has seen enough: when that is depends on how many come,
 * never on how they are answered, so that it favours no verdict. Of metrics that cannot be said, since what is inconclusive
 * of them depends on their values: these are judged again at the end, and before it only by what may end any window early.
 */
export function judgeExtended(window: Window, seen: SeenSoFar, compared: boolean): ExtendedJudgement {
  const { watch, metrics, extended: before = false } = seen;
  const judged = judgeWhole(before && metrics ? longer(window) : window, seen, compared);
  const { kind, reason } = judged.verdict;
  const isShort = judged.final && kind === 'inconclusive' && watch.watchedMs >= window.for;
  if (window.inconclusive?.kind !== 'extend' || !(before || isShort)) return judged;
  const length = lengthOf(window, true);
  const goesOn = !judged.final || (isShort && watch.watchedMs < length && !(before && metrics));
  const more = goesOn ? `; extended to ${spoken(length)}` : `; extended once, by ${spoken(window.for)}`;
  return { verdict: { ...judged.verdict, reason: `${reason}${more}` }, final: !goesOn, extended: true };
}

const longer = (window: Window): Window => ({ ...window, for: lengthOf(window, true) });

/** How long a window lasts by now. */
export const lengthOf = (window: Window, extended = false): Window['for'] => (extended ? 2 : 1) * window.for;
