import type { Artifact } from './artifact.js';
import type { Instant, Milliseconds } from './duration.js';
import type { Place } from './environment.js';

/**
 * What a release does to the data of its service.
 * - `none`: nothing.
 * - `compatible`: both versions run on the new schema, so going back with the version leaves the data as it is.
 * - `scripted`: the former version does not fully run on the new schema; going back ends with the revert script.
 * - `irreversible`: the data has no way back, and neither has the version once the migration has run.
 */
export type MigrationClass = 'none' | 'compatible' | 'scripted' | 'irreversible';

/** One script of an artifact. */
export interface Script {
  /** From the top of what is packed: `db/0002-rename.sql`. */
  readonly path: string;
  /** `sha256:` of its text: a migration is known by that of its script, whichever version carries it. */
  readonly hash: string;
}

/**
 * The halves of a change that is spread over two releases: `expand` adds what is new beside what is old, `contract` takes
 * the old away once nobody needs it any more.
 */
export type Phase = { readonly kind: 'expand' } | { readonly kind: 'contract'; readonly expands: string };

interface Declared {
  readonly migrate: Script;
  /** What it means for data, in a sentence for people. */
  readonly impact: string;
  readonly phase?: Phase;
}

/** What an artifact declares to do to data. It travels in the artifact, so an approval of the digest covers it. */
export type Migration =
  | (Declared & { readonly class: 'compatible'; readonly revert?: Script })
  | (Declared & { readonly class: 'scripted'; readonly revert: Script })
  | (Declared & { readonly class: 'irreversible' });

/** A migration, and the artifact that carries its scripts. */
export interface DataChange {
  readonly migration: Migration;
  readonly of: Pick<Artifact, 'version' | 'digest'>;
}

/** Taking such a migration back. Only that of a scripted one is ever taken back: the data of a compatible one stays. */
export interface Reversal extends DataChange {
  readonly migration: Extract<Migration, { readonly class: 'scripted' }>;
}

/** Something that is to be done to data, forth or back. */
export type DataStep = ({ readonly kind: 'migrate' } & DataChange) | ({ readonly kind: 'revert' } & Reversal);

/** A migration that has been applied and not reverted, as the database itself tells it. */
export interface AppliedMigration extends DataChange {
  readonly at: Instant;
}

/** One table as the backup holds it. */
export interface TableProof {
  /** `public.orders` */
  readonly table: string;
  readonly rows: number;
  /** Over the contents of all rows, in whatever order: 32 hexadecimal digits. */
  readonly checksum: string;
}

/** What was done on the restored copy before the data itself was touched. */
export interface Rehearsal {
  readonly migrateMs?: Milliseconds;
  /** Of going back to where it began; where a migration was rehearsed first, schema and data were compared with before. */
  readonly revertMs?: Milliseconds;
}

/** A backup that was restored and compared, table by table. */
export interface BackupProof {
  readonly place: Place;
  readonly takenAt: Instant;
  /** The dump, relative to the data directory of the environment's worker. */
  readonly file: string;
  readonly bytes: number;
  /** `sha256:` of the dump. */
  readonly digest: string;
  readonly tables: readonly TableProof[];
  readonly dumpMs: Milliseconds;
  readonly restoreMs: Milliseconds;
  readonly rehearsal: Rehearsal;
}

/** `refused`: the backup does not restore to what it was taken from, or the rehearsal failed. The data was not touched. */
export type BackupOutcome =
  { readonly kind: 'proved'; readonly proof: BackupProof } | { readonly kind: 'refused'; readonly reason: string };

/** `applied`: it is, now or before; `refused`: the script failed, and left nothing behind. */
export type MigrationOutcome =
  | { readonly kind: 'applied'; readonly at: Instant; readonly tookMs: Milliseconds }
  | { readonly kind: 'refused'; readonly reason: string };

/** `not-applied`: there was nothing to revert. */
export type RevertOutcome =
  | { readonly kind: 'reverted'; readonly at: Instant; readonly tookMs: Milliseconds }
  | { readonly kind: 'not-applied'; readonly at: Instant };

/** One table, then and now. A table that is missing on one side has no rows there. */
export interface TableChange {
  readonly table: string;
  readonly before?: number;
  readonly now?: number;
  /** `other-columns`: a migration has changed what could be compared, the number of rows apart. */
  readonly content: 'same' | 'changed' | 'other-columns';
}

/** What has been written since a backup was taken; tables that are as they were are only counted. */
export interface DataWritten {
  readonly at: Instant;
  readonly changed: readonly TableChange[];
  readonly same: number;
}

/** What a rollout did to data, as far as it came. */
export interface DataRecord {
  readonly backup?: BackupProof;
  readonly migrated?: MigrationOutcome;
  /** What had been written since the backup, when the way back came to the data. */
  readonly written?: DataWritten;
  /** Missing where there was nothing to revert. */
  readonly revertedAt?: Instant;
}

/** Names the migration in a word: `scripted, contract of 1.4.0`. */
export const migrationKind = ({ class: of, phase }: Migration): string =>
  phase === undefined ? of : `${of}, ${phase.kind === 'expand' ? 'expand' : `contract of ${phase.expands}`}`;
