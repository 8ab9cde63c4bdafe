import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Calendar, Freeze, Times } from '../../../src/domain/calendar.js';
import { concerning, judgeCalendar, judgeEmergency } from '../../../src/domain/decisions/calendar/judge-calendar.js';
import { whyNoRule } from '../../../src/domain/decisions/calendar/occurrences.js';
import { hours } from '../../../src/domain/duration.js';

const zone = 'Europe/Berlin';
const weekly = (days: string, from: string, to: string): Times => ({
  ...{ kind: 'weekly', days: days.split(' ') as never, from, to, zone },
});
const once = (from: string, to: string): Times => ({ kind: 'once', from, to, zone });
const rule = (text: string, starting: string, lasts = 4): Times => ({
  ...{ kind: 'rule', rule: text, starting, for: hours(lasts), zone },
});
const freeze = (times: Times, name = 'year-end'): Freeze => ({ name, times, reason: 'the shop must stand' });
const calendar = (of: Partial<Calendar>): Calendar => ({ windows: [], freezes: [], exceptions: [], ...of });
const judged = (of: Partial<Calendar>, now: string, notBefore?: string) =>
  judgeCalendar(calendar(of), {
    now: new Date(now).toISOString(),
    zoneData: '2026a',
    ...(notBefore !== undefined && { notBefore: new Date(notBefore).toISOString() }),
  });

/** `open until …`, or `closed until … (then until …)`. */
const told = ({ open, opensAt, closesAt }: ReturnType<typeof judged>): string => {
  const short = (at: string | undefined): string => (at === undefined ? 'ever' : at.slice(0, 16));
  return open ? `open until ${short(closesAt)}` : `closed until ${short(opensAt)}, then until ${short(closesAt)}`;
};

/** SPEC-0701, Deployment Windows; fault 32. Moments are in UTC, windows by the clock of Berlin (UTC+1, in summer UTC+2). */
describe('a calendar', () => {
  const office = [weekly('mon tue wed thu', '09:00', '16:00')];
  const nightly = [weekly('sat', '22:00', '04:00')];
  const rows: readonly (readonly [what: string, of: Partial<Calendar>, now: string, wanted: string])[] = [
    ['without windows', {}, '2026-11-26T12:00Z', 'open until ever'],
    ['in a window', { windows: office }, '2026-11-26T12:00Z', 'open until 2026-11-26T15:00'],
    ['at its first moment', { windows: office }, '2026-11-26T08:00Z', 'open until 2026-11-26T15:00'],
    [
      'at its end',
      { windows: office },
      '2026-11-26T15:00Z',
      'closed until 2026-11-30T08:00, then until 2026-11-30T15:00',
    ],
    [
      'before it',
      { windows: office },
      '2026-11-26T07:59Z',
      'closed until 2026-11-26T08:00, then until 2026-11-26T15:00',
    ],
    ['in a night, after midnight', { windows: nightly }, '2026-11-29T02:30Z', 'open until 2026-11-29T03:00'],
    ['to midnight', { windows: [weekly('fri', '20:00', '24:00')] }, '2026-11-27T22:00Z', 'open until 2026-11-27T23:00'],
    // Clock changes: 29 March 2026 has no 02:00 to 03:00, 25 October 2026 has it twice.
    ['a night that loses an hour', { windows: nightly }, '2026-03-28T21:30Z', 'open until 2026-03-29T02:00'],
    ['a night that gains an hour', { windows: nightly }, '2026-10-24T20:30Z', 'open until 2026-10-25T03:00'],
    ['the summer, an hour earlier in UTC', { windows: office }, '2026-07-02T07:00Z', 'open until 2026-07-02T14:00'],
    [
      'a window of times that the clock skips: not that day',
      { windows: [weekly('sun', '02:00', '03:00')] },
      '2026-03-29T00:30Z',
      'closed until 2026-04-05T00:00, then until 2026-04-05T01:00',
    ],
    [
      'a window that begins at a time that is twice: at the first',
      { windows: [weekly('sun', '02:30', '04:00')] },
      '2026-10-25T00:30Z',
      'open until 2026-10-25T03:00',
    ],
    [
      'a window that ends at a time that is twice: at the first',
      { windows: [weekly('sun', '01:00', '02:30')] },
      '2026-10-25T00:30Z',
      'closed until 2026-11-01T00:00, then until 2026-11-01T01:30',
    ],
    [
      'the last Sunday of the month',
      { windows: [rule('FREQ=MONTHLY;BYDAY=-1SU;COUNT=24', '2026-01-25T01:00')] },
      '2026-02-01T00:00Z',
      'closed until 2026-02-22T00:00, then until 2026-02-22T04:00',
    ],
    [
      'the 31st, in months that have one',
      { windows: [rule('FREQ=MONTHLY;BYMONTHDAY=31;COUNT=24', '2026-01-31T10:00')] },
      '2026-02-01T00:00Z',
      'closed until 2026-03-31T08:00, then until 2026-03-31T12:00',
    ],
    [
      'the leap day',
      { windows: [rule('FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=8', '2028-02-29T10:00')] },
      '2027-03-01T00:00Z',
      'closed until 2028-02-29T09:00, then until 2028-02-29T13:00',
    ],
    [
      'a rule whose time the clock skips one day: not that day (RFC 5545 §3.3.10)',
      { windows: [rule('FREQ=WEEKLY;BYDAY=SU;COUNT=99', '2026-01-04T02:30', 1)] },
      '2026-03-29T00:00Z',
      'closed until 2026-04-05T00:30, then until 2026-04-05T01:30',
    ],
    [
      'a rule that has run out',
      { windows: [rule('FREQ=WEEKLY;COUNT=2', '2026-01-04T02:30')] },
      '2026-06-01T00:00Z',
      'closed until ever, then until ever',
    ],
    [
      'a freeze that begins in a window',
      { windows: office, freezes: [freeze(once('2026-11-26T12:00', '2026-12-01T00:00'))] },
      '2026-11-26T10:30Z',
      'open until 2026-11-26T11:00',
    ],
    [
      'in a freeze, until the window after it',
      { windows: office, freezes: [freeze(once('2026-11-26T12:00', '2026-12-01T00:00'))] },
      '2026-11-26T11:00Z',
      'closed until 2026-12-01T08:00, then until 2026-12-01T15:00',
    ],
    [
      'a freeze that comes round, without windows',
      { freezes: [freeze(weekly('fri', '12:00', '24:00'), 'no-fridays')] },
      '2026-11-27T12:00Z',
      'closed until 2026-11-27T23:00, then until 2026-12-04T11:00',
    ],
    [
      'an exception to a freeze',
      {
        freezes: [freeze(once('2026-12-18T00:00', '2027-01-04T00:00'))],
        exceptions: [{ times: once('2026-12-20T10:00', '2026-12-20T12:00'), reason: 'a law', approver: 'grace' }],
      },
      '2026-12-20T09:30Z',
      'open until 2026-12-20T11:00',
    ],
  ];
  for (const [what, of, now, wanted] of rows)
    it(`${what}: ${wanted}`, () => {
      assert.equal(told(judged(of, now)), wanted);
    });

  it('is looked ahead for a little over a year', () => {
    const far = { windows: [once('2028-06-01T10:00', '2028-06-01T12:00')] };
    assert.equal(told(judged(far, '2026-11-26T12:00Z')), 'closed until ever, then until ever');
    assert.match(judged(far, '2026-11-26T12:00Z').reason, /nothing opens within 400 days$/);
  });

  it('says which rule decides, and by which time zone data', () => {
    const frozen = { windows: office, freezes: [freeze(once('2026-11-26T12:00', '2026-12-01T00:00'))] };
    assert.deepEqual(judged({ windows: office }, '2026-11-26T12:00Z'), {
      at: '2026-11-26T12:00:00.000Z',
      open: true,
      reason: 'in the window mon, tue, wed, thu 09:00–16:00 Europe/Berlin, until 2026-11-26T15:00:00.000Z',
      closesAt: '2026-11-26T15:00:00.000Z',
      zoneData: '2026a',
    });
    assert.equal(
      judged(frozen, '2026-11-26T11:00Z').reason,
      'frozen by year-end: the shop must stand; opens at 2026-12-01T08:00:00.000Z',
    );
    assert.match(
      judged({ windows: office }, '2026-11-26T15:00Z').reason,
      /^outside the windows mon, tue, wed, thu 09:00/,
    );
  });

  it('opens no earlier than customers were told', () => {
    const early = judged({ windows: office }, '2026-11-26T12:00Z', '2026-11-26T14:00Z');
    assert.equal(told(early), 'closed until 2026-11-26T14:00, then until 2026-11-26T15:00');
    assert.match(early.reason, /^customers were told that nothing begins before 2026-11-26T14:00/);
    const late = judged({ windows: office }, '2026-11-26T12:00Z', '2026-11-26T15:00Z');
    assert.equal(told(late), 'closed until 2026-11-30T08:00, then until 2026-11-30T15:00');
  });

  it('is open to an emergency at any hour, and says what it goes past', () => {
    const ask = { now: '2026-11-28T03:00:00.000Z', zoneData: '2026a' };
    const { open, reason } = judgeEmergency(calendar({ windows: office }), ask);
    assert.equal(open, true);
    assert.match(reason, /^an emergency, at any hour, past this: outside the windows mon/);
  });

  it('concerns a service as far as it names it, or names none', () => {
    const mine = { ...freeze(office[0] as Times, 'mine'), services: ['shop'] };
    const others = { ...freeze(office[0] as Times, 'others'), services: ['mail'] };
    const all = freeze(office[0] as Times, 'all');
    const { freezes } = concerning(calendar({ freezes: [mine, others, all] }), 'shop');
    assert.deepEqual(
      freezes.map(({ name }) => name),
      ['mine', 'all'],
    );
  });
});

describe('a recurrence rule', () => {
  const rows: readonly (readonly [rule: string, wanted: RegExp | undefined])[] = [
    ['FREQ=MONTHLY;BYDAY=1SU;COUNT=12', undefined],
    ['FREQ=WEEKLY;BYDAY=SU;UNTIL=20271231T000000Z', undefined],
    ['FREQ=WEEKLY;BYDAY=SU', /^a rule that ends, by UNTIL or COUNT/],
    ['FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3', /^a rule that at least one day meets$/],
    ['FREQ=WEEKLY;UNTIL=20200101T000000Z', /^a rule that at least one day meets$/],
    ['FREQ=HOURLY;COUNT=3', /with FREQ=DAILY, WEEKLY, MONTHLY, YEARLY/],
    ['every other Sunday', /with FREQ=DAILY/],
    ['FREQ=WEEKLY;INTERVAL=0;COUNT=3', /^a recurrence rule/],
  ];
  for (const [written, wanted] of rows)
    it(`${written}: ${wanted ? 'refused' : 'taken'}`, () => {
      const why = whyNoRule({ kind: 'rule', rule: written, starting: '2026-01-04T02:00', for: hours(1), zone });
      if (wanted) assert.match(why ?? 'taken', wanted);
      else assert.equal(why, undefined);
    });
});
