import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AlertsHeard } from './domain/alert.js';
import type { Decision } from './domain/approval.js';
import type { AftercareProgress } from './domain/aftercare.js';
import type { CommandKind, CommandRecord } from './domain/command.js';
import type { DrillOrder, DrillUnderWay } from './domain/drill.js';
import type { Finding } from './domain/finding.js';
import type { FlagAccepted, FlagProgress, FlagSubmission } from './domain/flag-change.js';
import type { Reconciled } from './domain/recovery.js';
import type { ReleaseProgress } from './domain/release.js';
import type { LineChange } from './domain/line.js';
import type { Hold, RolloutProgress } from './domain/rollout.js';
import type {
  Accepted,
  ComebackAsk,
  ServiceMemory,
  ServiceStanding,
  Submission,
  Veto,
  VetoChange,
  Withdrawal,
} from './domain/service.js';

/** Every name on the wire: queues, workflow ids, signals, updates, queries, search attributes. */

/** Workflows run here; whoever polls it holds no credentials. */
export const releaseQueue = 'releases';
export const buildQueue = 'build';
/** One writer: its worker takes one task at a time. */
export const recordQueue = 'records';
/** Reading all records takes seconds: no release waits for it. */
export const auditQueue = 'audits';
/** People are told of what becomes of releases; whatever is slow there holds nothing else up. */
export const noticeQueue = 'notices';
/** Work in an environment is done by that environment's own workers: they alone hold its credentials. */
export const environmentQueue = (environment: string): string => `environment/${environment}`;
/** The way back never waits behind the way forth. */
export const rollbackQueue = (environment: string): string => `rollback/${environment}`;

/** The serial mailbox of a service. */
export const serviceId = (service: string): string => `service/${service}`;
export const releaseId = (service: string, changeId: string): string => `release/${service}/${changeId}`;
/** One rollout at a time of a service in an environment: the workflow id is the lock. */
export const rolloutId = (environment: string, service: string): string => `rollout/${environment}/${service}`;

/** The 24 hours after an adoption; the next adoption has its own. */
export const aftercareId = (environment: string, service: string, changeId: string): string =>
  `aftercare/${environment}/${service}/${changeId}`;
/** One drill at a time of a service in an environment. */
export const drillId = (environment: string, service: string): string => `drill/${environment}/${service}`;
/** One rehearsed restore at a time of a service in an environment. */
export const restoreTestId = (environment: string, service: string): string => `restore-test/${environment}/${service}`;
/** There is one line, and who stops it stops it for all. */
export const lineId = 'line';
/** Compares an environment with what is under way there, for as long as there is that environment. */
export const reconcilerId = (environment: string): string => `reconciler/${environment}`;
/** There is one who compares the records with what the engine knows. */
export const recordsWatchId = 'records-watch';
/** There is one who tells people what becomes of releases. */
export const heraldId = 'herald';
/** One change at a time of a flag in an environment: the workflow id is the lock. */
export const flagChangeId = (environment: string, flag: string): string => `flag-change/${environment}/${flag}`;

/** Workflow types, as Temporal sees them. */
export const workflowTypes = {
  service: 'service',
  release: 'release',
  rollout: 'rollout',
  aftercare: 'aftercare',
  line: 'line',
  flagChange: 'flagChange',
  reconciler: 'reconciler',
  herald: 'herald',
  drill: 'drill',
  drillReminder: 'drillReminder',
  reminders: 'reminders',
  followUp: 'followUp',
  retention: 'retention',
  governanceAudit: 'governanceAudit',
  driftWatch: 'driftWatch',
  restoreTest: 'restoreTest',
  secrets: 'secrets',
} as const;

/** What is done by the calendar, as the engine's schedules. */
export const schedules = {
  reminders: 'reminders',
  retention: 'retention',
  governanceAudit: 'governance-audit',
  secrets: 'secrets',
} as const;

/** Schedules that others do the work of now: they are taken away. */
export const formerSchedules = ['drill-reminder'] as const;

/** One for each environment, made by its own worker. */
export const driftScheduleOf = (environment: string): string => `drift-watch-${environment}`;

export const restoreScheduleOf = (environment: string): string => `restore-test-${environment}`;
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
  | {
      readonly ok: true;
      readonly value: unknown;
      readonly actor?: Actor;
      readonly sender: string;
      /** Of a signal: the event of it, by which the engine tells who has sent it. */
      readonly eventId?: number;
    }
  | { readonly ok: false; readonly error: string; readonly sender: string };

/** What a person writes to decide: a name alone, or an object. `person` is ignored when the front door vouches for somebody. */
export interface WrittenDecision {
  readonly person?: string;
  readonly decision?: Decision;
  readonly comment?: string;
  readonly gate?: string;
  readonly digest?: string;
  readonly planHash?: string;
  /** Proves who decides in the Temporal UI: one-time, made for this person and exactly this. */
  readonly code?: string;
}

/** What a person writes to command. `change` is the front door's: a rollout of another change does not hear it. */
export interface WrittenCommand {
  readonly person?: string;
  readonly reason?: string;
  /** The step that is meant, `04-observe`. */
  readonly step?: string;
  readonly full?: boolean;
  /** How long alerts are snoozed: `30m`; to the end when missing, not any more with `0s`. */
  readonly for?: string;
  readonly change?: string;
}

export const approveSignal = defineSignal<[Heard]>('approve');
export const rejectSignal = defineSignal<[Heard]>('reject');
export const revokeSignal = defineSignal<[Heard]>('revoke');
export const decideUpdate = defineUpdate<ReleaseProgress, [Heard]>('decide');
/** Every command is a signal and an update of the same name, of the release and of its rollout. */
export const commandSignal = (kind: CommandKind) => defineSignal<[Heard]>(kind);
export const commandUpdate = (kind: CommandKind) => defineUpdate<CommandRecord, [Heard]>(kind);
/** The line is stopped or runs again: all holds that are in force. */
export const holdsSignal = defineSignal<[Heard]>('holds');
/** A rollout tells its release that it goes back, or that people are needed. */
export const rolloutStateSignal = defineSignal<[Heard]>('rollout-state');
/** To the mailbox: a restore was rehearsed in this environment. */
export const restoreTestedSignal = defineSignal<[Heard]>('restore-tested');
/** To the reconciler of an environment: all that was found to have been changed there by hand. */
export const driftSignal = defineSignal<[Heard]>('drift');
/** To the mailbox: what was adopted must go back. */
export const demandSignal = defineSignal<[Heard]>('demand');
/** Alerts about what is under way, in the order they came; answered with what came of each. */
export const alertsUpdate = defineUpdate<AlertsHeard, [Heard]>('alerts');
/** The failure of an update that was heard by the rollout of another change. */
export const notMine = 'NotMine';

export const vetoUpdate = defineUpdate<readonly Veto[], [VetoChange]>('veto');
/** Of a release that waits for its turn; heard by the mailbox. */
export const withdrawUpdate = defineUpdate<ServiceStanding, [Withdrawal]>('withdraw');
/** A review that was owed has been held; heard by the mailbox, which writes it down. */
export const reviewUpdate = defineUpdate<ServiceStanding, [Heard]>('review');
/** Evidence of a readiness item; heard by the mailbox, which passes it on. */
export const evidenceUpdate = defineUpdate<ServiceStanding, [Heard]>('evidence');
/** Something was shown of the service: the release under way looks again. */
export const evidenceSignal = defineSignal<[Heard]>('evidence');
/** Whoever is on call knows of what was told of a change; heard by the mailbox, which writes it down. */
export const acknowledgeUpdate = defineUpdate<ServiceStanding, [Heard]>('acknowledge');
/** A rollback is to be rehearsed; heard by the mailbox. */
export const drillUpdate = defineUpdate<DrillUnderWay, [Heard]>('drill');
/** What a mailbox must know is restored from the records; heard by the mailbox. */
export const reconcileUpdate = defineUpdate<Reconciled, [Heard]>('reconcile');
export const comebackUpdate = defineUpdate<Accepted, [ComebackAsk]>('comeback');
export const lineUpdate = defineUpdate<readonly Hold[], [LineChange]>('line');
export const submitUpdate = defineUpdate<Accepted, [Submission]>('submit');

export const releaseProgress = defineQuery<ReleaseProgress>('progress');
export const rolloutProgress = defineQuery<RolloutProgress>('progress');
export const aftercareProgress = defineQuery<AftercareProgress>('progress');
export const drillProgress = defineQuery<{ readonly state: string; readonly order: DrillOrder }>('progress');
export const lineHolds = defineQuery<readonly Hold[]>('holds');
export const serviceStanding = defineQuery<ServiceStanding>('standing');
/** All that a mailbox knows: whoever opens it anew, after it was ended from outside, asks the ended one. */
export const serviceMemory = defineQuery<ServiceMemory>('memory');
export const reconcilerFindings = defineQuery<readonly Finding[]>('findings');

/** What a change of a flag hears: the same names as a release, and its own answers. */
export const decideFlagUpdate = defineUpdate<FlagProgress, [Heard]>('decide');
export const rollbackFlagUpdate = defineUpdate<FlagProgress, [Heard]>('rollback');
export const retryFlagUpdate = defineUpdate<FlagProgress, [Heard]>('retry');
export const submitFlagUpdate = defineUpdate<FlagAccepted, [FlagSubmission]>('submit');
export const flagProgress = defineQuery<FlagProgress>('progress');
