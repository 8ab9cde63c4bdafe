import type { Acknowledgement, RecordedAcknowledgement } from '../domain/acknowledgement.js';
import type { ApprovalDecision } from '../domain/approval.js';
import type { AuditReport, RecordedEntry, RecordedFile } from '../domain/audit.js';
import type { CommandRecord } from '../domain/command.js';
import type { DrillFacts } from '../domain/drill.js';
import type { Instant } from '../domain/duration.js';
import type { SettledDebt } from '../domain/emergency.js';
import type { FollowUp, FollowUpPolicy, FollowUpWord, NewFollowUp } from '../domain/follow-up.js';
import type { FlagOrder, FlagOutcome, FlagRequest, FlagsOff } from '../domain/flag-change.js';
import type { GateRun } from '../domain/gate.js';
import type { Readiness } from '../domain/readiness.js';
import type { ReleaseOrder, ReleaseOutcome, ReleaseRequest } from '../domain/release.js';
import type { RolloutOutcome, RolloutPlan } from '../domain/rollout.js';
import type { LatestRecorded, Reconciled } from '../domain/recovery.js';
import type { SaidRotation } from '../domain/secret.js';

/** A fact for the governance repository. `eventId` names it: the same event is written once, however often it is told. */
export type GovernanceEvent =
  | { readonly kind: 'rollout-ended'; readonly eventId: string; readonly rollout: EndedRollout }
  | { readonly kind: 'release-closed'; readonly eventId: string; readonly release: ClosedRelease }
  | { readonly kind: 'flag-changed'; readonly eventId: string; readonly change: EndedFlagChange }
  | {
      readonly kind: 'flags-off';
      readonly eventId: string;
      readonly off: FlagsOff & { readonly followUps?: FollowUpPolicy };
    }
  | { readonly kind: 'debt-settled'; readonly eventId: string; readonly settled: SettledDebt }
  | { readonly kind: 'drill-ended'; readonly eventId: string; readonly ended: DrillFacts }
  | { readonly kind: 'audit-reported'; readonly eventId: string; readonly audited: ReportedAudit }
  | { readonly kind: 'secret-rotated'; readonly eventId: string; readonly rotation: SaidRotation }
  | { readonly kind: 'acknowledged'; readonly eventId: string; readonly acknowledged: RecordedAcknowledgement }
  | { readonly kind: 'follow-up-opened'; readonly eventId: string; readonly opened: NewFollowUp }
  | {
      readonly kind: 'follow-up-said';
      readonly eventId: string;
      readonly word: FollowUpWord;
      /** As it stood before. */
      readonly of: FollowUp;
    }
  | { readonly kind: 'service-reconciled'; readonly eventId: string; readonly reconciled: Reconciled };

/** All that the deploy log, the smoke log, the change-log row and, after a rollback, the incident and the decision draft are made of. */
export interface EndedRollout {
  readonly order: ReleaseOrder;
  readonly plan: RolloutPlan;
  readonly outcome: RolloutOutcome;
  readonly approvals: readonly ApprovalDecision[];
  /** The environment's quality gates, as they have run. */
  readonly gates?: readonly GateRun[];
  /** The checklist as it was judged when it began. */
  readonly readiness?: Readiness;
  /** Whose the follow-ups are that it leaves, and when they are due; as usual when missing. */
  readonly followUps?: FollowUpPolicy;
  /** Who on call has acknowledged its rollback by now. */
  readonly acknowledged?: readonly Acknowledgement[];
}

export interface ClosedRelease {
  readonly order: ReleaseOrder;
  readonly outcome: ReleaseOutcome;
  readonly approvals: readonly ApprovalDecision[];
  /** Heard by the release itself; each rollout has its own. */
  readonly commands?: readonly CommandRecord[];
  readonly closedAt: Instant;
  /** Histories of the release and its rollouts as protobuf JSON, by workflow id. */
  readonly histories: Readonly<Record<string, unknown>>;
}

/** All that the change-log row of a flag and, in production, its decision record are made of. */
export interface EndedFlagChange {
  readonly followUps?: FollowUpPolicy;
  readonly order: FlagOrder;
  readonly outcome: FlagOutcome;
  readonly approvals: readonly ApprovalDecision[];
}

/** A governance audit that was made, and who asked for it. */
export interface ReportedAudit {
  readonly report: AuditReport;
  readonly by: string;
}

/** What was written. Paths are relative to the governance repository. */
export interface Receipt {
  readonly paths: readonly string[];
  /** SHA-256 of each file, as hex; not of the Change Log, which many entries share. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Place in the hash chain, from 1. */
  readonly sequence: number;
  readonly hash: string;
}

/** Whether the chain holds; `findings` names every record that was altered, is missing or was put in. */
export interface Audit {
  readonly verified: boolean;
  readonly records: number;
  readonly findings: readonly string[];
}

/** The governance repository, seen by its one writer. */
export interface Records {
  /**
   * Reserves the next change id of the day and writes the planned row. The same `eventId` gets the same id, and `ended`
   * where that change was closed long ago.
   */
  openChange(ask: {
    readonly eventId: string;
    readonly request: ReleaseRequest;
  }): Promise<Receipt & { readonly changeId: string; readonly ended: boolean }>;
  /** The same for a change of a flag. */
  openFlagChange(ask: {
    readonly eventId: string;
    readonly request: FlagRequest;
  }): Promise<Receipt & { readonly changeId: string; readonly ended: boolean }>;
  write(event: GovernanceEvent): Promise<Receipt>;
  audit(): Promise<Audit>;
  /** The latest change of the service that was opened, and the latest that was closed; takes as long with many as with few. */
  latestOf(service: string): Promise<LatestRecorded>;
  /** What the chain holds of one change, oldest first. */
  entriesOf(changeId: string): Promise<readonly RecordedEntry[]>;
  /** By change id: the cells of the rows of these changes in the Change Log, those that are as they were recorded. */
  rowsOf(changeIds: readonly string[]): Promise<Readonly<Record<string, readonly (readonly string[])[]>>>;
  /** Every entry of the chain, oldest first. */
  entries(): Promise<readonly RecordedEntry[]>;
  /** What these files of the chain say now. What the chain does not name, and what is not there any more, is left out. */
  read(paths: readonly string[]): Promise<readonly RecordedFile[]>;
}
