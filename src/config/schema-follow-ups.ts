import * as z from 'zod';
import type { Duty } from '../domain/follow-up.js';
import { keepFor, name } from './words.js';

const words = { due: keepFor.optional(), owner: name.optional() };
const owed = z.strictObject(words).optional();

const duties = {
  restored: owed,
  verify: owed,
  'left-undone': owed,
  'root-cause': owed,
  decision: owed,
} satisfies Record<Duty, unknown>;

/** When follow-ups are due, and whose they are, as people write it; of those that records open by what they ask for. */
export const followUps = z.strictObject({ ...words, of: z.strictObject(duties).default({}) });
