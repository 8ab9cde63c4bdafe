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

/**
 * What a reader finds now: a keyed fingerprint of each secret, from which nobody learns the value. `<key>:<fingerprint>`: only
 * those of one key can be compared. A secret that it does not find is not among them.
 */
export interface ReaderReport {
  readonly reader: SecretReader;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** By service, the tag of the artifact that runs there; of an environment alone. */
  readonly running?: Readonly<Record<string, string>>;
}

/** A rotation as it is kept: by whom and when it was said, and what each reader found then. */
export interface SaidRotation extends Rotation {
  readonly saidAt: Instant;
  /** What the secret is for. */
  readonly purpose: string;
  readonly reports: readonly ReaderReport[];
}

/** The same with the number it has in the Change Log. */
export interface RecordedRotation extends SaidRotation {
  readonly changeId: string;
}

/** What is asked for: how all secrets stand, that people are reminded of those that are due, or that a rotation is recorded. */
export interface SecretsOrder {
  readonly by: string;
  readonly how: 'look' | 'remind' | 'record';
  readonly rotation?: Rotation;
  /** Of whoever asks, who reads secrets too. */
  readonly reports: readonly ReaderReport[];
}

/**
 * What a reader sees since the last rotation. `new`: another value than before it. `former`: still the one from before.
 * `changed`: another one than was seen when it was said. `missing`: nothing. `unheard`: it did not answer. `unknown`: there is
 * nothing to compare with.
 */
export interface ReaderStanding {
  readonly reader: SecretReader;
  readonly sees: 'new' | 'former' | 'changed' | 'missing' | 'unheard' | 'unknown';
  /** The same as a sentence. */
  readonly reason: string;
}

/** Where a secret stands. `unplanned`: nobody has said how often. `unrecorded`: planned, and no rotation was ever recorded. */
export interface SecretStanding extends KnownSecret {
  readonly state: 'unplanned' | 'unrecorded' | 'in-time' | 'due-soon' | 'overdue';
  readonly last?: Rotation & { readonly changeId: string };
  readonly due?: Instant;
  readonly readers: readonly ReaderStanding[];
}

export interface SecretsStanding {
  readonly at: Instant;
  readonly secrets: readonly SecretStanding[];
}

/** Who reads a secret, for people. */
export function readerText(reader: SecretReader): string {
  if (reader === 'house') return 'the workers of the house';
  if (reader === 'front-door') return 'the front door';
  return `the workers of ${reader.replace('environment/', '')}`;
}
