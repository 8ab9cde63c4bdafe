import { asked, type Roster, standing } from '../../src/domain/approval.js';
import type { Calendar, Times, Weekday } from '../../src/domain/calendar.js';
import { judgeCalendar } from '../../src/domain/decisions/calendar/judge-calendar.js';
import { hours } from '../../src/domain/duration.js';
import { readinessItems, standingOf } from '../../src/domain/readiness.js';
import { plansView } from '../../src/http/views/plan.js';
import { aConfig } from '../support/front-door.js';
import { anArtifact, threeStages, tuesday } from '../support/orders.js';
import type { Bench } from './support/bench.js';
import { localFacts } from './support/machine.js';
import { ms } from './support/report.js';
import { summaryOf } from './support/statistics.js';

/** The longest that a policy may take to be judged, or a release to be foreseen. */
const bound = 50;

/** How long each policy takes to be judged, and a plan to be previewed, in this process. */
export const bench: Bench = ({ rounds = 200, parts: wanted, report }) => {
  report.line({ machine: localFacts() });
  const names = (Object.keys(parts) as (keyof typeof parts)[]).filter(
    (name) => wanted.length === 0 || wanted.includes(name),
  );
  const rows = names.map((name) => {
    const took = timesOf(parts[name], rounds);
    const { p50, p95, p99, max } = summaryOf(took);
    const met = p99 <= bound;
    report.line({ policy: name, rounds, p50, p95, p99, max, bound, met });
    return {
      met,
      cells: [name, `${rounds}`, ...[p50, p95, p99, max].map(ms), `p99 ≤ ${bound} ms`, met ? 'met' : 'MISSED'],
    };
  });
  report.table(
    ['policy', 'n', 'p50', 'p95', 'p99', 'max', 'target', ''],
    rows.map(({ cells }) => cells),
  );
  return Promise.resolve(rows.every(({ met }) => met));
};

/** Milliseconds of each round; the first tenth warms up and is dropped. */
function timesOf(work: () => unknown, rounds: number): readonly number[] {
  const warm = Math.ceil(rounds / 10);
  const all = Array.from({ length: rounds + warm }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return all.slice(warm);
}

const people = Array.from({ length: 30 }, (_, i) => `person-${i}`);
const roles = Array.from({ length: 8 }, (_, i) => `role-${i % 4}`);
const roster: Roster = Object.fromEntries(
  people.map((person, i) => [person, [`role-${i % 4}`, `role-${(i + 1) % 4}`]]),
);
const subject = { gate: 'production', digest: 'sha256:a', planHash: 'sha256:b' };
const said = people.slice(0, 12).map((person) => ({
  ...{ ...subject, person, decision: 'approve' as const, comment: '', at: tuesday, via: 'http' as const, proved: true },
}));

const days: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu'];
const weekly = (from: string, zone: string): Times => ({ kind: 'weekly', days, from, to: '23:00', zone });
const monthly = (rule: string): Times => ({
  ...{ kind: 'rule', rule, starting: '2026-01-04T02:00', for: hours(4), zone: 'Europe/Berlin' },
});
const once = (day: number): Times => {
  const at = (hour: number) => new Date(Date.parse(tuesday) + hours(24 * day + hour)).toISOString().slice(0, 16);
  return { kind: 'once', from: at(0), to: at(12), zone: 'America/New_York' };
};
const many = Array.from({ length: 20 }, (_, i) => once(10 * i));

/** Two dozen windows by day and by rule, twenty freezes, twenty exceptions. */
const calendar: Calendar = {
  windows: [
    ...['06:00', '09:00', '14:00', '20:00'].map((from) => weekly(from, 'Europe/Berlin')),
    monthly('FREQ=MONTHLY;BYDAY=1SU;COUNT=120'),
    monthly('FREQ=WEEKLY;BYDAY=SA;COUNT=520'),
  ],
  freezes: many.map((times, i) => ({ name: `freeze-${i}`, times, reason: 'the shop must stand' })),
  exceptions: many.map((times) => ({ times, reason: 'a law', approver: 'grace' })),
};
const shut: Calendar = { ...calendar, windows: [once(399)], exceptions: [] };

const evidence = readinessItems.map((item) => ({
  item,
  at: tuesday,
  by: 'grace',
  source: 'record' as const,
  what: item,
}));
const readiness = Object.fromEntries(readinessItems.map((item) => [item, { maxAge: hours(24) }]));
const zoneData = 'as installed';

const parts = {
  /** Eight people of four roles among thirty, twelve of whom have spoken. */
  approval: () => {
    const policy = { roles, requesterMayApprove: false, expiresAfter: hours(24) };
    return [standing({ policy, subject, roster }, said, tuesday), asked(roles)];
  },
  readiness: () => standingOf(readiness, evidence, { service: 'shop', now: tuesday }),
  'calendar open': () => judgeCalendar(calendar, { now: tuesday, zoneData }),
  'calendar closed': () => judgeCalendar(shut, { now: '2026-11-28T03:00:00.000Z', zoneData }),
  /** Three environments, each with such a calendar; the world and the commit are known. */
  plan: () =>
    plansView({
      ...{ config: aConfig(), service: 'shop', requester: 'alice', now: tuesday, holds: [] },
      revision: { commit: anArtifact().commit, version: '1.1.0' },
      stages: threeStages({ readiness }).map((stage) => ({
        ...stage,
        calendar: { beforeTraffic: 'stop' as const, withTraffic: 'finish' as const },
      })),
      calendars: [calendar, calendar, shut],
      standing: { service: 'shop', running: {}, queue: [], latest: [], evidence },
    }),
} as const;
