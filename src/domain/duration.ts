/** A length of time in milliseconds; Temporal timers take it as it is. */
export type Milliseconds = number;

/** A moment as ISO 8601 in UTC, `2026-11-24T03:00:00.000Z`: the only form in which time crosses history. */
export type Instant = string;

export const seconds = (n: number): Milliseconds => n * 1_000;
export const minutes = (n: number): Milliseconds => seconds(n * 60);
export const hours = (n: number): Milliseconds => minutes(n * 60);
export const days = (n: number): Milliseconds => hours(n * 24);

/** The time from one instant to another; negative when `to` lies before `from`. */
export const between = (from: Instant, to: Instant): Milliseconds => Date.parse(to) - Date.parse(from);

/** The instant `later` milliseconds after `from`. */
export const after = (from: Instant, later: Milliseconds): Instant => new Date(Date.parse(from) + later).toISOString();

/** A duration as people write it: `500ms`, `90s`, `15m`, `1h`; `undefined` where it is none. */
export function readDuration(text: string): Milliseconds | undefined {
  const [, digits, unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (units[unit] ?? 0));
}

const units: Readonly<Record<string, Milliseconds>> = { ms: 1, s: seconds(1), m: minutes(1), h: hours(1) };

/** A duration as people say it: `4 s`, `15 min`, `1 h`, `1 h 30 min`, `8 days 3 h`. Below a second: `250 ms`. */
export function spoken(duration: Milliseconds): string {
  if (duration < 1_000) return `${Math.round(duration)} ms`;
  if (duration < 60_000) return `${Number((duration / 1_000).toFixed(1))} s`;
  if (duration >= days(3)) return inDays(Math.round(duration / hours(1)));
  const whole = Math.round(duration / 60_000);
  const [h, min] = [Math.floor(whole / 60), whole % 60];
  return [h > 0 ? `${h} h` : '', min > 0 ? `${min} min` : ''].filter(Boolean).join(' ');
}

const inDays = (whole: number): string => `${Math.floor(whole / 24)} days${whole % 24 > 0 ? ` ${whole % 24} h` : ''}`;

/** A length of time; whole days as days, `90 days`. */
export function lasting(time: Milliseconds): string {
  const whole = time / days(1);
  return whole < 2 || !Number.isInteger(whole) ? spoken(time) : `${whole} days`;
}
