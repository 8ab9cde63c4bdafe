import type { Artifact } from '../domain/artifact.js';

/** Where artifacts are kept, by digest. */
export interface Artifacts {
  /** Keeps an archive; keeping it again changes nothing and returns what was kept first. `archive` is a file's path, read, not moved. */
  keep(archive: string, artifact: Artifact, provenance: unknown): Promise<Artifact>;
  /** The artifact of this exact revision, if it was built before. */
  find(ask: {
    readonly service: string;
    readonly commit: string;
    readonly version: string;
  }): Promise<Artifact | undefined>;
  /** A local path of the archive, its digest verified. Refused as `not-found`. */
  fetch(digest: string): Promise<string>;
  /**
   * As `fetch`, of what is about to be started: refused as `invalid` where it was kept without provenance, or where that
   * tells of another digest, service, version or commit, or of a builder that is not ours.
   */
  admit(artifact: Artifact): Promise<string>;
  /** All that are kept, in no order. */
  all(): Promise<readonly Artifact[]>;
  /** Lets go of one revision, and of its archive where no other revision has the same. Done at once where it is not there. */
  discard(artifact: Artifact): Promise<void>;
}
