import * as z from 'zod';
import { type Times, weekdays } from '../domain/calendar.js';
import { age, duration, localMoment, localTime, name, reference, text, timeZone } from './words.js';

/** Windows, freezes and exceptions as people write them. */

const day = z.enum(weekdays, `one of ${weekdays.join(', ')}`);

const clock = z.union([localTime, localMoment], 'a time such as 09:00 in quotes, or a moment such as 2026-12-18T09:00');

/** What each form of times is made of, beside its zone. */
const forms = {
  weekly: ['days', 'from', 'to'],
  rule: ['rrule', 'starting', 'for'],
  once: ['from', 'to'],
} as const;

/** `{ days, from, to, zone }` every week, `{ rrule, starting, for, zone }` by a rule, `{ from, to, zone }` once. */
const times = z
  .strictObject({
    days: z.array(day, 'a list of days such as [mon, tue]').optional(),
    rrule: text.optional(),
    starting: localMoment.optional(),
    for: duration.optional(),
    from: clock.optional(),
    to: clock.optional(),
    zone: timeZone,
  })
  .transform((written, context): Times => {
    const { days, rrule, starting, from = '', to = '', zone } = written;
    const form = days ? 'weekly' : rrule === undefined ? 'once' : 'rule';
    const its: readonly string[] = forms[form];
    const refuse = (path: string[], message: string) =>
      context.issues.push({ code: 'custom', path, message, input: written });
    if (days?.length === 0) refuse([], 'at least one day');
    const all = [...forms.weekly, ...forms.rule];
    const missing = its.filter((key) => written[key as 'from'] === undefined);
    if (missing.length > 0) refuse([], `${its.join(', ')} and zone: ${missing.join(' and ')} missing`);
    for (const key of all)
      if (written[key] !== undefined && !its.includes(key)) refuse([key], `nothing here, beside ${its.join(' and ')}`);
    const ofClock = form === 'weekly' ? /^\d\d:\d\d$/ : /T/;
    const wanted = form === 'weekly' ? 'a time such as 09:00 in quotes' : 'a moment such as 2026-12-18T09:00';
    for (const key of ['from', 'to'] as const)
      if (form !== 'rule' && written[key] !== undefined && !ofClock.test(written[key])) refuse([key], wanted);
    if (days) return { kind: 'weekly', days, from, to, zone };
    if (rrule === undefined) return { kind: 'once', from, to, zone };
    return { kind: 'rule', rule: rrule, starting: starting ?? '', for: written.for ?? 0, zone };
  });

const names = z.array(name, 'a list of names').min(1, 'at least one name');

const scope = { environments: names.optional(), services: names.optional() };

export const freeze = z.strictObject({ times, reason: text, ...scope });

export const exception = z.strictObject({ times, reason: text, approver: name, ...scope });

const whenClosed = z.enum(['stop', 'finish'], 'stop or finish');

/** What an environment says of its calendar. */
export const calendarOfEnvironment = {
  windows: z.array(times, 'a list of windows').min(1, 'at least one window').optional(),
  'when-closed': z
    .strictObject({ 'before-traffic': whenClosed.optional(), 'with-traffic': whenClosed.optional() })
    .optional(),
  customers: z.strictObject({ notice: age, webhook: reference }).optional(),
};

export type WrittenException = z.output<typeof exception>;
