import * as z from 'zod';
import { duration, name } from './words.js';

const off = z.literal('off');

/** When people are told again of what is urgent and nobody on call has acknowledged, as people write it. */
export const notices = z.strictObject({
  repeat: z.union([off, duration], 'off, or a duration such as 15m, at most 336h').optional(),
  escalate: z
    .union([off, z.strictObject({ after: duration, to: name })], 'off, or { after: 1h, to: governance-sentinel }')
    .optional(),
});
