import { spoken } from '../duration.js';
import type { Window } from '../strategy.js';
import { type Judgement, judgeWindow } from './judge.js';
import type { Watch } from './watch.js';

/** What a look at a window comes to that may be extended. */
export interface ExtendedJudgement extends Judgement {
  /** Whether the window goes on past its end; missing while it does not. */
  readonly extended?: true;
}

/**
 * Judges a window that goes on for as long again, once, where it has seen too little at its end and its policy says so.
 * From then on it ends as soon as it has seen enough: when that is depends on how many requests come, never on how they
 * are answered, so that it favours no verdict.
 * @param before whether it was extended at a look before this one
 */
export function judgeExtended(
  window: Window,
  watch: Watch,
  { compared, extended: before = false }: { readonly compared: boolean; readonly extended?: boolean },
): ExtendedJudgement {
  const judged = judgeWindow(window, watch, compared);
  const { kind, reason } = judged.verdict;
  if (!judged.final || window.inconclusive?.kind !== 'extend' || (!before && kind !== 'inconclusive')) return judged;
  const length = 2 * window.for;
  const final = kind !== 'inconclusive' || watch.watchedMs >= length;
  const more = final ? `; extended once, by ${spoken(window.for)}` : `; extended to ${spoken(length)}`;
  return { verdict: { ...judged.verdict, reason: `${reason}${more}` }, final, extended: true };
}

/** How long a window lasts by now. */
export const lengthOf = (window: Window, extended = false): Window['for'] => (extended ? 2 : 1) * window.for;
