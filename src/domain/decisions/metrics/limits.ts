import { counted } from '../../counted.js';
import type { VerdictKind } from '../../verdict.js';
import type { WindowMetric } from '../../window-metric.js';

/** How its looks went, each by itself. */
export interface LookTally {
  readonly failures: number;
  readonly failuresInRow: number;
  readonly errors: number;
  readonly errorsInRow: number;
  readonly successesInRow: number;
  readonly longestSuccess: number;
  /** Looks that brought no number; those that could not be asked are `errors`. */
  readonly silent: number;
}

/** A limit of looks that a metric has exceeded: its verdict from then on, whatever comes. */
export interface Exceeded {
  readonly kind: Exclude<VerdictKind, 'pass' | 'no-data'>;
  readonly says: string;
}

/** The first limit that is exceeded, the gravest before the others; nothing while none is. */
export function exceeded({ limits }: WindowMetric, tally: LookTally, error?: string): Exceeded | undefined {
  const { failures = Infinity, consecutiveFailures = Infinity, consecutiveErrors, inconclusive = Infinity } = limits;
  const over = (met: number, most: number, what: string): string | undefined =>
    met > most ? `${counted(met, 'look')} ${what}; at most ${most} may` : undefined;
  const failed =
    over(tally.failures, failures, 'failed') ?? over(tally.failuresInRow, consecutiveFailures, 'in a row failed');
  if (failed !== undefined) return { kind: 'fail', says: failed };
  const unanswered = over(tally.errorsInRow, consecutiveErrors, 'in a row could not be asked');
  if (unanswered !== undefined) return { kind: 'error', says: `${unanswered}: ${error ?? ''}` };
  const silent = over(tally.silent, inconclusive, 'brought no number');
  return silent === undefined ? undefined : { kind: 'inconclusive', says: silent };
}
