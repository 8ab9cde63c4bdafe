import type { Artifact } from './artifact.js';
import type { Instant } from './duration.js';

/** An artifact that has had its time, and since when nothing needs it. */
export interface OldArtifact {
  readonly artifact: Artifact;
  /** Why it may go: a sentence. */
  readonly reason: string;
}

/** What a look through the artifacts came to. */
export interface Sweep {
  readonly at: Instant;
  readonly looked: number;
  /** What may go, or what has gone. */
  readonly old: readonly OldArtifact[];
  /** Whether they are gone. */
  readonly removed: boolean;
}

/** What to sweep: only looked at, told of first and removed a day later, or removed at once. */
export interface SweepOrder {
  readonly how: 'look' | 'tell-first' | 'at-once';
  /** Who asks for it. */
  readonly by: string;
}
