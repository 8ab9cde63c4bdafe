import * as z from 'zod';
import { name } from '../../config/words.js';
import { line } from './words.js';

/** What people write to have a rollback rehearsed. */
export const writtenDrill = z
  .strictObject({
    /** The last one before production, when left out. */
    environment: name.optional(),
    reason: line(500).optional(),
    /** Sent all the while: 20 when left out. */
    requestsPerSecond: z.number('a number from 1 to 200').min(1, 'at least 1').max(200, 'at most 200').optional(),
  })
  .meta({ id: 'WrittenDrill' });

export type WrittenDrill = z.input<typeof writtenDrill>;
