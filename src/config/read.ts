import type * as z from 'zod';
import { ZodObject } from 'zod';
import type { Finding, Path } from './problems.js';
import { shown } from './problems.js';
import { written as schema } from './schema.js';
import type { Written } from './schema.js';

/** What a file says, as far as it is well formed; `refused` is where it is not. */
export interface Reading<T = Written> {
  /** Without what was refused; missing when nothing could be kept. */
  readonly written?: T;
  readonly findings: readonly Finding[];
  readonly refused: readonly Path[];
}

/** Reads the plain values of a `slipway.yml`. */
export const readWritten = (value: unknown): Reading => readAs(schema, value);

/**
 * Reads plain values against a schema. What is refused is taken out and the rest is read again, so that the rest can
 * be judged too and a person sees all problems of a file at once.
 */
export function readAs<T>(schema: z.ZodType<T>, value: unknown): Reading<T> {
  const rest = structuredClone(value);
  const findings: Finding[] = [];
  const refused: Path[] = [];
  for (;;) {
    const { data, error } = schema.safeParse(rest, { error: wanted });
    if (!error) return { written: data, findings, refused };
    const found = error.issues.flatMap((issue) => findingsOf(issue, rest));
    findings.push(...found.filter((finding) => !touches(finding.path, refused)));
    const removed = found.map((finding) => remove(rest, finding.path));
    refused.push(...removed);
    if (removed.some((path) => path.length === 0)) return { findings, refused };
  }
}

/** Whether the path is one of the others or lies behind one. */
export const isBehind = (path: Path, others: readonly Path[]): boolean =>
  others.some((other) => other.every((key, i) => key === path[i]));

/** Whether the path is one of the others, lies behind one or leads to one. */
export const touches = (path: Path, others: readonly Path[]): boolean =>
  isBehind(path, others) || others.some((other) => isBehind(other, [path]));

/** What the value holds at the path; `undefined` where there is nothing. */
export const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>((at, key) => (isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined), value);

const isRecord = (value: unknown): value is Record<string | number, unknown> =>
  typeof value === 'object' && value !== null;

/** The schema's own messages are what was wanted; this says it for what has no message of its own. */
function wanted(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'unrecognized_keys') return issue.inst instanceof ZodObject ? keysOf(issue.inst) : '';
  if (issue.code !== 'invalid_type') return 'another value';
  return issue.expected === 'object' || issue.expected === 'record' ? 'settings, as key: value' : issue.expected;
}

const keysOf = (object: ZodObject): string => Object.keys(object.shape).join(separator);
const separator = ', ';

function findingsOf(issue: z.core.$ZodIssue, value: unknown): Finding[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? key : String(key)));
  const met = shown(valueAt(value, path));
  if (issue.code === 'unrecognized_keys') {
    const known = issue.message.split(separator);
    const unknown = (key: string): Finding => ({
      path: [...path, key],
      at: 'key',
      met: unknownKey(key),
      wanted: known,
    });
    return issue.keys.map(unknown);
  }
  if (issue.code === 'invalid_key') return [{ path, at: 'key', met: shown(path.at(-1)), wanted: firstOf(issue) }];
  if (issue.code === 'invalid_value') return [{ path, at: 'value', met, wanted: issue.values.map(String) }];
  if (issue.code === 'invalid_union' && 'options' in issue)
    return [{ path, at: 'value', met, wanted: issue.options.map(String) }];
  return [{ path, at: 'value', met, wanted: issue.message }];
}

const unknownKey = (key: string): string => `the unknown key ${shown(key)}`;
const firstOf = (issue: z.core.$ZodIssueInvalidKey): string => issue.issues[0]?.message ?? issue.message;

/** Put where a setting was refused that no service can do without, so that the rest of the service can be judged. */
const standIns: Readonly<Record<string, unknown>> = { repository: '.', process: { run: 'true' } };

/**
 * Takes out what stands at the path, or what lacks it, and says what can no longer be trusted: for one of a list, the
 * list, whose positions have moved.
 */
function remove(value: unknown, path: Path): Path {
  const key = path.at(-1);
  if (key === undefined) return [];
  const around = path.slice(0, -1);
  const holder = valueAt(value, around);
  if (!isRecord(holder)) return remove(value, around);
  if (path[0] === 'services' && path.length === 3 && Object.hasOwn(standIns, key)) {
    holder[key] = standIns[key];
    return path;
  }
  if (!Object.hasOwn(holder, key)) return remove(value, around);
  if (Array.isArray(holder)) {
    holder.splice(Number(key), 1);
    return around;
  }
  Reflect.deleteProperty(holder, key);
  return path;
}
