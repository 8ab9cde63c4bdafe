import type { Canary } from '../../strategy.js';
import {
  adoptKeeping,
  type Manner,
  observe,
  type Phrase,
  shift,
  start,
  startBaseline,
  stopBaseline,
  verify,
} from './phrases.js';

/** More than this leaves no room for a baseline of the same size. */
export const mostBesideBaseline = 50;

/**
 * A few first, then more: every share is watched before the next, the last one for the whole of `afterwards`. A fresh
 * baseline comes up with the candidate, and goes before the first share that leaves it no room.
 */
export function planCanary(
  { shares, window, afterwards, baseline }: Canary,
  { smokeWithin, wayBack, keepFormer }: Manner,
): readonly Phrase[] {
  const crowded = baseline && shares.find((share) => share > mostBesideBaseline);
  const rungs = shares.flatMap((share) => [
    ...(share === crowded ? [stopBaseline] : []),
    shift(share, wayBack),
    ...observe(share === 100 ? afterwards : window),
  ]);
  return [start, ...(baseline ? [startBaseline] : []), verify(smokeWithin), ...rungs, adoptKeeping(keepFormer)];
}
