import { type Instant, type Milliseconds, spoken } from './duration.js';
import type { Evidence } from './readiness.js';

/** A restore is rehearsed: of one service, or of every service of the environment that has a database. */
export interface RestoreOrder {
  readonly environment: string;
  readonly service?: string;
  readonly by: string;
  /** Elsewhere than in production: what works is no evidence. */
  readonly practice?: true;
}

/** A database was dumped, the dump restored beside it, and both compared table by table. Nothing of it is kept. */
export interface RestoreProof {
  /** The moment whose data was restored. */
  readonly at: Instant;
  readonly tables: number;
  readonly rows: number;
  /** Of the dump. */
  readonly bytes: number;
  readonly dumpMs: Milliseconds;
  readonly restoreMs: Milliseconds;
}

/** `failed`: what was dumped does not restore to what it was taken from, or could not be tried. The data was not touched. */
export type RestoreTest =
  | { readonly kind: 'passed'; readonly service: string; readonly environment: string; readonly proof: RestoreProof }
  | { readonly kind: 'failed'; readonly service: string; readonly environment: string; readonly reason: string };

/** A restore that has worked is evidence, as old as the data that was restored. */
export const evidenceOfRestore = (environment: string, proof: RestoreProof): Evidence => ({
  ...{ item: 'restore-tested', at: proof.at, by: 'slipway', source: 'system' },
  what: `${proof.tables} tables with ${proof.rows} rows of ${environment} were dumped in ${spoken(proof.dumpMs)}, restored in ${spoken(proof.restoreMs)}, and are the same`,
});
