import type { AlertPolicy } from '../domain/alert.js';
import type { ApprovalPolicy } from '../domain/approval.js';
import type { Calendar, CalendarPolicy } from '../domain/calendar.js';
import type { Milliseconds } from '../domain/duration.js';
import type { GateOrder } from '../domain/gate.js';
import type { NoticePolicy } from '../domain/acknowledgement.js';
import type { FollowUpPolicy } from '../domain/follow-up.js';
import type { ReadinessPolicy } from '../domain/readiness.js';
import type { Role, Tier } from '../domain/environment.js';
import type { ProfileStamp, WhenBusy } from '../domain/release.js';
import type { RotationPlan } from '../domain/secret.js';
import type { Strategy } from '../domain/strategy.js';
import type { Signal } from '../domain/telemetry.js';

/** `slipway.yml` as the program uses it: defaults filled in, names resolved, paths absolute. What people write is `schema.ts`. */
export interface Config {
  /** The file it was read from. */
  readonly file: string;
  /** The governance repository: the folder of `slipway.yml`. */
  readonly directory: string;
  readonly profile: ProfileStamp;
  /** By name; the name is what appears in records and tokens. */
  readonly people: Readonly<Record<string, PersonConfig>>;
  /** The kind of principals by which the Temporal server tells who has sent a signal; missing where it is not to be believed. */
  readonly engine?: { readonly authenticates: string };
  /** In order of promotion. */
  readonly environments: readonly EnvironmentConfig[];
  readonly services: Readonly<Record<string, ServiceConfig>>;
  /** How long artifacts are kept that nothing runs and nothing would go back to. */
  readonly keepArtifacts: Milliseconds;
  readonly alerts: AlertsConfig;
  /** By the name of the secret, as `secretsOf` names it. */
  readonly rotations: Readonly<Record<string, RotationPlan>>;
  readonly followUps: FollowUpPolicy;
  readonly notices: NoticePolicy;
}

export interface AlertsConfig {
  /** Which label of an alert says what. */
  readonly labels: Readonly<Record<'service' | 'environment' | 'severity' | 'change' | 'version' | 'lane', string>>;
  readonly policy: AlertPolicy;
  /** What signed webhooks are signed with: the newest, and those that are being replaced. None where nobody may send them. */
  readonly secrets: readonly SecretReference[];
  /** Where the alerts that fire now are read; missing where none is. */
  readonly alertmanager?: { readonly url: string; readonly bearer?: SecretReference };
}

export interface PersonConfig {
  readonly name: string;
  readonly roles: readonly Role[];
  /** Where the person's approval codes are sent: an address of his own. */
  readonly mail?: string;
  /** What the Temporal server calls the person, once it has authenticated him. */
  readonly principal?: string;
}

export interface EnvironmentConfig {
  readonly name: string;
  readonly tier: Tier;
  readonly approval: ApprovalPolicy;
  /** Given to every instance in this environment, on top of the service's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** How long an adoption is watched after its release has ended, the former version kept warm; not at all when missing. */
  readonly aftercare?: Milliseconds;
  /** What a hold of the line means for a rollout that has begun here: it stops before its next step, or finishes. */
  readonly onHold: 'stop' | 'finish';
  /** How many steps of the way forth one worker takes here at the same time, of all services; the way back waits for none of them. */
  readonly atOnce?: number;
  /** The most points, of traffic or of a flag's users, that one command may move to what is new; no limit when missing. */
  readonly blastRadius?: number;
  /** A line for the shell that says whether this environment's configuration has drifted: exit code 0 no, 2 yes. */
  readonly drift?: string;
  /** Must exit 0 before anybody is asked to approve here, in order. */
  readonly gates?: readonly (GateOrder & {
    /** Whether an emergency waits for it as well. */
    readonly inEmergency: boolean;
  })[];
  /** What must be shown before a rollout begins here; nothing when missing. */
  readonly readiness?: ReadinessPolicy;
  /** When a rollout may begin here; at any time when missing. */
  readonly calendar?: Calendar & {
    readonly policy: CalendarPolicy;
    /** Where customers are told before something begins. */
    readonly customers?: SecretReference;
  };
  /** Where the figures of the lanes are read; what the built-in platform counts itself when missing. */
  readonly metrics?: PrometheusConfig;
  /** How a release that cannot wait gets in here; missing where nobody could approve it, and where it needs no other way. */
  readonly emergency?: EmergencyConfig;
}

/** A Prometheus that scrapes the lanes. */
export interface PrometheusConfig {
  readonly url: string;
  readonly bearer?: SecretReference;
  /** A file with the authority that its certificate is trusted by, besides none. */
  readonly ca?: string;
  /** For each query. */
  readonly timeout: Milliseconds;
  /** How often the lanes are scraped: three scrapes missed are stale. */
  readonly scrapeInterval: Milliseconds;
  /** How late samples may come in: the lanes are read as of so long ago. */
  readonly delay: Milliseconds;
  /** Selectors of counters; `{{service}}`, `{{environment}}`, `{{lane}}` and `{{version}}` are filled in. `latency` are buckets in seconds. */
  readonly queries: { readonly requests: string; readonly errors: string; readonly latency?: string };
}

export interface EmergencyConfig {
  readonly approval: ApprovalPolicy;
  /** No window of its observation is longer; there are as many as ever. */
  readonly window: Milliseconds;
  readonly escalateAfter: Milliseconds;
  readonly reviewWithin: Milliseconds;
}

export interface ServiceConfig {
  readonly name: string;
  /** Absolute path or URL of the git repository. */
  readonly repository: string;
  readonly build: BuildConfig;
  readonly process: ProcessConfig;
  readonly smoke: readonly SmokeCheck[];
  /** Missing where the service has no data that releases migrate. */
  readonly database?: DatabaseConfig;
  /** Lines for the shell that say by exit code 0 that logs, or traces, of the service arrive where people look for them. */
  readonly observability?: Readonly<Partial<Record<Signal, string>>>;
  /** Per environment, every environment of the configuration present. */
  readonly stages: Readonly<Record<string, StageConfig>>;
  readonly smokeWithin: Milliseconds;
  readonly rollbackPatience: Milliseconds;
  /** Users are brought back through these shares, falling, `every` at each; at once when missing. */
  readonly wayBack?: { readonly shares: readonly number[]; readonly every: Milliseconds };
  /** What becomes of a release that is asked for while another one is under way. */
  readonly whenBusy: WhenBusy;
}

export interface BuildConfig {
  /** Run in order in a clean checkout, each with a shell; the first that exits other than 0 refuses the build. */
  readonly gates: readonly { readonly name: string; readonly run: string }[];
  /** Run after the gates; missing when the checkout is what is packed. */
  readonly run?: string;
  /** What is packed, relative to the checkout: `.` or a folder the build command makes. */
  readonly output: string;
  /** For each command. */
  readonly timeout: Milliseconds;
  /** Files and folders of the package in which a secret is no secret, each with the reason. */
  readonly allowSecrets?: readonly AllowedSecret[];
}

export interface AllowedSecret {
  /** From the top of the package. */
  readonly path: string;
  readonly reason: string;
}

export interface ProcessConfig {
  /** Started with a shell in the unpacked artifact; `PORT`, `SLIPWAY_VERSION`, `SLIPWAY_DIGEST`, `SLIPWAY_ENVIRONMENT` are set. */
  readonly run: string;
  /** Answers 2xx while the instance lives. What its header `slipway-digest` says is believed over what it was started from. */
  readonly health: string;
  /** Answers 2xx when it may receive traffic. */
  readonly ready: string;
  readonly startWithin: Milliseconds;
  /** Between SIGTERM, sent once nothing is under way, and SIGKILL. */
  readonly stopWithin: Milliseconds;
}

export type SmokeCheck =
  | {
      readonly kind: 'http';
      readonly name: string;
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly status: number;
      readonly contains?: string;
    }
  /** Run with a shell in the governance repository; `BASE_URL`, `SERVICE`, `ENVIRONMENT` are set; exit 0 passes. */
  | { readonly kind: 'command'; readonly name: string; readonly run: string };

/** The PostgreSQL database of a service: one in each environment. */
export interface DatabaseConfig {
  /** Where a commit and its package declare a migration, from their top. */
  readonly migration: string;
  /** Per environment, every environment of the configuration present. */
  readonly url: Readonly<Record<string, SecretReference>>;
  /** Where the copy of an environment is restored; on the server of the database itself where there is none. */
  readonly scratch: Readonly<Record<string, SecretReference>>;
  /** For the dump, and again for the restore. */
  readonly dumpTimeout: Milliseconds;
  /** For one whole script. */
  readonly statementTimeout: Milliseconds;
  /** How long a script waits for a table that users are working on, while they queue behind it. */
  readonly lockTimeout: Milliseconds;
  /** How long a proved backup is kept; the latest three of a place always are. */
  readonly keepBackups: Milliseconds;
}

/** Where the worker of an environment finds a secret. The secret itself is in no configuration, record or message. */
export type SecretReference =
  | { readonly kind: 'env'; readonly name: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      /** As people wrote it: the same on every machine. */
      readonly written: string;
    };

export interface StageConfig {
  readonly instances: number;
  readonly strategy: Strategy;
  /** Where users reach the service here; 0 lets the system choose, and the choice is kept. */
  readonly port: number;
  /** Of both lanes together, as people expect it: windows that could not reach their samples by it are refused. */
  readonly expectedPerMinute?: number;
  readonly variables: Readonly<Record<string, string>>;
}
