import type { KnownSecret } from '../../domain/secret.js';
import type { Secrets } from '../../ports/secrets.js';
import { fingerprint } from '../secrets/secrets.js';

/** Secrets that a test holds: `values` by name, open to replacement. */
export interface MemorySecrets extends Secrets {
  readonly values: Map<string, string>;
}

export function createMemorySecrets(known: readonly KnownSecret[] = []): MemorySecrets {
  const values = new Map<string, string>();
  const key = Buffer.from('of this memory');
  return {
    known,
    values,
    fingerprints: (reader) => {
      const its = known.filter(({ uses }) => uses.some((use) => use.reader === reader));
      const found = its.flatMap(({ name }) => {
        const value = values.get(name);
        return value === undefined || value === '' ? [] : [[name, fingerprint(name, value, key)] as const];
      });
      return Promise.resolve(Object.fromEntries(found));
    },
  };
}
