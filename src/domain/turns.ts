import type { Instant, Milliseconds } from './duration.js';
import type { ReleaseOrder } from './release.js';

/** What decides about a turn. */
type Waiting = Pick<ReleaseOrder, 'refusedBecause' | 'startAt' | 'startBy'>;

/** One that was to begin by a time that has passed. */
export const expired = ({ startBy }: Waiting, at: Instant): boolean =>
  startBy !== undefined && Date.parse(at) > Date.parse(startBy);

/** The first that will not have its turn: superseded, withdrawn or expired. */
export const nextOver = <T extends Waiting>(queue: readonly T[], at: Instant): T | undefined =>
  queue.find((order) => isOver(order, at));

/** The first whose turn it is; one that is to begin later lets the others pass. */
export const nextTurn = <T extends Waiting>(queue: readonly T[], at: Instant): T | undefined =>
  queue.find((order) => !isOver(order, at) && Date.parse(order.startAt ?? at) <= Date.parse(at));

/** How long until one that is to begin later has its turn; missing where none waits for that, or one has its turn now. */
export function untilTurn(queue: readonly Waiting[], at: Instant): Milliseconds | undefined {
  const waiting = queue.filter((order) => !isOver(order, at));
  return nextTurn(waiting, at)
    ? undefined
    : soonest(
        waiting.map(({ startAt }) => Date.parse(startAt ?? at)),
        at,
      );
}

/** How long until the first of those that wait expires; missing where none does. */
export const untilOver = (queue: readonly Waiting[], at: Instant): Milliseconds | undefined =>
  soonest(
    queue.filter((order) => !isOver(order, at)).flatMap(({ startBy }) => (startBy ? [Date.parse(startBy) + 1] : [])),
    at,
  );

const isOver = (order: Waiting, at: Instant): boolean => order.refusedBecause !== undefined || expired(order, at);

const soonest = (times: readonly number[], at: Instant): Milliseconds | undefined =>
  times.length === 0 ? undefined : Math.max(1, Math.min(...times) - Date.parse(at));
