import type { Rolling } from '../../strategy.js';
import { adopt, type Manner, observe, type Phrase, replace, verify } from './phrases.js';

/** Batch after batch, each instance healthy before the next is touched; the smoke suite sees the first batch and the last. No instance of the former version is left to keep. */
export function planRolling({ batches, afterwards }: Rolling, { smokeWithin }: Manner): readonly Phrase[] {
  const rest = Array.from({ length: batches - 1 }, (_, i) => replace(i + 2, batches));
  return [
    replace(1, batches),
    verify(smokeWithin),
    ...rest,
    ...(rest.length > 0 ? [verify(smokeWithin)] : []),
    ...observe(afterwards),
    adopt,
  ];
}
