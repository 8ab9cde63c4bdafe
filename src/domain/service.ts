import type { Acknowledgement } from './acknowledgement.js';
import type { Artifact } from './artifact.js';
import type { DrillOutcome, DrillUnderWay } from './drill.js';
import type { Debt } from './emergency.js';
import type { Instant } from './duration.js';
import type { Role } from './environment.js';
import type { Evidence } from './readiness.js';
import type { ReleaseOrder, ReleaseOutcome, ReleaseRequest } from './release.js';
import type { Hold } from './rollout.js';

/** What is running in one environment, and what was before it, as the releases left it. */
export interface Running {
  readonly current: Artifact;
  readonly former?: Artifact;
  readonly since: Instant;
  readonly changeId: string;
  /** Why the former version can no longer come back; missing while it can. */
  readonly noWayBack?: string;
}

/** How much a mailbox remembers: idempotency keys, how releases have ended, what whoever is on call has acknowledged. */
export const remembered = { keys: 500, outcomes: 20, acknowledged: 50 } as const;

/** A request as it waits: the fingerprint tells a repeated request from another one under the same key. */
export interface Submission {
  readonly request: ReleaseRequest;
  /** The caller's `Idempotency-Key`. */
  readonly key: string;
  /** SHA-256 over the canonical JSON of what the caller wrote. */
  readonly fingerprint: string;
  /** Holds of the line, as the front door found them. */
  readonly holds?: readonly Hold[];
}

/** The answer to a submission. Repeating the submission gives the same answer. */
export interface Accepted {
  readonly changeId: string;
  readonly fingerprint: string;
  /** 0: begins at once; n: n releases are before it. */
  readonly ahead: number;
}

/** A version that must not be released, until a person lifts it with a reason. */
export interface Veto {
  readonly version: string;
  readonly commit?: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  /** The change whose rollback brought it about. */
  readonly changeId?: string;
}

/** A version is vetoed, or a veto is lifted. */
export interface VetoChange {
  readonly kind: 'veto' | 'lift';
  readonly version: string;
  readonly by: string;
  readonly reason: string;
}

/** Somebody shows that a readiness item holds. */
export interface EvidenceShown {
  readonly evidence: Evidence;
  readonly roles: readonly Role[];
}

/** A person takes a release back that waits for its turn. */
export interface Withdrawal {
  readonly changeId: string;
  readonly by: string;
  readonly reason: string;
}

/** Somebody wants the former version of an environment back after its release has ended. */
export interface ComebackAsk {
  /** As a release of the former version is asked for: who asks, the profile, the roster, the stage. */
  readonly request: ReleaseRequest;
  readonly key: string;
  /** The change to be taken back. */
  readonly of: string;
  /** Where; the last environment in which that change runs, when missing. */
  readonly environment?: string;
  readonly reason: string;
}

/** What a mailbox remembers from run to run; what was ended from outside is asked for it, and gives it to the next one. */
export interface ServiceMemory {
  readonly service: string;
  readonly running: Readonly<Record<string, Running>>;
  /** By idempotency key, oldest first; across runs Temporal's own memory of update ids does not reach. */
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly latest: readonly ReleaseOutcome[];
  readonly vetoes?: readonly Veto[];
  readonly holds?: readonly Hold[];
  /** The latest request: a comeback that a machine demands is asked for under the same rules. */
  readonly pattern?: ReleaseRequest;
  /** What waits. A mailbox that starts a new run by itself is idle; one that was ended from outside need not be. */
  readonly queue?: readonly ReleaseOrder[];
  /** The release that was under way, and may still be. */
  readonly underWay?: ReleaseOrder;
  /** Reviews that are owed, oldest first. */
  readonly debts?: readonly Debt[];
  /** The latest evidence of each readiness item. */
  readonly evidence?: readonly Evidence[];
  /** What whoever is on call has acknowledged, the latest last. */
  readonly acknowledged?: readonly Acknowledgement[];
  /** How the latest drill ended. */
  readonly drilled?: DrillOutcome;
  /** Who is refused while he waits is told at once; missing of mailboxes that tell it at his turn. */
  readonly tellsBeside?: true;
  /** What waited long asks the records, before it begins, whether they know more; missing of mailboxes that do not. */
  readonly asksRecords?: true;
}

export interface ServiceStanding {
  readonly service: string;
  /** Per environment. */
  readonly running: Readonly<Record<string, Running>>;
  readonly underWay?: string;
  readonly vetoes?: readonly Veto[];
  /** Reviews that are owed, oldest first. */
  readonly debts?: readonly Debt[];
  /** The latest evidence of each readiness item. */
  readonly evidence?: readonly Evidence[];
  /** What whoever is on call has acknowledged, the latest last. */
  readonly acknowledged?: readonly Acknowledgement[];
  /** The drill under way, and how the latest one ended. */
  readonly drill?: DrillUnderWay;
  readonly drilled?: DrillOutcome;
  /** Of the line, as far as this service goes. */
  readonly holds?: readonly Hold[];
  /** Why nothing begins: the records know what is not known here. */
  readonly behind?: string;
  /** Change ids, next first. */
  readonly queue: readonly string[];
  /** The latest ends, newest first, at most twenty. */
  readonly latest: readonly ReleaseOutcome[];
}
