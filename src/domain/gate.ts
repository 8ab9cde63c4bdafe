import type { Instant, Milliseconds } from './duration.js';
import type { Verdict } from './verdict.js';

/** A quality gate of an environment: a line for the shell that must exit 0 before anything begins there. */
export interface GateOrder {
  readonly name: string;
  readonly run: string;
  readonly timeout: Milliseconds;
}

/** Why a gate lets nothing through, with the last line that it printed. */
export function whyFailed({ name, verdict, log }: GateRun, environment: string): string {
  const last = log.trim().split('\n').at(-1)?.trim() ?? '';
  return `quality gate "${name}" of ${environment}: ${verdict.reason}${last === '' ? '' : `; ${last.slice(0, 200)}`}`;
}

/** One quality gate or the build command: what ran, how it ended, the end of what it printed. */
export interface GateRun {
  readonly name: string;
  readonly verdict: Verdict;
  readonly log: string;
  /** When it ended; known of an environment's gates. */
  readonly at?: Instant;
  /** SHA-256 of what it printed, of 64 MB at most; known of an environment's gates. */
  readonly hash?: string;
}
