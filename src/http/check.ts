import * as z from 'zod';
import { nearest } from '../config/nearest.js';
import { shown } from '../config/problems.js';
import { type FieldError, Problem } from './problems.js';

/** A value as a schema reads it; or a problem that lists everything that is wrong with it. */
export function checked<T>(schema: z.ZodType<T>, value: unknown, pointer: (path: readonly PropertyKey[]) => string): T {
  const read = schema.safeParse(value, { reportInput: true });
  if (read.success) return read.data;
  const errors = read.error.issues.flatMap((issue) => fieldErrors(issue, pointer, knownKeys(schema)));
  const detail = errors
    .map(({ pointer: at, met, wanted }) => `${at || 'body'}: met ${met}; wanted ${wanted}`)
    .join('. ');
  throw new Problem('invalid', detail, { errors });
}

/** A place in the body as a JSON Pointer (RFC 6901). */
export const inBody = (path: readonly PropertyKey[]): string =>
  path.map((key) => `/${short(String(key)).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

export const inQuery = (path: readonly PropertyKey[]): string => `?${short(path.map(String).join('.'))}`;

export const inPath = (path: readonly PropertyKey[]): string => `{${path.map(String).join('.')}}`;

function fieldErrors(
  issue: z.core.$ZodIssue,
  pointer: (path: readonly PropertyKey[]) => string,
  known: readonly string[],
): readonly FieldError[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ pointer: pointer(issue.path), met: shown(issue.input), wanted: issue.message }];
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const wanted = `one of ${known.join(', ') || 'nothing'}${near === undefined ? '' : `; did you mean ${near}?`}`;
    return { pointer: pointer([...issue.path, key]), met: 'an unknown field', wanted };
  });
}

const knownKeys = (schema: z.ZodType): readonly string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

const short = (text: string): string => (text.length <= 80 ? text : `${text.slice(0, 79)}…`);
