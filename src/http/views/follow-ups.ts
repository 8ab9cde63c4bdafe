import * as z from 'zod';
import type { FollowUpStanding, FollowUpWord } from '../../domain/follow-up.js';
import { duties } from '../../domain/follow-up.js';
import * as nouns from './nouns.js';

const word = z
  .strictObject({
    id: z.string(),
    kind: z.enum(['closed', 'changed']),
    by: z.string(),
    at: nouns.instant,
    comment: z.string(),
    record: z.strictObject({ path: z.string(), hash: z.string() }).exactOptional(),
    owner: z.string().exactOptional(),
    due: z.iso.date().exactOptional(),
  })
  .meta({ id: 'FollowUpWord' }) satisfies z.ZodType<FollowUpWord>;

/** What a change has left to be done, with all that was said of it. */
export const followUp = z
  .strictObject({
    id: z.string(),
    changeId: z.string(),
    service: z.string().exactOptional(),
    what: z.string(),
    /** A person, or a role. */
    owner: z.string(),
    /** A day in UTC: in time until it is over. */
    due: z.iso.date(),
    at: nouns.instant,
    by: z.string(),
    /** The record that has opened it, and what that asks for. */
    from: z.string().exactOptional(),
    duty: z.enum(duties).exactOptional(),
    state: z.enum(['open', 'overdue', 'closed']),
    said: nouns.list(word),
  })
  .meta({ id: 'FollowUp' }) satisfies z.ZodType<FollowUpStanding>;

export const followUps = z.strictObject({ followUps: nouns.list(followUp) }).meta({ id: 'FollowUps' });

export type FollowUpView = z.infer<typeof followUp>;
export type FollowUpsView = z.infer<typeof followUps>;
