import * as z from 'zod';
import { name } from '../../config/words.js';
import { changeId, hash, line } from './words.js';

/** What people write to approve or reject. With `gate`, `digest` or `planHash`, only if exactly that is what waits. */
export const writtenApproval = z
  .strictObject({
    decision: z.enum(['approve', 'reject'], 'approve or reject'),
    comment: line(500),
    gate: name.optional(),
    digest: hash.optional(),
    planHash: hash.optional(),
  })
  .meta({ id: 'WrittenApproval' });

/** What people write to go back, or to have a stuck way back tried again. */
export const writtenReason = z.strictObject({ reason: line(500) }).meta({ id: 'WrittenReason' });

/** Which release is meant. */
export const ofRelease = z.strictObject({ changeId });
