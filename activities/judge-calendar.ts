import { type CalendarStanding, sameStanding } from '../src/domain/calendar.js';
import { judgeCalendar, judgeEmergency } from '../src/domain/decisions/calendar/judge-calendar.js';
import { between, minutes } from '../src/domain/duration.js';
import type { Calendars } from '../src/ports/calendars.js';
import type { EnvironmentActivities } from './contract.js';
import { engineTime } from './engine-time.js';
import { notYet } from './not-yet.js';

type Ask = Parameters<EnvironmentActivities['judgeCalendar']>[0];

/** One look at the calendar. What nobody has changed is looked at again when it opens, and every few minutes until then. */
export async function lookAtCalendar(
  { calendars }: { readonly calendars: Calendars },
  { place, emergency = false, notBefore, known }: Ask,
): Promise<CalendarStanding> {
  const now = engineTime();
  const judge = emergency ? judgeEmergency : judgeCalendar;
  const zoneData = process.versions['tz'] ?? 'unknown';
  const standing = judge(await calendars.read(place), { now, zoneData, ...(notBefore !== undefined && { notBefore }) });
  if (!known || !sameStanding(known, standing)) return standing;
  const left = standing.opensAt === undefined ? Infinity : between(now, standing.opensAt);
  throw notYet(standing.reason, Math.max(1, Math.min(left, looks)));
}

/** A calendar that somebody edits while a release waits is seen after this. */
const looks = minutes(5);
