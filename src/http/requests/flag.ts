import * as z from 'zod';
import { flagName, percent } from '../../config/features-schema.js';
import { duration, name } from '../../config/words.js';
import type { FlagTo } from '../../domain/flag.js';
import { line } from './words.js';

const toWanted = 'a variant such as "on", shares such as {"on": 25, "off": 75}, "ENABLED" or "DISABLED"';
const observeWanted = 'true, or a duration such as 15m';

/** What people write to have a flag set. */
export const writtenFlagChange = z
  .strictObject({
    environment: name,
    to: z.union([z.string().min(1).max(100), z.record(z.string().max(100), percent)], toWanted),
    reason: line(500),
    /** Watch the service of the flag: as long as after a release of it, or as long as said. */
    observe: z.union([z.literal(true), duration], observeWanted).optional(),
  })
  .meta({ id: 'WrittenFlagChange' });

export type WrittenFlagChange = z.output<typeof writtenFlagChange>;

/** What is written as what is wanted. */
export function wantedBy({ to }: Pick<WrittenFlagChange, 'to'>): FlagTo {
  if (typeof to !== 'string') return { kind: 'rollout', rollout: to };
  return to === 'ENABLED' || to === 'DISABLED' ? { kind: 'state', state: to } : { kind: 'variant', variant: to };
}

export const ofFlag = z.strictObject({ name: flagName });
export const ofEnvironment = z.strictObject({ environment: name });
export const ofFlagIn = z.strictObject({ environment: name, name: flagName });
export const someEnvironment = z.strictObject({ environment: name.optional() });

/** What an OFREP client sends; what else it sends is its own. */
export const evaluation = z
  .looseObject({ context: z.record(z.string(), z.unknown(), 'an object').optional() })
  .meta({ id: 'OfrepEvaluation' });

export const ofKey = z.strictObject({ key: z.string() });
