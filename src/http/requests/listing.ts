import * as z from 'zod';
import { name } from '../../config/words.js';
import { releaseStates } from '../views/nouns.js';

const limitWanted = 'a whole number from 1 to 100';
const cursorWanted = 'the cursor of the page before';

/** Which releases are listed. */
export const listing = z.strictObject({
  service: name.optional(),
  state: z.enum(releaseStates, `one of ${releaseStates.join(', ')}`).optional(),
  cursor: z
    .string(cursorWanted)
    .regex(/^[\w-]{1,4000}$/, cursorWanted)
    .optional(),
  limit: z
    .string(limitWanted)
    .regex(/^(?:[1-9]\d?|100)$/, limitWanted)
    .optional(),
});

export const ofService = z.strictObject({ name });
