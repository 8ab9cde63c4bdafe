import type { Acknowledgement } from '../../acknowledgement.js';
import { between, type Instant, type Milliseconds, spoken } from '../../duration.js';
import { line } from './text.js';

/** An acknowledgement in the deploy log and the timeline of an incident; how long it took from the demand. */
export interface AcknowledgementEntry {
  readonly at: Instant;
  readonly by: string;
  readonly comment?: string;
  readonly after_ms: Milliseconds;
}

export const acknowledgementEntries = (
  acknowledged: readonly Acknowledgement[],
  since: Instant,
): readonly AcknowledgementEntry[] =>
  acknowledged.map(({ at, by, comment }) => ({
    ...{ at, by: line(by, 80), after_ms: Math.max(0, between(since, at)) },
    ...(comment !== undefined && { comment: line(comment, 500) }),
  }));

/** `acknowledged by dave, 40 s after the demand: on it` */
export const acknowledgementText = ({ by, comment, after_ms: took }: AcknowledgementEntry): string =>
  `acknowledged by ${by}, ${spoken(took)} after the demand${comment === undefined ? '' : `: ${comment}`}`;
