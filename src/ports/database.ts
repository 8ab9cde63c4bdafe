import type { Artifact } from '../domain/artifact.js';
import type { Place } from '../domain/environment.js';
import type {
  AppliedMigration,
  BackupOutcome,
  BackupProof,
  DataChange,
  DataStep,
  DataWritten,
  Migration,
  MigrationOutcome,
  Reversal,
  RevertOutcome,
} from '../domain/migration.js';
import type { RestoreProof } from '../domain/restore-test.js';
import type { Fence } from './fleet.js';

/** `failed`: what was dumped does not restore to what it was taken from. The data was not touched. */
export type RestoreOutcome =
  { readonly kind: 'restored'; readonly proof: RestoreProof } | { readonly kind: 'failed'; readonly reason: string };

export interface DatabaseStatus {
  /** The highest generation that has changed data or backed it up here; 0 before the first. */
  readonly generation: number;
  /** What is applied and not reverted, in the order applied. */
  readonly applied: readonly AppliedMigration[];
}

/**
 * The data of services, one database for each place. Effects carry a fence as those of a fleet do: an older generation is
 * refused as `superseded`, a newer one ends what is older and under way, a known key is answered and not done again.
 * A script is applied whole or not at all, and once, whenever its worker dies.
 */
export interface Database {
  /** What the artifact declares to do to data; nothing for a service without a database. */
  declared(artifact: Artifact): Promise<Migration | undefined>;
  /** Nothing was ever applied for a service without a database. */
  read(place: Place): Promise<DatabaseStatus>;
  /**
   * Dumps the database, restores the dump into a scratch database, compares both table by table, rehearses `steps` on the
   * copy, and drops it. A migration with a revert script is rehearsed forth and back, and must leave the copy as it was.
   */
  backup(ask: {
    readonly place: Place;
    readonly steps: readonly DataStep[];
    readonly fence: Fence;
  }): Promise<BackupOutcome>;
  /**
   * Applies a migration, unless it is applied already, by whichever version. Refused as `not-found` where the proved
   * backup is no longer there. Throws where a script had to wait too long for a table: asking again is worth it.
   */
  migrate(
    ask: DataChange & { readonly place: Place; readonly proof: BackupProof; readonly fence: Fence },
  ): Promise<MigrationOutcome>;
  /** Takes a migration back if it is applied. Refused as `invalid` where its script fails, which leaves the data as it was. */
  revert(ask: Reversal & { readonly place: Place; readonly fence: Fence }): Promise<RevertOutcome>;
  /**
   * Dumps the database, restores the dump beside it and compares both, whatever else is under way; keeps neither dump nor
   * copy, and writes nothing to the database. Refused as `invalid` for a service without one.
   */
  testRestore(place: Place): Promise<RestoreOutcome>;
  /** The latest of those that has worked; nothing before the first, and for a service without a database. */
  restoreTested(place: Place): Promise<RestoreProof | undefined>;
  /** Services that have a database in this environment. */
  restorable(environment: string): readonly string[];
  /** What has changed since the backup, table by table. Only looks. */
  writtenSince(place: Place, proof: BackupProof): Promise<DataWritten>;
}
