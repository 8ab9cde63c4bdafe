import type { CommandHeard, Signal } from '../../domain/telemetry.js';
import type { Telemetry } from '../../ports/telemetry.js';

/** Every instance has written something but those in `silent`; commands answer what a test has them answer. */
export interface MemoryTelemetry extends Telemetry {
  readonly silent: Set<string>;
  readonly answers: Map<Signal, CommandHeard>;
}

export function createMemoryTelemetry(): MemoryTelemetry {
  const silent = new Set<string>();
  const answers = new Map<Signal, CommandHeard>();
  return {
    silent,
    answers,
    logged: (_, instances) => Promise.resolve(Object.fromEntries(instances.map((id) => [id, silent.has(id) ? 0 : 64]))),
    ask: (_, signal) => Promise.resolve(answers.get(signal)),
  };
}
