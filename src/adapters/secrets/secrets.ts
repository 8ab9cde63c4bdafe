import { createHash, createHmac } from 'node:crypto';
import type { Config } from '../../config/config.js';
import { secretsOf } from '../../config/secrets.js';
import type { Secrets } from '../../ports/secrets.js';
import { ownKey } from '../identity/own-key.js';
import { secretOf, type Variables } from '../secret.js';

/**
 * Reads what references lead to in this process, and keeps none of it. Fingerprints are made with a key of this Slipway,
 * `<dataDir>/secrets.key`: without it nobody can try values against them.
 */
export function createSecrets(parts: {
  readonly config: Config;
  readonly dataDir: string;
  readonly variables: Variables;
}): Secrets {
  const { config, dataDir, variables } = parts;
  const referred = secretsOf(config);
  return {
    known: referred.map(({ name, kind, uses, rotation }) => ({ name, kind, uses, ...(rotation && { rotation }) })),
    async fingerprints(reader) {
      const its = referred.filter(({ uses }) => uses.some((use) => use.reader === reader));
      if (its.length === 0) return {};
      const key = await ownKey(dataDir, 'secrets');
      const found = await Promise.all(
        its.map(async ({ name, reference }) => {
          const value = await secretOf(reference, variables);
          return value === undefined || value === '' ? [] : [[name, fingerprint(name, value, key)] as const];
        }),
      );
      return Object.fromEntries(found.flat());
    },
  };
}

/** The key is named by its hash, so that those of another key are not taken for those of another value. */
export function fingerprint(name: string, value: string, key: Uint8Array): string {
  const named = createHash('sha256').update('name of a key').update(key).digest('hex').slice(0, 8);
  const print = createHmac('sha256', key).update(`${name}\0`).update(value).digest('hex').slice(0, 32);
  return `${named}:${print}`;
}
