import type { Migration } from '../domain/migration.js';
import type { BuildOutcome } from '../domain/release.js';

export interface Revision {
  /** Full commit, 40 hexadecimal digits. */
  readonly commit: string;
  /** Semantic version without a leading `v`. */
  readonly version: string;
}

/** A revision as its commit tells of it. */
export interface KnownRevision extends Revision {
  /** What it declares to do to data; missing where that is nothing, or where its service has no database. */
  readonly migration?: Migration;
}

/** The source repositories of the services, as the front door reads them. */
export interface Sources {
  /**
   * The commit and version a person means by a tag, branch or commit. The version is the one given, else the semantic
   * version tag on the commit. Refused as `not-found` (unknown service or reference; names what exists) or `invalid`,
   * also for a declaration of a migration that makes no sense (with everything that is wrong in `faults`).
   */
  resolve(ask: { readonly service: string; readonly ref: string; readonly version?: string }): Promise<KnownRevision>;
}

/** Makes immutable artifacts: quality gates and the build command, in a clean checkout of one commit. */
export interface Builder {
  /**
   * A failed gate or build command is an outcome, not a fault; so is a package that does not carry the migration its
   * commit declares, or one that makes no sense. The same input gives the same digest; a build that was
   * already made is answered from the store with its first build time.
   */
  build(
    ask: { readonly service: string } & Revision,
    /** Called with one line of progress at a time; and the build is ended when `signal` is aborted. */
    during?: { readonly progress?: (line: string) => void; readonly signal?: AbortSignal },
  ): Promise<BuildOutcome>;
}
