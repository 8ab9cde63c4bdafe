import type { Canary } from '../../strategy.js';
import { adoptKeeping, type Manner, observe, type Phrase, shift, start, verify } from './phrases.js';

/** A few first, then more: every share is watched before the next, the last one for the whole of `afterwards`. */
export function planCanary(
  { shares, window, afterwards }: Canary,
  { smokeWithin, wayBack, keepFormer }: Manner,
): readonly Phrase[] {
  const rungs = shares.flatMap((share) => [shift(share, wayBack), ...observe(share === 100 ? afterwards : window)]);
  return [start, verify(smokeWithin), ...rungs, adoptKeeping(keepFormer)];
}
