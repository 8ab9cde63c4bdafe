import { isAbsolute, normalize } from 'node:path';
import * as z from 'zod';
import { hours, minutes, readDuration, seconds } from '../domain/duration.js';
import type { Milliseconds } from '../domain/duration.js';
import { addressOf } from '../mail-settings.js';
import { isRefusedAddress } from '../refused-addresses.js';
import { namesLane } from '../domain/window-metric.js';

/**
 * The small words of `slipway.yml`: durations, percentages, names, paths. The message of every refusal here is what was
 * wanted, to be read after "met …; wanted".
 */

/** `500ms`, `90s`, `15m`, `1h`; milliseconds once read. The bound keeps every timer within what the platform can count. */
export const duration = word('a duration such as 500ms, 90s, 15m or 1h, more than 0 and at most 336h', (met) => {
  const read = readDuration(String(met));
  return read !== undefined && read >= 1 && read <= hours(336) ? read : undefined;
});

/** `now`, or `5m`: how long is waited; milliseconds once read. */
export const wait = word('now, or a duration such as 5m, at most 336h', (met) => {
  if (met === 'now') return 0;
  const read = readDuration(String(met));
  return read !== undefined && read >= 1 && read <= hours(336) ? read : undefined;
});

/** `90d`: how long something is kept; milliseconds once read. */
export const keepFor = word('a number of days such as 90d, from 1d to 3650d', (met) => {
  const [, digits] = /^(\d{1,4})d$/.exec(String(met)) ?? [];
  const days = Number(digits);
  return days >= 1 && days <= 3650 ? hours(24 * days) : undefined;
});

/** `7d` or `24h`: how old something may be; milliseconds once read. */
export const age = z.union([keepFor, duration], 'an age such as 24h or 7d, at most 3650d');

/** `09:00`, or `24:00` for the end of a day: by the clock on the wall. */
export const localTime = word('a time such as 09:00 in quotes, at most 24:00', (met) =>
  isText(met) && /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(met) ? met : undefined,
);

/** `2026-12-18T00:00`: a date and a time by the clock on the wall. */
export const localMoment = word('a date and a time such as 2026-12-18T09:00', (met) =>
  isText(met) && /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/.test(met) && isDate(met.slice(0, 10)) ? met : undefined,
);

/** `Europe/Berlin`: a name of the IANA time zone database. */
export const timeZone = word('a time zone such as Europe/Berlin or UTC', (met) =>
  isText(met) && /^[A-Za-z]/.test(met) && isZone(met) ? met : undefined,
);

/** `5%` or `0.05`; a fraction once read. */
export const fraction = word('a percentage such as 5% or a fraction such as 0.05, from 0 to 1', (met) => {
  const read = typeof met === 'number' ? met : percentage(met, 100);
  return read !== undefined && read >= 0 && read <= 1 ? read : undefined;
});

/** `1%` or `0.01`: how often chance alone may stop what is as good as before; a fraction once read. */
export const alarmRate = word('a rate of false alarms such as 1% or 0.01, more than 0 and less than 50%', (met) => {
  const read = typeof met === 'number' ? met : percentage(met, 100);
  return read !== undefined && read > 0 && read < 0.5 ? read : undefined;
});

/** `25` or `25%` of the traffic; per cent once read. */
export const share = word('per cent of the traffic, more than 0 and at most 100', (met) => {
  const read = typeof met === 'number' ? met : percentage(met, 1);
  return read !== undefined && read > 0 && read <= 100 ? read : undefined;
});

/** A whole number within bounds, both included. */
export const whole = (least: number, most: number) =>
  word(`a whole number from ${least} to ${most}`, (met) =>
    Number.isInteger(met) && Number(met) >= least && Number(met) <= most ? Number(met) : undefined,
  );

/** Text of at least one character; numbers are refused, since `1.10` would be read as 1.1. */
export const text = word('text (numbers in quotes)', (met) => (isText(met) && met.trim() !== '' ? met : undefined));

/** Text that may be empty. */
export const anyText = word('text (numbers in quotes)', (met) => (isText(met) ? met : undefined));

/** `/healthz`: a path of the service. */
export const urlPath = word('a path that begins with /', (met) =>
  isText(met) && /^\/[^\s#\\]*$/.test(met) && !met.startsWith('//') ? met : undefined,
);

/** A folder inside the checkout, written from its top. */
export const insidePath = word('a folder inside the checkout, without .. and not absolute', insideOf);

/** A file of the commit, written from its top. */
export const fileInside = word('the path of a file of the commit, without .. and not absolute', insideOf);

/** `grace@example.org`: where one person alone reads. */
export const mailAddress = word('one mail address such as grace@example.org', (met) =>
  isText(met) && met.length <= 254 ? addressOf(met) : undefined,
);

/** `jwt`, `grace@example.org`: what a server calls a kind of caller, or one of them. */
export const principal = word('one line of at most 200 characters, without spaces around it', (met) =>
  isText(met) && /^\S(.{0,198}\S)?$/.test(met) ? met : undefined,
);

/** Where the code is: a folder or a URL, without a password. */
export const repository = word('a folder or a URL without a password in it (SPEC-0701 §Secrets Management)', (met) =>
  isText(met) && met.trim() !== '' && !/:\/\/[^/@]*:[^/@]*@/.test(met) ? met : undefined,
);

/** `http://127.0.0.1:9093`: where a server is, without a password, and where no cloud tells a machine its credentials. */
export const httpUrl = word('an address such as http://127.0.0.1:9093, without a password, not link-local', (met) => {
  const url = isText(met) && /^https?:\/\//.test(met) && URL.canParse(met) ? new URL(met) : undefined;
  if (url && isRefusedAddress(url.hostname)) return undefined;
  return url?.username === '' && url.password === '' && url.search === '' ? url.href.replace(/\/$/, '') : undefined;
});

const fillings = ['service', 'environment', 'lane', 'version'];

/** `name{label="{{lane}}"}`: a selector of counters in which the lane, or its version, is filled in. */
export const selector = word(
  `a selector of counters that names the lane, such as http_requests_total{service="{{service}}", lane="{{lane}}"}, with ${fillings.map((f) => `{{${f}}}`).join(', ')} and nothing around it: what it finds is added up`,
  (met) => {
    if (!isText(met) || !/^\s*([A-Za-z_:][\w:]*)?\s*\{.*\}\s*$/s.test(met) || met.length > 2_000) return undefined;
    return namesLane(met) && filled(met).every((filling) => fillings.includes(filling)) ? met.trim() : undefined;
  },
);

const filled = (met: string): readonly string[] =>
  [...met.matchAll(/\{\{(.*?)\}\}/g)].map(([, filling = '']) => filling);

/** `sum(rate(orders_total{version="{{version}}"}[1m]))`: PromQL that answers one number. */
export const promQL = word(
  `PromQL that answers one number, such as sum(rate(orders_total{version="{{version}}"}[1m])), with ${fillings.map((f) => `{{${f}}}`).join(', ')}`,
  (met) =>
    isText(met) && met.trim() !== '' && met.length <= 2_000 && filled(met).every((f) => fillings.includes(f))
      ? met.trim()
      : undefined,
);

/** `1w`: how long ago; milliseconds once read. */
export const span = word('a span such as 24h, 1d or 1w, at most 52w', (met) => {
  const [, digits, unit = ''] = /^(\d{1,4})([hdw])$/.exec(String(met)) ?? [];
  const read = Number(digits) * { h: 1, d: 24, w: 168 }[unit as 'h' | 'd' | 'w'];
  return read >= 1 && read <= 52 * 168 ? hours(read) : undefined;
});

/** `1.4.0`: a semantic version without a leading `v`. */
export const semanticVersion = word('a semantic version such as 1.4.0', (met) =>
  isText(met) && /^\d+\.\d+\.\d+(-[\dA-Za-z.-]+)?$/.test(met) ? met : undefined,
);

const namePattern = /^[a-z][a-z0-9-]{0,38}$/;
const nameWanted = 'a name of lower-case letters, digits and -, beginning with a letter, at most 39 long';

/** A name of a person, environment, service or role. Names that every object answers to are none. */
export const name = z
  .string(nameWanted)
  .regex(namePattern, nameWanted)
  .refine((n) => !(n in {}), 'a name that JavaScript does not give to every object');

const variableWanted = 'a name such as LOG_LEVEL, other than PORT and SLIPWAY_…, which Slipway sets itself';

/** The name of an environment variable that is not Slipway's own. */
export const variable = z.string(variableWanted).regex(/^(?!PORT$|SLIPWAY_)[A-Za-z_][A-Za-z0-9_]*$/, variableWanted);

const referenceWanted =
  'a reference, { env: SHOP_DATABASE_URL } or { file: /run/secrets/shop }, never the value (SPEC-0701 §Secrets Management)';

const variableName = word('the name of an environment variable, such as SHOP_DATABASE_URL', (met) =>
  isText(met) && /^[A-Za-z_][A-Za-z0-9_]*$/.test(met) ? met : undefined,
);

/** Where a secret is found by the worker that needs it: an environment variable's name or a file's. */
export const reference = z
  .strictObject(
    { env: variableName.optional(), file: word('the path of a file', pathOf).optional() },
    { error: ({ code }) => (code === 'invalid_type' ? referenceWanted : undefined) },
  )
  .refine(({ env, file }) => (env === undefined) !== (file === undefined), referenceWanted);

/** The path of a file; from the folder of `slipway.yml` where it is not absolute. */
export const aFile = word('the path of a file', pathOf);

/** The name of an HTTP header. */
export const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of a header');

/** The value of an HTTP header: one line. */
export const headerValue = word('one line of text', (met) =>
  isText(met) && /^[\t\x20-\x7e]*$/.test(met) ? met : undefined,
);

/** A duration as it is written: `15m`, in the greatest unit that divides it. */
export function durationText(duration: Milliseconds): string {
  const unit = ['h', 'm', 's'].find((u) => duration % (units[u]?.(1) ?? 1) === 0) ?? 'ms';
  return `${duration / (units[unit]?.(1) ?? 1)}${unit}`;
}

const units: Readonly<Record<string, (n: number) => Milliseconds>> = { ms: (n) => n, s: seconds, m: minutes, h: hours };

/** What `read` makes of the value met; `undefined` refuses it with what was `wanted`. */
function word<T>(wanted: string, read: (met: unknown) => T | undefined) {
  return z.unknown().transform((met, context): T => {
    const value = read(met);
    if (value !== undefined) return value;
    context.issues.push({ code: 'custom', message: wanted, input: met });
    return z.NEVER;
  });
}

function pathOf(met: unknown): string | undefined {
  return isText(met) && met.trim() !== '' && !met.includes('://') ? met : undefined;
}

function insideOf(met: unknown): string | undefined {
  if (!isText(met) || met === '' || isAbsolute(met) || /(^|[\\/])\.\.([\\/]|$)|^[A-Za-z]:|\\/.test(met))
    return undefined;
  return normalize(met).replace(/(?<=.)\/$/, '');
}

function isDate(met: string): boolean {
  const read = new Date(`${met}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(met);
}

function isZone(met: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: met }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const isText = (met: unknown): met is string => typeof met === 'string' && !met.includes('\0');

function percentage(met: unknown, of: number): number | undefined {
  const [, digits] = /^(\d+(?:\.\d+)?)%$/.exec(String(met)) ?? [];
  return digits === undefined ? undefined : Number(digits) / of;
}
