import { pass, type Verdict } from '../../domain/verdict.js';
import type { Gates } from '../../ports/gates.js';

/** Gates whose verdicts a test decides; each passes unless it says otherwise. */
export interface MemoryGates extends Gates {
  readonly verdicts: Map<string, Verdict>;
  /** Those that run until they are aborted. */
  readonly endless: Set<string>;
  /** The names of those that have run, in order. */
  readonly ran: string[];
}

export function createMemoryGates(): MemoryGates {
  const verdicts = new Map<string, Verdict>();
  const endless = new Set<string>();
  const ran: string[] = [];
  return {
    verdicts,
    endless,
    ran,
    run: async ({ gate: { name }, signal }) => {
      signal.throwIfAborted();
      ran.push(name);
      if (endless.has(name)) await aborted(signal);
      const verdict = verdicts.get(name) ?? pass('exit code 0');
      return { name, verdict, log: '', at: new Date().toISOString(), hash: '0'.repeat(64) };
    },
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
