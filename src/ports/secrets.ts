import type { KnownSecret, SecretReader } from '../domain/secret.js';

/** The secrets that the configuration refers to. No value ever leaves it. */
export interface Secrets {
  readonly known: readonly KnownSecret[];
  /**
   * What a reader finds now, where this is that reader: by name, `<key>:<fingerprint>`. The same value has the same
   * fingerprint under one key, and another one under the name of another secret. What is not found is left out.
   */
  fingerprints(reader: SecretReader): Promise<Readonly<Record<string, string>>>;
}
