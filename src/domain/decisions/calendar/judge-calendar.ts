import type { Calendar, CalendarStanding, Exception, Freeze, Times } from '../../calendar.js';
import { hours, type Instant, type Milliseconds, spoken } from '../../duration.js';
import { occurrences } from './occurrences.js';
import { holds, joined, type Span, without } from './spans.js';

/** How far a calendar is looked ahead: a little over a year, in four looks that reach ever further. */
export const horizons: readonly Milliseconds[] = [8, 32, 128, 400].map((days) => hours(24 * days));

interface Ask {
  readonly now: Instant;
  readonly zoneData: string;
  /** It may not begin earlier, whatever the calendar says: customers are told that long before. */
  readonly notBefore?: Instant;
}

/** Whether a rollout may begin now; if not, why, and when it may. An exception goes before freezes, and a freeze before windows. */
export function judgeCalendar(calendar: Calendar, ask: Ask): CalendarStanding {
  const now = Date.parse(ask.now);
  const earliest = Math.max(now, Date.parse(ask.notBefore ?? ask.now));
  for (const horizon of horizons) {
    const within = { from: now, to: earliest + horizon };
    const next = open(calendar, within)
      .map(({ from, to }) => ({ from: Math.max(from, earliest), to }))
      .find(({ from, to }) => to > from);
    if ((next && next.to < within.to) || horizon === horizons.at(-1))
      return said(calendar, { ...ask, now, earliest, next, end: within.to });
  }
  throw new Error('no horizon');
}

/** The same, of a release that cannot wait: at any hour, with what it goes past. */
export function judgeEmergency(calendar: Calendar, ask: Ask): CalendarStanding {
  const { open: isOpen, reason, at, zoneData } = judgeCalendar(calendar, ask);
  const past = isOpen ? '' : `, past this: ${reason}`;
  return { at, open: true, reason: `an emergency, at any hour${past}`, zoneData };
}

/** (windows without freezes) and exceptions. */
function open({ windows, freezes, exceptions }: Calendar, within: Span): readonly Span[] {
  const all = (times: readonly Times[]): readonly Span[] => times.flatMap((one) => occurrences(one, within));
  const wide = windows.length === 0 ? [{ from: within.from, to: within.to }] : all(windows);
  const allowed = without(wide, all(freezes.map(({ times }) => times)));
  return joined([...allowed, ...all(exceptions.map(({ times }) => times))]);
}

function said(
  calendar: Calendar,
  of: Omit<Ask, 'now'> & {
    readonly now: number;
    readonly earliest: number;
    readonly next: Span | undefined;
    readonly end: number;
  },
): CalendarStanding {
  const { now, earliest, next, end, zoneData } = of;
  const at = instant(now);
  const closes = next && next.to < end ? { closesAt: instant(next.to) } : {};
  if (next?.from === now) return { at, open: true, ...whyOpen(calendar, now, closes), ...closes, zoneData };
  const opens = next && { opensAt: instant(next.from) };
  const when = opens ? `; opens at ${opens.opensAt}` : `; nothing opens within ${spoken(horizons.at(-1) ?? 0)}`;
  const reason = earliest > now && isOpenAt(calendar, now) ? tooEarly(earliest) : whyClosed(calendar, now);
  return { at, open: false, reason: `${reason}${when}`, ...opens, ...(opens && closes), zoneData };
}

const tooEarly = (earliest: number): string => `customers were told that nothing begins before ${instant(earliest)}`;

const isOpenAt = (calendar: Calendar, now: number): boolean =>
  open(calendar, { from: now, to: now + 1 }).some((span) => holds(span, now));

function whyOpen(
  { windows, freezes, exceptions }: Calendar,
  now: number,
  { closesAt }: { readonly closesAt?: Instant },
): Pick<CalendarStanding, 'reason' | 'exception'> {
  const until = closesAt === undefined ? '' : `, until ${closesAt}`;
  const frozen = freezeAt(freezes, now);
  const window = windows.find((times) => isAt(times, now));
  const exception = exceptions.find(({ times }) => isAt(times, now));
  if (exception && (frozen || (!window && windows.length > 0))) {
    const { reason, approver } = exception;
    return { reason: `by an exception of ${approver}: ${reason}${until}`, exception: { reason, approver } };
  }
  if (!window) return { reason: `no window is asked for, and nothing is frozen${until}` };
  return { reason: `in the window ${timesText(window)}${until}` };
}

function whyClosed({ windows, freezes }: Calendar, now: number): string {
  const frozen = freezeAt(freezes, now);
  if (frozen) return `frozen by ${frozen.name}: ${frozen.reason}`;
  return `outside the windows ${windows.map(timesText).join(' and ')}`;
}

const freezeAt = (freezes: readonly Freeze[], now: number): Freeze | undefined =>
  freezes.find(({ times }) => isAt(times, now));

const isAt = (times: Times, now: number): boolean =>
  occurrences(times, { from: now, to: now + 1 }).some((span) => holds(span, now));

/** Only what concerns a service. */
export function concerning(calendar: Calendar, service: string): Calendar {
  const its = ({ services }: Pick<Freeze | Exception, 'services'>): boolean => services?.includes(service) ?? true;
  return { ...calendar, freezes: calendar.freezes.filter(its), exceptions: calendar.exceptions.filter(its) };
}

/** Times as people say them: `mon, tue 09:00–16:00 Europe/Berlin`. */
export function timesText(times: Times): string {
  if (times.kind === 'weekly') return `${times.days.join(', ')} ${times.from}–${times.to} ${times.zone}`;
  if (times.kind === 'once') return `${times.from}–${times.to} ${times.zone}`;
  return `${times.rule} from ${times.starting} for ${spoken(times.for)} ${times.zone}`;
}

const instant = (at: number): Instant => new Date(at).toISOString();
