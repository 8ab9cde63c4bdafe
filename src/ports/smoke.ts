import type { Verdict } from '../domain/verdict.js';

/** Runs the critical path of a service against one address. */
export interface Smoke {
  /** `log` holds one line per check, the met and wanted value in each; never longer than 8 KB (its end is kept). */
  run(ask: { readonly service: string; readonly environment: string; readonly url: string }): Promise<{
    readonly verdict: Verdict;
    readonly log: string;
  }>;
}
