import type { Calendar } from '../../domain/calendar.js';
import { concerning } from '../../domain/decisions/calendar/judge-calendar.js';
import type { Calendars } from '../../ports/calendars.js';

/** Calendars by environment that may be replaced while they are looked at; any time is open where there is none. */
export interface MemoryCalendars extends Calendars {
  readonly of: Map<string, Calendar>;
}

export function createMemoryCalendars(): MemoryCalendars {
  const of = new Map<string, Calendar>();
  return {
    of,
    read: ({ service, environment }) =>
      Promise.resolve(concerning(of.get(environment) ?? { windows: [], freezes: [], exceptions: [] }, service)),
  };
}
