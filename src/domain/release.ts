import type { AlertPolicy } from './alert.js';
import type { ApprovalDecision, ApprovalPolicy, ApprovalSubject, Roster, Standing } from './approval.js';
import type { Artifact } from './artifact.js';
import type { CalendarPolicy, CalendarStanding, CustomersTold } from './calendar.js';
import type { CommandRecord } from './command.js';
import type { Instant, Milliseconds } from './duration.js';
import type { Emergency } from './emergency.js';
import type { Person, Tier } from './environment.js';
import type { GateOrder, GateRun } from './gate.js';
import type { Migration } from './migration.js';
import type { Readiness, ReadinessPolicy } from './readiness.js';
import type { Demand, Hold, Pause, Refusal, RolloutOutcome, RolloutPlan } from './rollout.js';
import type { Strategy, Window } from './strategy.js';

/** Which policy profile judged a release. `compressed` windows are shorter than the spec's, and every record says so. */
export interface ProfileStamp {
  readonly name: 'spec-0701' | 'demo';
  readonly compressed: boolean;
}

/** What one environment asks of a release, pinned when the release is asked for. */
export interface StageOrder {
  readonly environment: string;
  readonly tier: Tier;
  readonly instances: number;
  readonly strategy: Strategy;
  readonly approval: ApprovalPolicy;
  /** How soon after the deployment the smoke suite must have run (SPEC-0701, Smoke Tests: five minutes). */
  readonly smokeWithin: Milliseconds;
  /** How long one step of the way back is tried before people are called. */
  readonly rollbackPatience: Milliseconds;
  /** How users are brought back to the stable lane: through these shares, falling, `every` at each. At once when missing. */
  readonly wayBack?: { readonly shares: readonly number[]; readonly every: Milliseconds };
  /** Enhanced monitoring after an adoption, the former version kept warm for as long (SPEC-0701: 24 hours). */
  readonly aftercare?: Window;
  /** Feature flags that the release is bound to: they go off before its version goes back. */
  readonly flags?: readonly string[];
  /** What a hold of the line means for a rollout that has begun. */
  readonly onHold?: 'stop' | 'finish';
  /** The most points of traffic that one command may give to the candidate unseen; as many as it likes when missing. */
  readonly blastRadius?: number;
  /** What must exit 0 before anybody is asked, in order; nothing when missing. */
  readonly gates?: readonly GateOrder[];
  /** What must be shown before it may begin, and how old that may be; nothing is asked for when missing. */
  readonly readiness?: ReadinessPolicy;
  /** What waited for something to be shown is planned again; missing of what was asked for before that was so. */
  readonly plansAgain?: true;
  /** It begins when the calendar lets it; at any time when missing. */
  readonly calendar?: CalendarPolicy;
  /** Whoever is on call is told of the coming deployment, and acknowledges it. */
  readonly tellsOnCall?: true;
  /** What alerts come to; as usual when missing. */
  readonly alerts?: AlertPolicy;
}

/** What becomes of a release that is asked for while another one of its service is under way. */
export type WhenBusy = 'queue' | 'supersede' | 'reject';

/** A former version is brought back: of which change, in which environment, and what comes back. */
export interface Comeback {
  readonly of: string;
  readonly environment: string;
  readonly to: Artifact;
  /** Who or what demanded it. */
  readonly demand: Demand;
  /** When users first met what is taken back. */
  readonly exposedAt?: Instant;
}

/** What somebody asks for: this commit, of this service, through these environments, under these rules. */
export interface ReleaseRequest {
  readonly service: string;
  /** Semantic version without a leading `v`. */
  readonly version: string;
  /** Full commit, already resolved. */
  readonly commit: string;
  readonly description: string;
  readonly requester: Person;
  readonly requestedAt: Instant;
  readonly profile: ProfileStamp;
  readonly roster: Roster;
  /** Ordered: each environment must have adopted the artifact before the next begins. */
  readonly stages: readonly StageOrder[];
  /** Why it cannot wait; missing of a standard release. */
  readonly emergency?: Emergency;
  /** `queue` when missing. */
  readonly whenBusy?: WhenBusy;
  /** What the commit declares to do to data: for the planned entry alone, since what is done is what the artifact declares. */
  readonly migration?: Migration;
  /** Not before this; at once when missing. */
  readonly startAt?: Instant;
  /** Not after this: one that has not begun by then is refused. */
  readonly startBy?: Instant;
  /** Missing of an ordinary release: nothing is built, and nobody is asked. */
  readonly comeback?: Comeback;
}

/** A request that has its number: `change-YYYYMMDD-##`, the Change Log's own. */
export interface ReleaseOrder extends ReleaseRequest {
  readonly changeId: string;
  /** Holds of the line in force when it begins. */
  readonly holds?: readonly Hold[];
  /** Why it is refused before it begins: superseded, expired, vetoed or withdrawn while it waited. */
  readonly refusedBecause?: string;
  /** A person took it back while it waited. */
  readonly withdrawn?: true;
  /** Before a rollout that comes late it asks the records whether that has been; missing of mailboxes that do not. */
  readonly asksRecords?: true;
}

export type BuildOutcome =
  | { readonly kind: 'built'; readonly artifact: Artifact; readonly gates: readonly GateRun[] }
  | { readonly kind: 'refused'; readonly reason: string; readonly gates: readonly GateRun[] };

export type ReleaseState =
  | 'queued'
  | 'building'
  | 'planning'
  | 'checking'
  | 'awaiting-readiness'
  | 'awaiting-approval'
  | 'awaiting-window'
  | 'paused'
  | 'rolling-out'
  | 'held'
  | 'going-back'
  | 'stuck'
  | 'recording'
  | ReleaseOutcomeKind;

/**
 * How a release can end.
 * - `succeeded`: adopted in every environment. `rolled-back`: went back in `environment`.
 * - `refused`: a gate, an approver or an expiry said no before anything was done in `environment`.
 * - `withdrawn`: a person asked for the way back while there was nothing to go back from.
 * - `aborted`: a person ended it in `environment`, users on the stable lane, the candidate left to be looked at.
 * - `taken-over`: a person ended it as it was; what was not done is in that person's hands.
 * - `failed`: the rollout was ended from outside (terminated); nobody knows what runs until somebody looks. Or a demand
 *   came while it adopted, and the former version could not be brought back: the reason says why, `rollback` tries again.
 */
export type ReleaseOutcomeKind =
  'succeeded' | 'rolled-back' | 'refused' | 'withdrawn' | 'aborted' | 'taken-over' | 'failed';

export interface ReleaseOutcome {
  readonly kind: ReleaseOutcomeKind;
  readonly changeId: string;
  readonly service: string;
  readonly version: string;
  readonly reason: string;
  /** Where it ended; missing when it succeeded everywhere. */
  readonly environment?: string;
  readonly artifact?: Artifact;
  /** What each environment adopted, in order. */
  readonly adopted: readonly string[];
  /** Paths in the governance repository, in the order written. */
  readonly records: readonly string[];
  readonly timeToDetectMs?: Milliseconds;
  readonly timeToSafeMs?: Milliseconds;
  /** Of a comeback: the change that it takes back. */
  readonly comebackOf?: string;
  /** It was under way when the engine's data were lost; `environment` is where it has left users on its version. */
  readonly lost?: true;
  /** By environment that adopted it: why what ran there before can no longer come back. */
  readonly noWayBack?: Readonly<Record<string, string>>;
}

/** One environment of a release, as far as it has come. */
export interface StageProgress {
  readonly environment: string;
  readonly plan?: RolloutPlan;
  /** The environment's quality gates, as they have run. */
  readonly gates?: readonly GateRun[];
  /** The checklist as it was judged last. */
  readonly readiness?: Readiness;
  /** What the calendar said last. */
  readonly calendar?: CalendarStanding;
  readonly customers?: CustomersTold;
  /** When whoever is on call was told that it is coming. */
  readonly onCall?: { readonly toldAt: Instant };
  readonly approval?: {
    readonly subject: ApprovalSubject;
    readonly policy: ApprovalPolicy;
    readonly standing: Standing;
    readonly expiresAt: Instant;
  };
  readonly outcome?: Pick<RolloutOutcome, 'kind' | 'begunAt' | 'endedAt' | 'rollback'>;
}

/** What a release answers when asked how far it is. */
export interface ReleaseProgress {
  readonly state: ReleaseState;
  readonly order: ReleaseOrder;
  /** The environment being worked on. */
  readonly environment?: string;
  readonly artifact?: Artifact;
  readonly stages: readonly StageProgress[];
  readonly decisions: readonly ApprovalDecision[];
  readonly refused: readonly Refusal[];
  /** Every command heard before and between rollouts; each rollout keeps its own. */
  readonly commands?: readonly CommandRecord[];
  readonly paused?: Pause;
  readonly records: readonly string[];
  readonly outcome?: ReleaseOutcome;
}
