import type { Milliseconds } from '../../duration.js';
import type { BlueGreen } from '../../strategy.js';
import { adopt, observe, type Phrase, shift, start, verify } from './phrases.js';

/** Green comes up beside blue, is verified, and takes everything at once; blue is kept until the window has passed. */
export function planBlueGreen({ afterwards }: BlueGreen, smokeWithin: Milliseconds): readonly Phrase[] {
  return [start, verify(smokeWithin), shift(100), ...observe(afterwards), adopt];
}
