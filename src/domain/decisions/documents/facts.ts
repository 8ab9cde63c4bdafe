import type { AlertPolicy } from '../../alert.js';
import type { Calendar } from '../../calendar.js';
import type { Milliseconds } from '../../duration.js';
import type { Role } from '../../environment.js';
import type { ProfileStamp, StageOrder, WhenBusy } from '../../release.js';
import type { KnownSecret, Rotation } from '../../secret.js';

/** All that the documents are made of: what the configuration means, and when secrets were last rotated. No secret is in it. */
export interface DocumentFacts {
  readonly profile: ProfileStamp;
  readonly people: readonly PersonFacts[];
  /** In order of promotion. */
  readonly environments: readonly EnvironmentFacts[];
  readonly services: readonly ServiceFacts[];
  readonly keepArtifacts: Milliseconds;
  readonly alerts: AlertFacts;
  readonly flags: readonly FlagFacts[];
  readonly secrets: readonly KnownSecret[];
  /** Secrets of Slipway itself, and what each is for. */
  readonly ownSecrets: Readonly<Record<string, string>>;
  /** The latest of each secret that was ever rotated. */
  readonly rotations: readonly Rotation[];
}

export interface PersonFacts {
  readonly person: string;
  readonly name: string;
  readonly roles: readonly Role[];
}

export interface EnvironmentFacts {
  readonly name: string;
  readonly tier: string;
  /** The names of variables alone. */
  readonly variables: readonly string[];
  readonly atOnce?: number;
  readonly calendar?: Calendar;
  /** The Prometheus that windows read their figures from; the built-in proxy's when missing. */
  readonly metrics?: string;
  /** By which secret customers are told. */
  readonly customers?: string;
}

export interface ServiceFacts {
  readonly name: string;
  /** As seen from the governance repository, or its URL. */
  readonly repository: string;
  readonly gates: readonly string[];
  readonly build?: string;
  readonly output: string;
  readonly run: string;
  readonly health: string;
  readonly ready: string;
  readonly startWithin: Milliseconds;
  readonly stopWithin: Milliseconds;
  /** Each check as a phrase. */
  readonly smoke: readonly string[];
  readonly whenBusy: WhenBusy;
  readonly database?: DatabaseFacts;
  readonly stages: readonly StageFacts[];
}

export interface DatabaseFacts {
  readonly migration: string;
  /** By environment, the name of the secret that leads there. */
  readonly url: Readonly<Record<string, string>>;
  readonly scratch: Readonly<Record<string, string>>;
  readonly dumpTimeout: Milliseconds;
  readonly statementTimeout: Milliseconds;
  readonly lockTimeout: Milliseconds;
  readonly keepBackups: Milliseconds;
}

/** A service in an environment: what a release of it is ordered with there. */
export interface StageFacts {
  readonly order: StageOrder;
  /** 0 where one is chosen once and kept. */
  readonly port: number;
  readonly variables: readonly string[];
  /** Only what concerns the service; missing where it may begin at any time. */
  readonly calendar?: Calendar;
  /** How a release that cannot wait gets in; missing where nobody could approve it. */
  readonly emergency?: {
    readonly order: StageOrder;
    readonly escalateAfter: Milliseconds;
    readonly reviewWithin: Milliseconds;
  };
}

export interface AlertFacts {
  readonly policy: AlertPolicy;
  /** Which label of an alert says what. */
  readonly labels: Readonly<Record<string, string>>;
  /** The names of the secrets that webhooks are signed with. */
  readonly signedWith: readonly string[];
  readonly alertmanager?: string;
}

/** A flag as it is defined; how it is set changes without a deployment and is in no document. */
export interface FlagFacts {
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly service?: string;
  readonly variants: readonly string[];
  readonly expires?: string;
  readonly environments: readonly string[];
}
