import type { BlueGreen } from '../../strategy.js';
import { adoptKeeping, type Manner, observe, type Phrase, shift, start, verify } from './phrases.js';

/** Green comes up beside blue, is verified, and takes everything at once; blue is kept until the window has passed. */
export function planBlueGreen(
  { afterwards }: BlueGreen,
  { smokeWithin, wayBack, keepFormer }: Manner,
): readonly Phrase[] {
  return [start, verify(smokeWithin), shift(100, wayBack), ...observe(afterwards), adoptKeeping(keepFormer)];
}
