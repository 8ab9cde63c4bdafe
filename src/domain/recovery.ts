import type { Artifact } from './artifact.js';
import type { DrillOutcome } from './drill.js';
import type { Instant, Milliseconds } from './duration.js';
import type { Debt } from './emergency.js';
import type { Evidence } from './readiness.js';
import type { ReleaseOutcome } from './release.js';
import type { Accepted, Running, ServiceMemory, ServiceStanding, Veto } from './service.js';

/** The latest that the records know of a service: what its mailbox must know, unless the engine's data were lost. */
export interface LatestRecorded {
  /** `begun`: a rollout of it has ended. */
  readonly opened?: RecordedChange & { readonly key: string; readonly begun?: true };
  readonly closed?: RecordedChange;
}

interface RecordedChange {
  readonly changeId: string;
  readonly at: Instant;
}

/** Change ids that a mailbox knows of. */
export interface KnownChanges {
  /** Under way, or waiting. */
  readonly open: readonly string[];
  /** Ended by themselves: how is known. */
  readonly ended: readonly string[];
  /** Ended from outside: how is not known. */
  readonly lost: readonly string[];
  /** Idempotency keys whose change is being written down at this moment. */
  readonly keys: readonly string[];
}

/** The event that opens a change; one key, one change, also for an engine that has forgotten it. */
export const openingOf = (service: string, key: string): string => `open/${service}/${key}`;

/** The service and the key of such an event; `undefined` of another one. */
export function readOpening(eventId: string): { readonly service: string; readonly key: string } | undefined {
  const [, service, key] = /^open\/([^/]+)\/(.+)$/s.exec(eventId) ?? [];
  return service === undefined || key === undefined ? undefined : { service, key };
}

/** What is known of the changes of a service, as its mailbox shows it. */
export function knownOf(
  { underWay, queue, latest }: Pick<ServiceStanding, 'underWay' | 'queue' | 'latest'>,
  keys: readonly string[] = [],
): KnownChanges {
  const ids = (is: boolean): readonly string[] =>
    latest.filter((outcome) => endedFromOutside(outcome) === is).map(({ changeId }) => changeId);
  const open = [...(underWay === undefined ? [] : [underWay]), ...queue];
  return { open, ended: ids(false), lost: ids(true), keys };
}

/** What is known where there is no mailbox. */
export const nothingKnown: KnownChanges = { open: [], ended: [], lost: [], keys: [] };

/** A release that was terminated has left no records of its end. */
const endedFromOutside = ({ kind, records }: ReleaseOutcome): boolean => kind === 'failed' && records.length === 0;

/** Somebody has what a mailbox must know restored from the records and the world. */
export interface ReconcileOrder {
  readonly reason: string;
  /** Shows what would be restored, and changes nothing. */
  readonly dryRun: boolean;
  /** Where the service may run, in the order of promotion. */
  readonly environments: readonly string[];
  /** How soon the review of an emergency is due. */
  readonly reviewWithin: Milliseconds;
}

/** What runs in an environment, as the platform shows it; or why that cannot be seen. */
export type PlaceNow =
  | {
      readonly environment: string;
      /** Per cent of the users that reach the candidate. */
      readonly share: number;
      readonly stable?: Artifact;
      readonly candidate?: Artifact;
      /** The fresh baseline of a rollout. */
      readonly baseline?: Artifact;
    }
  | { readonly environment: string; readonly unseen: string };

/** A change that was under way when the engine's data were lost. */
export interface LostChange {
  readonly changeId: string;
  readonly version: string;
  /** What has become of it, and the command that goes on from there: a sentence. */
  readonly said: string;
}

/** What a mailbox is to know, as the records and the world tell it. */
export interface Reconciliation {
  readonly service: string;
  readonly at: Instant;
  /** What the records know and the mailbox does not; missing where there is no such thing. */
  readonly found?: string;
  readonly running: Readonly<Record<string, Running>>;
  readonly latest: readonly ReleaseOutcome[];
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly vetoes: readonly Veto[];
  readonly debts: readonly Debt[];
  readonly evidence: readonly Evidence[];
  readonly drilled?: DrillOutcome;
  readonly lost: readonly LostChange[];
  /** Open in the engine, and closed in the records or lost: they are ended, and what they left is left as it is. */
  readonly over: readonly string[];
  /** What is restored, and what cannot be known: sentences. */
  readonly restored: readonly string[];
  readonly unknown: readonly string[];
}

/** A reconciliation as somebody asked for it; `records` are missing of one that was only shown. */
export interface Reconciled extends Omit<Reconciliation, 'accepted'> {
  readonly by: string;
  readonly reason: string;
  readonly records?: readonly string[];
}

/** What of a mailbox's memory counts beside the records. */
export type Remembered = Pick<ServiceMemory, 'running' | 'vetoes' | 'debts' | 'evidence' | 'drilled'>;

/** Why nothing of a service goes on, and the command from which it does. */
export const behindText = (service: string, why: string): string =>
  `${why}. Nothing of ${service} is released or brought back by what the engine remembers until that is reconciled: ${reconciling(service)} (--dry-run only shows it). A rollout that is under way hears slipway rollback as always`;

export const reconciling = (service: string): string => `slipway reconcile ${service} --reason "…"`;
