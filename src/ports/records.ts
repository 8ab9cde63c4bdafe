import type { RecordedEvent } from '../domain/decisions/records/facts.js';
import type { RecordedEntry, RecordedFile } from '../domain/audit.js';
import type { FlagRequest } from '../domain/flag-change.js';
import type { ReleaseRequest } from '../domain/release.js';
import type { LatestRecorded } from '../domain/recovery.js';

/** A fact for the governance repository. `eventId` names it: the same event is written once, however often it is told. */
export type GovernanceEvent = Exclude<RecordedEvent, { readonly kind: 'change-opened' | 'flag-change-opened' }>;

/** What was written. Paths are relative to the governance repository. */
export interface Receipt {
  readonly paths: readonly string[];
  /** SHA-256 of each file, as hex; not of the Change Log, which many entries share. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Place in the hash chain, from 1. */
  readonly sequence: number;
  readonly hash: string;
}

/** Whether the chain holds; `findings` names every record that was altered, is missing or was put in. */
export interface Audit {
  readonly verified: boolean;
  readonly records: number;
  readonly findings: readonly string[];
}

/** The governance repository, seen by its one writer. */
export interface Records {
  /**
   * Reserves the next change id of the day and writes the planned row. The same `eventId` gets the same id, and `ended`
   * where that change was closed long ago.
   */
  openChange(ask: {
    readonly eventId: string;
    readonly request: ReleaseRequest;
  }): Promise<Receipt & { readonly changeId: string; readonly ended: boolean }>;
  /** The same for a change of a flag. */
  openFlagChange(ask: {
    readonly eventId: string;
    readonly request: FlagRequest;
  }): Promise<Receipt & { readonly changeId: string; readonly ended: boolean }>;
  write(event: GovernanceEvent): Promise<Receipt>;
  audit(): Promise<Audit>;
  /** The latest change of the service that was opened, and the latest that was closed; takes as long with many as with few. */
  latestOf(service: string): Promise<LatestRecorded>;
  /** What the chain holds of one change, oldest first. */
  entriesOf(changeId: string): Promise<readonly RecordedEntry[]>;
  /** By change id: the cells of the rows of these changes in the Change Log, those that are as they were recorded. */
  rowsOf(changeIds: readonly string[]): Promise<Readonly<Record<string, readonly (readonly string[])[]>>>;
  /** Every entry of the chain, oldest first. */
  entries(): Promise<readonly RecordedEntry[]>;
  /** What these files of the chain say now. What the chain does not name, and what is not there any more, is left out. */
  read(paths: readonly string[]): Promise<readonly RecordedFile[]>;
}
