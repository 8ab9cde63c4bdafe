import type { Instant, Milliseconds } from './duration.js';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export type Weekday = (typeof weekdays)[number];

/**
 * Times by the clock on the wall of a place, an IANA time zone. Local times are read as RFC 5545 §3.3.5 reads them: of two
 * that bear one name the first is meant, and one that the clock skips is as much later as the clock is put forward.
 */
export type Times =
  /** Every week; `to` no later than `from` is on the day after. */
  | {
      readonly kind: 'weekly';
      readonly days: readonly Weekday[];
      readonly from: string;
      readonly to: string;
      readonly zone: string;
    }
  /** By a recurrence rule (RFC 5545 §3.3.10), each for as long. */
  | {
      readonly kind: 'rule';
      readonly rule: string;
      readonly starting: string;
      readonly for: Milliseconds;
      readonly zone: string;
    }
  | { readonly kind: 'once'; readonly from: string; readonly to: string; readonly zone: string };

/** Times at which nothing begins. */
export interface Freeze {
  readonly name: string;
  readonly times: Times;
  readonly reason: string;
  /** Missing: it concerns every service. */
  readonly services?: readonly string[];
}

/** Times at which a release may begin in spite of windows and freezes: who allows it, and why. */
export interface Exception {
  readonly times: Times;
  readonly reason: string;
  readonly approver: string;
  readonly services?: readonly string[];
}

/** When an environment may be changed. Without windows it may be at any time that is not frozen. */
export interface Calendar {
  readonly windows: readonly Times[];
  readonly freezes: readonly Freeze[];
  readonly exceptions: readonly Exception[];
}

/** What a calendar says at a moment. */
export interface CalendarStanding {
  readonly at: Instant;
  readonly open: boolean;
  /** Which window, freeze or exception decides, as a sentence. */
  readonly reason: string;
  /** When it opens next; missing where it is open, and where nothing opens within the horizon. */
  readonly opensAt?: Instant;
  /** When it closes again, or would close once it has opened; missing where nothing closes within the horizon. */
  readonly closesAt?: Instant;
  /** Which exception lets it begin. */
  readonly exception?: Pick<Exception, 'reason' | 'approver'>;
  /** Version of the IANA time zone database that it was judged by. */
  readonly zoneData: string;
}

/** What becomes of a rollout that has begun when its window closes, or a freeze begins: it stops before its next step, or finishes. */
export type WhenClosed = 'stop' | 'finish';

/** What an environment asks of a release because of the calendar. */
export interface CalendarPolicy {
  /** While nothing of it serves users. */
  readonly beforeTraffic: WhenClosed;
  /** While users are given to it. */
  readonly withTraffic: WhenClosed;
  /** How long before it begins customers are told. */
  readonly notice?: Milliseconds;
}

/** Customers were told, and every channel has acknowledged it. */
export interface CustomersTold {
  readonly at: Instant;
  readonly text: string;
  /** A rollout begins no earlier. */
  readonly from: Instant;
}

/** Who stops a rollout whose window has closed. */
export const theCalendar = 'the calendar';

/** Whether two standings say the same to whoever waits. */
export const sameStanding = (a: CalendarStanding, b: CalendarStanding): boolean =>
  a.open === b.open && a.reason === b.reason && a.opensAt === b.opensAt && a.closesAt === b.closesAt;

/** What customers are told before a rollout begins, no earlier than `from`. */
export const customerNotice = (
  of: { readonly service: string; readonly version: string; readonly environment: string },
  from: Instant,
  at: Instant,
): CustomersTold => ({
  ...{ at, from },
  text: `Maintenance: ${of.service} ${of.version} will be deployed to ${of.environment}, not before ${from}.`,
});
