import type { ApprovalDecision, ApprovalPolicy, ApprovalSubject, Roster, Standing } from './approval.js';
import type { Instant, Milliseconds } from './duration.js';
import type { Person, Tier } from './environment.js';
import type { ProfileStamp } from './release.js';
import type { LaneFigures, Refusal, RollbackFacts } from './rollout.js';
import type { LaneCounters } from './sample.js';
import type { Window } from './strategy.js';
import type { Verdict } from './verdict.js';
import type { FlagSetting, FlagTo } from './flag.js';

/** Flags that a release is bound to and that were turned off because of what users met, its version staying. */
export interface FlagsOff {
  readonly changeId: string;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly requester: Person;
  readonly profile: ProfileStamp;
  readonly at: Instant;
  readonly during: 'a window of the rollout' | 'the aftercare';
  /** What was seen while they were on. */
  readonly verdict: Verdict;
  readonly flags: readonly { readonly flag: string; readonly off: FlagSetting }[];
}

/** How a change is watched: the stable lane of the service for `window`, against its own figures in `before`. */
export interface FlagWatch {
  readonly service: string;
  /** Watched before the flag is set; missing where only absolute bounds are judged by. */
  readonly before?: Window;
  readonly window: Window;
}

/** What somebody asks for: this flag, in this environment, set so, under these rules. */
export interface FlagRequest {
  readonly environment: string;
  readonly tier: Tier;
  readonly flag: string;
  readonly to: FlagTo;
  readonly reason: string;
  readonly requester: Person;
  readonly requestedAt: Instant;
  readonly profile: ProfileStamp;
  readonly roster: Roster;
  readonly approval: ApprovalPolicy;
  readonly observe?: FlagWatch;
  /** The most per cent of the users that the change may move; as many as it likes when missing. */
  readonly blastRadius?: number;
  /** How long the way back is tried before people are called. */
  readonly rollbackPatience: Milliseconds;
}

/** A request as it arrives: the fingerprint tells a repeated request from another one under the same key. */
export interface FlagSubmission {
  readonly request: FlagRequest;
  readonly key: string;
  readonly fingerprint: string;
}

/** The answer to a submission. Repeating the submission gives the same answer. */
export interface FlagAccepted {
  readonly changeId: string;
  readonly fingerprint: string;
}

/** A request that has its number in the Change Log. */
export interface FlagOrder extends FlagRequest {
  readonly changeId: string;
}

/** What would be changed, and so its way back: fixed before anybody is asked to approve it. */
export interface FlagPlan {
  readonly environment: string;
  readonly flag: string;
  readonly from: FlagSetting;
  readonly to: FlagSetting;
  /** Whether anything is to be done at all. */
  readonly changes: boolean;
  /** SHA-256 over the definition as it was read. */
  readonly digest: string;
  /** SHA-256 over all the other fields; with the digest, what an approval is bound to. */
  readonly hash: string;
}

/** What a window over the stable lane came to. */
export interface FlagObservation {
  readonly from: Instant;
  readonly to: Instant;
  readonly looks: number;
  readonly seen: LaneFigures;
  readonly counters: LaneCounters;
  readonly verdict: Verdict;
  readonly cause: 'judgement' | 'health';
}

export type FlagChangeState =
  | 'opening'
  | 'planning'
  | 'awaiting-approval'
  | 'comparing'
  | 'setting'
  | 'observing'
  | 'going-back'
  | 'stuck'
  | 'recording'
  | FlagOutcomeKind;

/**
 * How a change of a flag can end.
 * - `succeeded`: set. `unchanged`: it was so already. `rolled-back`: set, and set back.
 * - `refused`: an approver, an expiry, the file or a missing comparison said no before anything was set.
 * - `withdrawn`: a person asked for the way back before anything was set.
 */
export type FlagOutcomeKind = 'succeeded' | 'unchanged' | 'rolled-back' | 'refused' | 'withdrawn';

export interface FlagOutcome {
  readonly kind: FlagOutcomeKind;
  readonly reason: string;
  readonly begunAt: Instant;
  readonly endedAt: Instant;
  readonly plan?: FlagPlan;
  /** When the flag was read back as set, and the file that says so. */
  readonly setAt?: Instant;
  readonly path?: string;
  /** The stable lane before the change and with it. */
  readonly before?: FlagObservation;
  readonly observation?: FlagObservation;
  readonly rollback?: RollbackFacts;
}

/** What a change of a flag answers when asked how far it is. */
export interface FlagProgress {
  readonly state: FlagChangeState;
  readonly request: FlagRequest;
  /** Missing until the change has its number. */
  readonly changeId?: string;
  readonly plan?: FlagPlan;
  readonly approval?: {
    readonly subject: ApprovalSubject;
    readonly standing: Standing;
    readonly expiresAt: Instant;
  };
  readonly decisions: readonly ApprovalDecision[];
  readonly refused: readonly Refusal[];
  /** Why it is stuck, and what gets it going again. */
  readonly stuck?: string;
  readonly records: readonly string[];
  readonly outcome?: FlagOutcome;
}
