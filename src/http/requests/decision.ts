import * as z from 'zod';
import { duration, name } from '../../config/words.js';
import { changeId, hash, line, recordPath, version } from './words.js';

/** What people write to approve or reject. With `gate`, `digest` or `planHash`, only if exactly that is what waits. */
export const writtenApproval = z
  .strictObject({
    decision: z.enum(['approve', 'reject', 'revoke'], 'approve, reject or revoke'),
    comment: line(500),
    gate: name.optional(),
    digest: hash.optional(),
    planHash: hash.optional(),
  })
  .meta({ id: 'WrittenApproval' });

const stepWanted = 'a step of the plan such as 04-observe';
const step = z.string(stepWanted).regex(/^\d{2,3}-[a-z-]{1,30}$/, stepWanted);

/** What people write to command; with `step`, only if that one is under way. */
export const writtenCommand = z
  .strictObject({ reason: line(500), step: step.optional() })
  .meta({ id: 'WrittenCommand' });

/** `full`: not this observation alone, but all that are left. */
export const writtenPromotion = z
  .strictObject({ reason: line(500), step: step.optional(), full: z.boolean('true or false').optional() })
  .meta({ id: 'WrittenPromotion' });

/** How long alerts move nothing: to the end when left out, not any more with `0s`. */
export const writtenSnooze = z
  .strictObject({ reason: line(500), for: z.union([z.literal('0s').transform(() => 0), duration]).optional() })
  .meta({ id: 'WrittenSnooze' });

/** What whoever is on call says with it. */
export const writtenAcknowledgement = z
  .strictObject({ comment: line(500).optional() })
  .meta({ id: 'WrittenAcknowledgement' });

/** Which version must not be released, or may be again. */
export const writtenVeto = z
  .strictObject({ version, reason: line(500), lift: z.boolean('true or false').optional() })
  .meta({ id: 'WrittenVeto' });

/** Exactly one of the scopes: an empty selection is nothing, never everything. */
export const writtenHold = z
  .strictObject({
    everything: z.literal(true, 'true').optional(),
    service: name.optional(),
    environment: name.optional(),
    reason: line(500),
    lift: z.boolean('true or false').optional(),
  })
  .refine(({ everything, service, environment }) => [everything, service, environment].filter(Boolean).length === 1, {
    message: 'exactly one of everything, service and environment',
  })
  .meta({ id: 'WrittenHold' });

/** What people write to bring a former version back. */
export const writtenComeback = z
  .strictObject({ reason: line(500), environment: name.optional() })
  .meta({ id: 'WrittenComeback' });

/** What people write to have the engine's memory of a service restored. */
export const writtenReconcile = z
  .strictObject({ reason: line(500), dryRun: z.boolean('true or false').optional() })
  .meta({ id: 'WrittenReconcile' });

/** What people write once the review of an emergency release was held. */
export const writtenReview = z
  .strictObject({ changeId, record: recordPath, comment: line(500) })
  .meta({ id: 'WrittenReview' });

/** Which release is meant. */
export const ofRelease = z.strictObject({ changeId });
