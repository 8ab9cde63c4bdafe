import type { CommandSaid } from '../../domain/drift.js';
import type { Drift } from '../../ports/drift.js';

/** A command whose answers a test decides; there is none until it has one. */
export interface MemoryDrift extends Drift {
  readonly answers: Map<string, CommandSaid>;
}

export function createMemoryDrift(): MemoryDrift {
  const answers = new Map<string, CommandSaid>();
  return { answers, look: (environment) => Promise.resolve(answers.get(environment)) };
}
