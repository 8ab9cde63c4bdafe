import type { Instant, Milliseconds } from './duration.js';
import type { Role } from './environment.js';

/** A quarter of the year in UTC: `2026-Q4`. */
export type Quarter = string;

/** From its first moment up to the first that is no longer in it; `undefined` where the text is no quarter. */
export function quarterSpan(quarter: string): { readonly from: Instant; readonly to: Instant } | undefined {
  const [, year, number] = /^(\d{4})-Q([1-4])$/.exec(quarter) ?? [];
  if (year === undefined || number === undefined) return undefined;
  const month = (Number(number) - 1) * 3;
  const first = (months: number): Instant => new Date(Date.UTC(Number(year), months, 1)).toISOString();
  return { from: first(month), to: first(month + 3) };
}

/** The quarter that a moment lies in. */
export const quarterOf = (at: Instant): Quarter =>
  `${at.slice(0, 4)}-Q${Math.floor((Number(at.slice(5, 7)) - 1) / 3) + 1}`;

/** The last quarter that is over at a moment. */
export function quarterBefore(at: Instant): Quarter {
  const [year, number] = [Number(at.slice(0, 4)), Number(quarterOf(at).slice(6))];
  return number === 1 ? `${year - 1}-Q4` : `${year}-Q${number - 1}`;
}

/** What to report of: the last quarter that is over unless said. `write` records it and tells people, once a quarter. */
export interface AuditOrder {
  readonly how: 'look' | 'write';
  readonly by: string;
  readonly quarter?: Quarter;
}

/** One entry of the governance records, as their chain names it. */
export interface RecordedEntry {
  readonly sequence: number;
  readonly at: Instant;
  readonly eventId: string;
  readonly kind: string;
  readonly changeId: string;
  readonly paths: readonly string[];
}

/** What a recorded file says now; `intact` where that is what it was recorded with. */
export interface RecordedFile {
  readonly path: string;
  readonly text: string;
  readonly intact: boolean;
}

/** How long something took, over all that it was measured of; without a median where there was none. */
export interface Spread {
  readonly count: number;
  readonly medianMs?: Milliseconds;
  readonly p95Ms?: Milliseconds;
}

/** The four figures of DORA for production, over some time. */
export interface DoraFigures {
  /** Versions adopted; comebacks are none. */
  readonly deployments: number;
  readonly deploymentsPerWeek: number;
  /** From the request of a release to its adoption. */
  readonly leadTime: Spread;
  /** Changes that users met: adopted, or gone back after users had met them. */
  readonly changes: number;
  /** Of those: went back, or were taken back after their adoption. */
  readonly failed: number;
  /** Missing where users met no change. */
  readonly changeFailureRate?: number;
  /** From the first users on a failed change to safety; of one that was taken back later, from asking for it. */
  readonly timeToRestore: Spread;
}

export interface RolloutCounts {
  readonly service: string;
  readonly environment: string;
  readonly adopted: number;
  readonly rolledBack: number;
  readonly aborted: number;
  readonly takenOver: number;
}

export interface AuditedRollback {
  readonly changeId: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly at: Instant;
  readonly reason: string;
  /** `none`: nothing had run before. `missing`: something had, and nobody has looked whether it serves again. */
  readonly verification: 'pass' | 'failed' | 'missing' | 'none';
  readonly timeToDetectMs?: Milliseconds;
  readonly timeToSafeMs: Milliseconds;
  readonly incident?: string;
  readonly decision?: string;
}

/** What somebody has to look at, and the command that mends it, where there is one. */
export interface AuditFinding {
  readonly about: 'chain' | 'rollback' | 'decision' | 'debt' | 'follow-up' | 'rehearsal' | 'approval';
  readonly text: string;
  /** A role; of a follow-up whoever has it. */
  readonly owner: Role;
  readonly command?: string;
}

/** What the records of a quarter say of releases, of who agreed to them, of what went back, and of what is owed. */
export interface AuditReport {
  readonly quarter: Quarter;
  readonly from: Instant;
  /** The first moment that is no longer in it. */
  readonly to: Instant;
  /** As of when it was judged. */
  readonly at: Instant;
  readonly findings: readonly AuditFinding[];
  readonly chain: { readonly verified: boolean; readonly records: number; readonly findings: readonly string[] };
  readonly rollouts: readonly RolloutCounts[];
  /** Rollouts recorded under shortened windows: no evidence for SPEC-0701. */
  readonly compressed: number;
  readonly flagChanges: number;
  readonly approvals: {
    readonly given: number;
    /** Of those: by a name that nothing proved. */
    readonly claimed: number;
    readonly roles: Readonly<Record<Role, number>>;
  };
  readonly emergencies: readonly {
    readonly changeId: string;
    readonly service: string;
    readonly environment: string;
    readonly version: string;
    readonly at: Instant;
    readonly reason: string;
  }[];
  /** Rollouts that began by an exception of the calendar. */
  readonly exceptions: readonly {
    readonly changeId: string;
    readonly service: string;
    readonly environment: string;
    readonly at: Instant;
    readonly approver: string;
    readonly reason: string;
  }[];
  readonly rollbacks: readonly AuditedRollback[];
  /** Drafts of decisions of the quarter, and how many of all its decisions people have completed. */
  readonly decisions: { readonly written: number; readonly drafts: readonly string[] };
  /** Reviews of emergency releases: owed now, and settled in the quarter. */
  readonly debts: {
    readonly owed: readonly {
      readonly service: string;
      readonly changeId: string;
      readonly due: Instant;
      readonly overdue: boolean;
    }[];
    readonly settled: number;
  };
  readonly drills: readonly {
    readonly service: string;
    readonly environment: string;
    readonly at: Instant;
    readonly drill: string;
    readonly reason: string;
  }[];
  /** Rehearsals of the way back and of restoring that are asked for: until when what was shown counts. */
  readonly rehearsals: readonly {
    readonly service: string;
    readonly item: string;
    readonly state: 'holds' | 'missing' | 'expired';
    readonly due?: Instant;
    readonly reason: string;
  }[];
  readonly dora: DoraFigures;
  readonly doraByService: Readonly<Record<string, DoraFigures>>;
  readonly timeToDetect: Spread;
  readonly timeToSafe: Spread;
  /** What changes have left to be done: opened and closed in the quarter, and open now. Missing of reports made before there were any. */
  readonly followUps?: {
    readonly opened: number;
    readonly closed: number;
    /** Of those: after the day they were due. */
    readonly late: number;
    readonly open: readonly OpenFollowUp[];
  };
}

export interface OpenFollowUp {
  readonly id: string;
  readonly changeId: string;
  readonly what: string;
  readonly owner: string;
  readonly due: string;
  readonly overdue: boolean;
}

/** A report as it was asked for; `paths` where it is recorded, which is once a quarter. */
export interface Audited {
  readonly report: AuditReport;
  readonly paths: readonly string[];
}
