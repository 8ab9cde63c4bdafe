import type { Milliseconds } from '../../duration.js';
import type { Canary } from '../../strategy.js';
import { adopt, observe, type Phrase, shift, start, verify } from './phrases.js';

/** A few first, then more: every share is watched before the next, the last one for the whole of `afterwards`. */
export function planCanary({ shares, window, afterwards }: Canary, smokeWithin: Milliseconds): readonly Phrase[] {
  const rungs = shares.flatMap((share) => [shift(share), ...observe(share === 100 ? afterwards : window)]);
  return [start, verify(smokeWithin), ...rungs, adopt];
}
