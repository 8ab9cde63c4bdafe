import type { Acknowledgement, RecordedAcknowledgement } from '../../acknowledgement.js';
import type { ApprovalDecision } from '../../approval.js';
import type { AuditReport } from '../../audit.js';
import type { CommandRecord } from '../../command.js';
import type { CalendarStanding, CustomersTold } from '../../calendar.js';
import type { DrillFacts } from '../../drill.js';
import type { Instant } from '../../duration.js';
import type { SettledDebt } from '../../emergency.js';
import type { FollowUp, FollowUpPolicy, FollowUpWord, NewFollowUp } from '../../follow-up.js';
import type { FlagOrder, FlagOutcome, FlagRequest, FlagsOff } from '../../flag-change.js';
import type { GateRun } from '../../gate.js';
import type { Readiness } from '../../readiness.js';
import type { ProfileStamp, ReleaseOrder, ReleaseOutcome, ReleaseRequest } from '../../release.js';
import type { RolloutOutcome, RolloutPlan } from '../../rollout.js';
import type { Reconciled } from '../../recovery.js';
import type { SaidRotation } from '../../secret.js';

/** What happened and is to be recorded. `eventId` names it: one event, one entry. */
export type RecordedEvent =
  | { readonly kind: 'change-opened'; readonly eventId: string; readonly request: ReleaseRequest }
  | { readonly kind: 'rollout-ended'; readonly eventId: string; readonly rollout: RolloutFacts }
  | { readonly kind: 'release-closed'; readonly eventId: string; readonly release: ReleaseFacts }
  | { readonly kind: 'flag-change-opened'; readonly eventId: string; readonly request: FlagRequest }
  | { readonly kind: 'flag-changed'; readonly eventId: string; readonly change: FlagFacts }
  | { readonly kind: 'flags-off'; readonly eventId: string; readonly off: FlagsOffFacts }
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

/** A rollout that ended, and who had agreed to it. */
export interface RolloutFacts {
  readonly order: ReleaseOrder;
  readonly plan: RolloutPlan;
  readonly outcome: RolloutOutcome;
  readonly approvals: readonly ApprovalDecision[];
  /** The environment's quality gates, as they have run. */
  readonly gates?: readonly GateRun[];
  /** The checklist as it was judged when it began. */
  readonly readiness?: Readiness;
  /** What the calendar said when it began, and what customers were told before. */
  readonly calendar?: CalendarStanding;
  readonly customers?: CustomersTold;
  /** Whose the follow-ups are that it leaves, and when they are due; as usual when missing. */
  readonly followUps?: FollowUpPolicy;
  /** Who on call has acknowledged its rollback by now. */
  readonly acknowledged?: readonly Acknowledgement[];
}

/** A release that ended. `histories` are written as they are, by workflow id. */
export interface ReleaseFacts {
  readonly order: ReleaseOrder;
  readonly outcome: ReleaseOutcome;
  readonly approvals: readonly ApprovalDecision[];
  /** Heard by the release itself; a rollout's are in its deploy log. */
  readonly commands?: readonly CommandRecord[];
  readonly closedAt: Instant;
  readonly histories: Readonly<Record<string, unknown>>;
}

/** A change of a flag that ended, and who had agreed to it. */
export interface FlagFacts {
  readonly followUps?: FollowUpPolicy;
  readonly order: FlagOrder;
  readonly outcome: FlagOutcome;
  readonly approvals: readonly ApprovalDecision[];
}

/** Flags that a release was bound to and that went off by themselves, its version staying. */
export type FlagsOffFacts = FlagsOff & { readonly followUps?: FollowUpPolicy };

/** A governance audit that was made, and who asked for it. */
export interface ReportedAudit {
  readonly report: AuditReport;
  readonly by: string;
}

/** Where a record stands in the hash chain: its own number, and the hash of the entry before it. */
export interface ChainPlace {
  readonly sequence: number;
  readonly previous: string;
}

/** A record as it is to be written; the path is relative to the governance repository. */
export interface RecordFile {
  readonly path: string;
  readonly content: string;
}

/** What every record made under shortened windows says; nothing under the spec's own. */
export const notice = (profile: ProfileStamp): string | undefined =>
  profile.compressed ? `profile ${profile.name}: windows compressed, not evidence for SPEC-0701` : undefined;

/** The last line of a Markdown record: its place in the chain, unseen where it is read. */
export const chainComment = (chain: ChainPlace): string =>
  `<!-- slipway chain: sequence ${chain.sequence}, previous ${chain.previous} -->`;

/** A JSON record as it is written. */
export const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
