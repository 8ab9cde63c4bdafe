import type { Sent } from '../../domain/drill.js';
import type { Load } from '../../ports/load.js';

/** Requests that nobody sends: what is answered of them is what was put here. */
export interface MemoryLoad extends Load {
  answers: Sent;
}

export function createMemoryLoad(): MemoryLoad {
  return {
    answers: { sent: 100, failed: 0 },
    begin() {
      return { soFar: () => this.answers, end: () => Promise.resolve(this.answers) };
    },
  };
}
