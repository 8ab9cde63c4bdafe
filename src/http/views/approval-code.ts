import * as z from 'zod';
import * as nouns from './nouns.js';

/** The one-time code of whoever asks, for exactly what waits. `signal` is what is sent in the Temporal UI. */
export const approvalCode = z
  .strictObject({
    person: z.string(),
    changeId: z.string(),
    gate: z.string(),
    code: z.string(),
    expiresAt: nouns.instant,
    signal: z.strictObject({ person: z.string(), comment: z.string(), code: z.string() }),
  })
  .meta({ id: 'ApprovalCode' });

export type ApprovalCodeView = z.infer<typeof approvalCode>;
