import type { LaneCounters } from '../../domain/sample.js';

/** How the instances of a digest answer: with which part of errors (0–1), after how long, and whether they live at all. */
export interface Conduct {
  readonly healthy: boolean;
  readonly errors: number;
  readonly latencyMs: number;
}

/** What one lane in memory has answered. */
export interface Tally {
  count(how: Conduct): void;
  read(): LaneCounters;
}

const bounds = [1, 2, 5, 10, 25, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, Infinity];

/** Errors come in exactly the part that was asked for, evenly spread. */
export function createTally(): Tally {
  let requests = 0;
  let errors = 0;
  let owed = 0;
  const latencies = bounds.map(() => 0);
  return {
    count: (how) => {
      requests += 1;
      owed += how.errors;
      if (owed > 1 - 1e-9) {
        owed -= 1;
        errors += 1;
      }
      const at = bounds.findIndex((bound) => how.latencyMs <= bound);
      latencies[at] = (latencies[at] ?? 0) + 1;
    },
    read: () => {
      let count = 0;
      const latency = bounds.map((le, at) => ({ le: le === Infinity ? -1 : le, count: (count += latencies[at] ?? 0) }));
      return { requests, errors, latency };
    },
  };
}
