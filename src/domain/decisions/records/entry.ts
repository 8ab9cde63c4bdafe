import type { Instant } from '../../duration.js';
import type { Figure } from '../../figure.js';
import type { DeployLog } from './deploy-log.js';
import type { ChainPlace, RecordedEvent, RecordFile } from './facts.js';

/** What is already there; all that a writer has to find out before it knows what to write. */
export interface RecordFacts {
  readonly chain: ChainPlace;
  readonly isTaken: (path: string) => boolean;
  readonly isChangeId: (changeId: string) => boolean;
  readonly isDecisionId: (decisionId: string) => boolean;
  /** The deploy logs of the same change, oldest first, and the paths of those that are not as they were recorded. */
  readonly rollouts: readonly DeployLog[];
  readonly lost: readonly string[];
  /** How figures are drawn. Records have none where nobody can. */
  readonly draw?: (figure: Figure) => string;
}

/** One entry of the governance repository, down to the letter. */
export interface DecidedEntry {
  readonly at: Instant;
  readonly kind: RecordedEvent['kind'];
  readonly eventId: string;
  /** The person whose doing is recorded; `slipway` where a machine demanded it. */
  readonly actor: string;
  readonly changeId: string;
  readonly files: readonly RecordFile[];
  /** Rows for the Change Log. */
  readonly rows: readonly string[];
  /** Files that others wrote and that are committed with this entry, as they are then. */
  readonly beside?: readonly string[];
  /** What happened, in one line. */
  readonly subject: string;
}
