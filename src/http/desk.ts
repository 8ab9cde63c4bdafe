import type { SaidAcknowledgement } from '../domain/acknowledgement.js';
import type { Alert, AlertsHeard } from '../domain/alert.js';
import type { Audited, AuditOrder } from '../domain/audit.js';
import type { Place } from '../domain/environment.js';
import type { CommandKind, CommandRecord } from '../domain/command.js';
import type { Sweep, SweepOrder } from '../domain/retention.js';
import type { ScheduleSeen } from '../domain/schedule.js';
import type { DriftOrder, DriftSeen } from '../domain/drift.js';
import type { DrillOrder, DrillUnderWay } from '../domain/drill.js';
import type { FollowUpOrder, FollowUpStanding } from '../domain/follow-up.js';
import type { Review } from '../domain/emergency.js';
import type { RestoreOrder, RestoreProof } from '../domain/restore-test.js';
import type { Urgent } from '../domain/decisions/urgent.js';
import type { Finding } from '../domain/finding.js';
import type { Instant } from '../domain/duration.js';
import type { LineChange } from '../domain/line.js';
import type { SecretsOrder, SecretsStanding } from '../domain/secret.js';
import type { Reconciled, ReconcileOrder } from '../domain/recovery.js';
import type { ReleaseProgress } from '../domain/release.js';
import type { Hold, RolloutProgress } from '../domain/rollout.js';
import type {
  Accepted,
  ComebackAsk,
  EvidenceShown,
  ServiceStanding,
  Submission,
  Veto,
  VetoChange,
  Withdrawal,
} from '../domain/service.js';
import type { WrittenDecision } from '../messages.js';

/** Where a release is found. */
export interface Address {
  readonly service: string;
  readonly changeId: string;
}

/** One run of a workflow, as a link to it needs it. */
export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  /** `lost`: ended from outside (terminated, reset), so that what it last said is not how it ended. */
  readonly status: 'running' | 'closed' | 'lost';
  readonly startedAt: Instant;
  readonly closedAt?: Instant;
}

export interface FoundRelease {
  readonly run: Run;
  readonly progress: ReleaseProgress;
}

export interface FoundRollout {
  readonly run: Run;
  readonly progress: RolloutProgress;
  /** The figures of an observation window while it is open, as the looks carry them. */
  readonly window?: unknown;
}

/** A rehearsed restore as the engine remembers it. */
export interface RestoreSeen extends Place {
  readonly state: 'none' | 'running' | 'passed' | 'failed';
  readonly startedAt?: Instant;
  readonly proof?: RestoreProof;
  readonly reason?: string;
}

/** A release as the list shows it. */
export interface ListedRelease extends Address {
  readonly version: string;
  readonly state: string;
  readonly run: Run;
}

export interface Listing {
  readonly service?: string;
  readonly state?: string;
  readonly cursor?: string;
  readonly limit: number;
}

/** What goes with a command. */
export interface SaidCommand {
  readonly reason: string;
  readonly step?: string;
  readonly full?: boolean;
  /** How long alerts are snoozed, `1800000ms`. */
  readonly for?: string;
}

/** Who speaks, established by the front door; `key` makes a repetition harmless. */
export interface Caller {
  readonly person: string;
  readonly key?: string;
}

/**
 * The engine in the front door's words. Every call answers within seconds or throws a `DeskFault`; what does not exist
 * is `undefined`.
 */
export interface Desk {
  /** Starts the mailbox of the service when nobody has yet. The same key gets the first answer. */
  submit(submission: Submission): Promise<Accepted>;
  standing(service: string): Promise<ServiceStanding | undefined>;
  /** Shows that a readiness item holds; the standing with it. */
  showEvidence(service: string, shown: EvidenceShown): Promise<ServiceStanding>;
  /** A rollback is rehearsed; answers once that has begun, or throws a refusal. */
  drill(order: DrillOrder): Promise<DrillUnderWay>;
  /** Whoever is on call knows of what was told of a change; the standing with it. */
  acknowledge(service: string, said: SaidAcknowledgement, by: string): Promise<ServiceStanding>;
  /** What was told urgently, as whoever tells it remembers it: acknowledged or not. */
  urgent(): Promise<readonly Urgent[]>;
  /** A review that was owed was held; the standing without it. */
  review(service: string, review: Review): Promise<ServiceStanding>;
  /** The service of a release that has begun; it may be known some 100 ms late. */
  serviceOf(changeId: string): Promise<string | undefined>;
  release(at: Address): Promise<FoundRelease | undefined>;
  /** All rollouts of a release, in the order begun, also those that have ended. */
  rollouts(at: Address): Promise<readonly FoundRollout[]>;
  /** The latest first; `next` is the cursor of the page after. */
  list(ask: Listing): Promise<{ readonly releases: readonly ListedRelease[]; readonly next?: string }>;
  decide(at: Address, decision: WrittenDecision, from: Caller): Promise<ReleaseProgress>;
  /** Heard by the rollout that is under way, or by the release where none is. */
  command(at: Address, kind: CommandKind, said: SaidCommand, from: Caller): Promise<CommandRecord>;
  /**
   * Tells alerts to whatever is under way in the place, or was adopted there and is still watched; what came of each, and
   * whose release it was. Nothing where there is none. Throws `unreachable` where one is just about to be.
   */
  alert(place: Place, alerts: readonly Alert[], by: string): Promise<AlertsHeard | undefined>;
  /** Takes a release back that waits for its turn; refused where it waits no longer. */
  withdraw(service: string, withdrawal: Withdrawal): Promise<ServiceStanding>;
  /** What the engine had forgotten of a service is restored from the records, or only shown. */
  reconcile(service: string, order: ReconcileOrder, by: string): Promise<Reconciled>;
  /** Brings a former version back, after its release has ended. The same key gets the first answer. */
  comeBack(ask: ComebackAsk): Promise<Accepted>;
  /** All vetoes of the service, as they are after the change. */
  veto(service: string, change: VetoChange): Promise<readonly Veto[]>;
  /** All holds of the line, as they are after the change. */
  line(change: LineChange): Promise<readonly Hold[]>;
  holds(): Promise<readonly Hold[]>;
  /** Looks through the artifacts, or lets those go that have had their time; answers once that is done. */
  sweep(order: SweepOrder): Promise<Sweep>;
  /** The governance audit of a quarter; answers once it is made. */
  audit(order: AuditOrder): Promise<Audited>;
  /** Compares an environment with what is recorded of it; answers once that is done. */
  drift(order: DriftOrder): Promise<DriftSeen>;
  /** A restore is rehearsed; answers once that has begun, or throws a refusal where one is under way. */
  restoreTest(order: RestoreOrder & Place): Promise<void>;
  /** The one that is under way there, or was last. */
  restoreSeen(place: Place): Promise<RestoreSeen>;
  /** What the engine does at its times. */
  schedules(): Promise<readonly ScheduleSeen[]>;
  /** Begins a run of a schedule now; throws a refusal where one is under way. `undefined` where there is none of this name. */
  trigger(name: string): Promise<ScheduleSeen | undefined>;
  /** Asks whoever reads secrets what they find, and records a rotation where one is said; where all secrets stand then. */
  secrets(order: SecretsOrder): Promise<SecretsStanding>;
  /** A follow-up is opened, closed or changed; as it stands then. Refused with the rule. */
  followUp(order: FollowUpOrder): Promise<FollowUpStanding>;
  /** What is not in order, or waits for people, as the reconcilers of all environments have found it. */
  findings(): Promise<readonly Finding[]>;
  /** Returns when the engine answers. */
  check(): Promise<void>;
}

/**
 * - `refused`: the workflow heard it and its rules refused it; the message is the rule.
 * - `not-running`: nothing runs that could hear it. `cursor`: a page token of another list.
 * - `unreachable`: the engine or its workers are not there. `deadline`: it did not answer in time, and may act later.
 */
export type DeskFaultKind = 'refused' | 'not-running' | 'cursor' | 'unreachable' | 'deadline';

/** The engine could not, or would not. */
export class DeskFault extends Error {
  override readonly name = 'DeskFault';
  readonly kind: DeskFaultKind;

  constructor(kind: DeskFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}
