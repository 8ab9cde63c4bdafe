import type { Instant } from './duration.js';

/** An immutable package, named by its content: two builds of the same input have the same digest. */
export interface Artifact {
  readonly service: string;
  /** Semantic version without a leading `v`: `1.2.0`. */
  readonly version: string;
  /** The full commit, 40 hexadecimal digits. */
  readonly commit: string;
  /** `sha256:` and 64 hexadecimal digits, of the archive. */
  readonly digest: string;
  readonly builtAt: Instant;
  /** `<semver>+<commit>.<build time>` (SPEC-0701, Automated Build & Package), for example `1.2.0+abc1234.20261124T031400Z`. */
  readonly tag: string;
  /** It was looked through for secrets, and none was found; missing of what was built before that was done. */
  readonly scanned?: { readonly files: number; readonly by: string };
}

/** The tag of an artifact; the commit is shortened to twelve digits and the time has no separators, as semver build metadata asks. */
export const artifactTag = (artifact: Omit<Artifact, 'tag' | 'scanned'>): string =>
  `${artifact.version}+${artifact.commit.slice(0, 12)}.${artifact.builtAt.replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '')}`;

/** A digest as people read it aloud: `sha256:1a2b3c4d5e6f`. */
export const shortDigest = (digest: string): string => digest.slice(0, 'sha256:'.length + 12);
