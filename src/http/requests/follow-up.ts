import * as z from 'zod';
import { name } from '../../config/words.js';
import { changeId, line, recordPath } from './words.js';

const dayWanted = 'a day such as 2026-12-11';
const day = z.iso.date({ error: dayWanted });

const idWanted = 'a follow-up such as FU-0001';

export const ofFollowUp = z.strictObject({ id: z.string(idWanted).regex(/^FU-\d{4,9}$/, idWanted) });

/** Which follow-ups are listed. `open` are those that are not closed, the overdue ones among them. */
export const followUpListing = z.strictObject({
  service: name.optional(),
  state: z.enum(['open', 'overdue', 'closed'], 'open, overdue or closed').optional(),
});

/** What people write to have something done after a change; owner and day as `slipway.yml` says when left out. */
export const writtenFollowUp = z
  .strictObject({ changeId, what: line(1_000), owner: name.optional(), due: day.optional() })
  .meta({ id: 'WrittenFollowUp' });

/** What people write once it is done, and the record that shows it. */
export const writtenClosing = z
  .strictObject({ comment: line(500), record: recordPath.optional() })
  .meta({ id: 'WrittenClosing' });

/** Who has it from now on, or when it is due, and why. */
export const writtenFollowUpChange = z
  .strictObject({ reason: line(500), owner: name.optional(), due: day.optional() })
  .refine(({ owner, due }) => owner !== undefined || due !== undefined, 'another owner, another day, or both')
  .meta({ id: 'WrittenFollowUpChange' });
