import * as z from 'zod';
import { line, moment } from './words.js';

/** What people write once they have replaced a secret. */
export const writtenRotation = z
  .strictObject({
    /** As `GET /v1/secrets` names it. */
    secret: line(300),
    reason: line(500),
    /** When it was replaced; now, when left out. */
    at: moment.optional(),
  })
  .meta({ id: 'WrittenRotation' });
