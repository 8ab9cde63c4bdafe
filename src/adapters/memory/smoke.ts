import { pass, type Verdict } from '../../domain/verdict.js';
import type { Smoke } from '../../ports/smoke.js';

/** A smoke suite whose verdict a test decides; passes unless told otherwise. */
export function createMemorySmoke(
  parts: { readonly verdict?: (ask: Parameters<Smoke['run']>[0]) => Verdict } = {},
): Smoke {
  return {
    run: (ask) => {
      const verdict = parts.verdict?.(ask) ?? pass('1 of 1 checks passed');
      return Promise.resolve({ verdict, log: `${verdict.kind} "front page": ${verdict.reason}\n` });
    },
  };
}
