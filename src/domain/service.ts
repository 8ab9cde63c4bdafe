import type { Artifact } from './artifact.js';
import type { Instant } from './duration.js';
import type { ReleaseOutcome, ReleaseRequest } from './release.js';

/** What is running in one environment, and what was before it, as the releases left it. */
export interface Running {
  readonly current: Artifact;
  readonly former?: Artifact;
  readonly since: Instant;
  readonly changeId: string;
}

/** A request as it waits: the fingerprint tells a repeated request from another one under the same key. */
export interface Submission {
  readonly request: ReleaseRequest;
  /** The caller's `Idempotency-Key`. */
  readonly key: string;
  /** SHA-256 over the canonical JSON of what the caller wrote. */
  readonly fingerprint: string;
}

/** The answer to a submission. Repeating the submission gives the same answer. */
export interface Accepted {
  readonly changeId: string;
  readonly fingerprint: string;
  /** 0: begins at once; n: n releases are before it. */
  readonly ahead: number;
}

export interface ServiceStanding {
  readonly service: string;
  /** Per environment. */
  readonly running: Readonly<Record<string, Running>>;
  readonly underWay?: string;
  /** Change ids, next first. */
  readonly queue: readonly string[];
  /** The latest ends, newest first, at most twenty. */
  readonly latest: readonly ReleaseOutcome[];
}
