import * as z from 'zod';
import type { Instant } from '../../domain/duration.js';
import { type Evidence, readinessItems } from '../../domain/readiness.js';
import { recordHash } from '../record-hash.js';
import { line, moment, recordPath } from './words.js';

const wanted = 'a record or a statement, not both';

/** What people write to show that a readiness item holds. */
export const writtenEvidence = z
  .strictObject({
    item: z.enum(readinessItems, `one of ${readinessItems.join(', ')}`),
    record: recordPath.optional(),
    statement: line(500).optional(),
    comment: line(500).optional(),
    /** When it was done; now, when left out. */
    at: moment.optional(),
  })
  .refine(({ record, statement }) => (record === undefined) !== (statement === undefined), {
    message: wanted,
    path: ['record'],
  })
  .meta({ id: 'WrittenEvidence' });

/** The evidence that somebody writes. Throws a problem where the record is not there. */
export async function evidenceOf(
  { item, record: path, statement = '', comment, at }: z.output<typeof writtenEvidence>,
  { person: by, now, directory }: { readonly person: string; readonly now: Instant; readonly directory: string },
): Promise<Evidence> {
  const about = { item, at: at ?? now, by };
  if (path === undefined) return { ...about, source: 'statement', what: statement };
  const record = { path, hash: await recordHash(directory, path) };
  return { ...about, source: 'record', what: comment ?? path, record };
}
