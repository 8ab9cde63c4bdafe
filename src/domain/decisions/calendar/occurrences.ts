import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { type Times, weekdays } from '../../calendar.js';
import type { Span } from './spans.js';

/** When these times are, as far as they touch `within`. A rule that no day ever meets has none. */
export function occurrences(times: Times, within: Span): readonly Span[] {
  switch (times.kind) {
    case 'once':
      return touching([{ from: moment(times.from, times.zone), to: moment(times.to, times.zone) }], within);
    case 'weekly':
      return touching(weekly(times, within), within);
    case 'rule':
      return touching(byRule(times, within), within);
  }
}

/** Why a rule cannot be followed, in words of what is wanted; nothing where it can. */
export function whyNoRule({ rule, starting, zone, ...of }: Extract<Times, { kind: 'rule' }>): string | undefined {
  const parts = new Map(rule.split(';').map((part) => part.split('=') as [string, string | undefined]));
  if (!frequencies.includes(parts.get('FREQ') ?? ''))
    return `a recurrence rule (RFC 5545) with FREQ=${frequencies.join(', ')}, such as FREQ=MONTHLY;BYDAY=1SU;COUNT=12`;
  if (!parts.has('UNTIL') && !parts.has('COUNT'))
    return 'a rule that ends, by UNTIL or COUNT: one without end outlives whoever knows why it is there';
  try {
    const first = ruleOf({ rule, starting, zone, ...of }).next(new Date(moment(starting, zone) - 1));
    return first ? undefined : 'a rule that at least one day meets';
  } catch (fault) {
    const said = fault instanceof Error ? fault.message : String(fault);
    return said.startsWith('Maximum iterations') ? 'a rule that at least one day meets' : `a recurrence rule (${said})`;
  }
}

const frequencies = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'];

/** Milliseconds since 1970 of a local time. */
export const moment = (local: string, zone: string): number =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;

function weekly({ days, from, to, zone }: Extract<Times, { kind: 'weekly' }>, within: Span): readonly Span[] {
  const dateOf = (at: number) => Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  const [first, last] = [dateOf(within.from).subtract({ days: 1 }), dateOf(within.to)];
  const wanted = days.map((day) => weekdays.indexOf(day) + 1);
  const wrapped = to <= from || to === '24:00';
  const spans: Span[] = [];
  for (let date = first; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    if (!wanted.includes(date.dayOfWeek)) continue;
    const end = wrapped ? date.add({ days: 1 }) : date;
    const until = to === '24:00' ? '00:00' : to;
    spans.push({ from: moment(`${date.toString()}T${from}`, zone), to: moment(`${end.toString()}T${until}`, zone) });
  }
  return spans;
}

function byRule(times: Extract<Times, { kind: 'rule' }>, within: Span): readonly Span[] {
  const [first, last] = [new Date(within.from - times.for), new Date(within.to)];
  return ruleOf(times)
    .between(first, last, true)
    .map(({ epochMilliseconds: from }) => ({ from, to: from + times.for }));
}

const ruleOf = ({ rule, starting, zone }: Extract<Times, { kind: 'rule' }>): RRuleTemporal =>
  new RRuleTemporal({
    rruleString: rule,
    dtstart: Temporal.PlainDateTime.from(starting).toZonedDateTime(zone),
  });

const touching = (spans: readonly Span[], within: Span): readonly Span[] =>
  spans.filter(({ from, to }) => to > from && to > within.from && from < within.to);
