import * as z from 'zod';
import type { SecretStanding, SecretsStanding } from '../../domain/secret.js';
import * as nouns from './nouns.js';

const reader = z.string().describe('environment/NAME, house or front-door');

const secret = z
  .strictObject({
    name: z.string(),
    kind: z.enum(['env', 'file']),
    uses: nouns.list(z.strictObject({ purpose: z.string(), reader })),
    /** How often it is replaced, in milliseconds, and by whom; missing where nobody has planned it. */
    rotation: z.strictObject({ every: z.number(), owner: z.string() }).exactOptional(),
    state: z.enum(['unplanned', 'unrecorded', 'in-time', 'due-soon', 'overdue']),
    last: z
      .strictObject({
        secret: z.string(),
        by: z.string(),
        reason: z.string(),
        at: nouns.instant,
        changeId: z.string(),
      })
      .exactOptional(),
    due: nouns.instant.exactOptional(),
    /** What each reader sees since the last rotation, by keyed fingerprints. */
    readers: nouns.list(
      z.strictObject({
        reader,
        sees: z.enum(['new', 'former', 'changed', 'missing', 'unheard', 'unknown']),
        reason: z.string(),
      }),
    ),
  })
  .meta({ id: 'Secret' }) satisfies z.ZodType<Omit<SecretStanding, 'uses' | 'readers'>>;

/** Every secret that something refers to, where its rotation stands, and whether it has arrived. Never a value. */
export const secrets = z.strictObject({ at: nouns.instant, secrets: nouns.list(secret) }).meta({ id: 'Secrets' });

export type SecretsView = z.infer<typeof secrets>;

export const secretsView = ({ at, secrets: all }: SecretsStanding): SecretsView => ({ at, secrets: [...all] });
