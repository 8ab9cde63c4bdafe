import type { CalendarStanding } from '../../calendar.js';
import type { ItemStanding } from '../../readiness.js';
import { line } from './text.js';

/** Why it could begin at that hour. */
export interface CalendarEntry {
  readonly at: string;
  readonly reason: string;
  readonly exception?: { readonly approver: string; readonly reason: string };
  readonly zone_data: string;
}

export const calendarEntry = ({ at, reason, exception, zoneData }: CalendarStanding): CalendarEntry => ({
  ...{ at, reason: line(reason, 500) },
  ...(exception && { exception: { approver: exception.approver, reason: line(exception.reason, 500) } }),
  zone_data: zoneData,
});

/** An item of the checklist as it was judged when it began. */
export interface ReadinessEntry {
  readonly item: string;
  readonly state: string;
  readonly what: string;
  readonly by?: string;
  readonly at?: string;
  readonly source?: string;
  readonly record?: { readonly path: string; readonly hash: string };
}

export function readinessEntry({ item, state, reason, evidence }: ItemStanding): ReadinessEntry {
  if (!evidence) return { item, state, what: line(reason, 500) };
  const { what, by, at, source, record } = evidence;
  return { item, state, what: line(what, 500), by: line(by, 80), at, source, ...(record && { record }) };
}
