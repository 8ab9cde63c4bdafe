import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { FlagAccepted, FlagProgress, FlagSubmission } from './domain/flag.js';
import type { ReleaseProgress } from './domain/release.js';
import type { RolloutProgress } from './domain/rollout.js';
import type { Accepted, ServiceStanding, Submission } from './domain/service.js';

/** Every name on the wire: queues, workflow ids, signals, updates, queries, search attributes. */

/** Workflows run here; whoever polls it holds no credentials. */
export const releaseQueue = 'releases';
export const buildQueue = 'build';
/** One writer: its worker takes one task at a time. */
export const recordQueue = 'records';
/** Work in an environment is done by that environment's own workers: they alone hold its credentials. */
export const environmentQueue = (environment: string): string => `environment/${environment}`;
/** The way back never waits behind the way forth. */
export const rollbackQueue = (environment: string): string => `rollback/${environment}`;

/** The serial mailbox of a service. */
export const serviceId = (service: string): string => `service/${service}`;
export const releaseId = (service: string, changeId: string): string => `release/${service}/${changeId}`;
/** One rollout at a time of a service in an environment: the workflow id is the lock. */
export const rolloutId = (environment: string, service: string): string => `rollout/${environment}/${service}`;

/** One change at a time of a flag in an environment: the workflow id is the lock. */
export const flagChangeId = (environment: string, flag: string): string => `flag-change/${environment}/${flag}`;

/** Workflow types, as Temporal sees them. */
export const workflowTypes = {
  service: 'service',
  release: 'release',
  rollout: 'rollout',
  flagChange: 'flagChange',
} as const;

/** Keyword search attributes, made at start on any server. */
export const searchAttributes = {
  service: 'SlipwayService',
  environment: 'SlipwayEnvironment',
  state: 'SlipwayState',
  changeId: 'SlipwayChange',
  version: 'SlipwayVersion',
} as const;

/** Who speaks, set by the front door as a header; the Temporal UI cannot set one, so its senders are only claimed. */
export const actorHeader = 'slipway-actor';

export interface Actor {
  readonly person: string;
  readonly via: 'http';
}

/**
 * A message as the workflow hears it, rewritten by the inbound interceptors: nothing a sender writes can make it throw.
 * `value` is what was sent, of any shape; `actor` is present when the front door vouches for the sender.
 */
export type Heard =
  | { readonly ok: true; readonly value: unknown; readonly actor?: Actor; readonly sender: string }
  | { readonly ok: false; readonly error: string; readonly sender: string };

/** What a person writes to decide: a name alone, or an object. `person` is ignored when the front door vouches for somebody. */
export interface WrittenDecision {
  readonly person?: string;
  readonly decision?: 'approve' | 'reject';
  readonly comment?: string;
  readonly gate?: string;
  readonly digest?: string;
  readonly planHash?: string;
}

export interface WrittenDemand {
  readonly person?: string;
  readonly reason?: string;
}

export const approveSignal = defineSignal<[Heard]>('approve');
export const rejectSignal = defineSignal<[Heard]>('reject');
export const rollbackSignal = defineSignal<[Heard]>('rollback');
export const retrySignal = defineSignal<[Heard]>('retry');

export const decideUpdate = defineUpdate<ReleaseProgress, [Heard]>('decide');
export const rollbackUpdate = defineUpdate<ReleaseProgress, [Heard]>('rollback');
export const retryUpdate = defineUpdate<ReleaseProgress, [Heard]>('retry');
export const submitUpdate = defineUpdate<Accepted, [Submission]>('submit');

export const releaseProgress = defineQuery<ReleaseProgress>('progress');
export const rolloutProgress = defineQuery<RolloutProgress>('progress');
export const serviceStanding = defineQuery<ServiceStanding>('standing');

/** What a change of a flag hears: the same names as a release, and its own answers. */
export const decideFlagUpdate = defineUpdate<FlagProgress, [Heard]>('decide');
export const rollbackFlagUpdate = defineUpdate<FlagProgress, [Heard]>('rollback');
export const retryFlagUpdate = defineUpdate<FlagProgress, [Heard]>('retry');
export const submitFlagUpdate = defineUpdate<FlagAccepted, [FlagSubmission]>('submit');
export const flagProgress = defineQuery<FlagProgress>('progress');
