import type { Instant, Milliseconds } from './duration.js';

/** A secret by its name, and what is planned for it. Its value is in no configuration, record or message. */
export interface KnownSecret {
  /** The variable's name, or the file's path as it is written. */
  readonly name: string;
  readonly kind: 'env' | 'file';
  readonly uses: readonly SecretUse[];
  /** How often it is replaced, and by whom: a person or a role. Missing where nobody has planned it. */
  readonly rotation?: RotationPlan;
}

export interface RotationPlan {
  readonly every: Milliseconds;
  readonly owner: string;
}

/** What a secret is for, and who reads it: each of them has a value of its own. */
export interface SecretUse {
  readonly purpose: string;
  readonly reader: SecretReader;
}

/** `environment/<name>` for that environment's workers, `house` for those that build and write, or the front door. */
export type SecretReader = `environment/${string}` | 'house' | 'front-door';

/** Somebody has replaced a secret, and says so. */
export interface Rotation {
  readonly secret: string;
  readonly by: string;
  readonly reason: string;
  /** When it was replaced. */
  readonly at: Instant;
}

/** Who reads a secret, for people. */
export function readerText(reader: SecretReader): string {
  if (reader === 'house') return 'the workers of the house';
  if (reader === 'front-door') return 'the front door';
  return `the workers of ${reader.replace('environment/', '')}`;
}
