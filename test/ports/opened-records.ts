import type { Records } from '../../src/ports/records.js';

/** A record store with a door for tampering: `undefined` is a file that is not there. */
export interface OpenedRecords {
  readonly records: Records;
  readonly read: (path: string) => Promise<string | undefined>;
  readonly put: (path: string, content: string | undefined) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** How a store is set up for one test. */
export interface RecordSettings {
  /** Rows that the Change Log holds before they go to a page. */
  readonly rowsPerPage?: number;
}
