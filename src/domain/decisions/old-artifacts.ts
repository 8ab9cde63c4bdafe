import type { Artifact } from '../artifact.js';
import { between, type Instant, type Milliseconds, spoken } from '../duration.js';
import type { OldArtifact } from '../retention.js';

/** However old they are, the latest builds of a service are kept. */
const alwaysKept = 3;

/**
 * Which artifacts have had their time (SPEC-0701, Automated Build & Package): built longer ago than they are kept for, needed by no
 * environment as what runs or as what it would go back to, and not among the latest three of their service. What belongs to
 * a service that nobody has configured is left alone: who knows what runs of it.
 */
export function oldArtifacts(
  artifacts: readonly Artifact[],
  of: {
    readonly now: Instant;
    readonly keepFor: Milliseconds;
    /** Digests that run, or are gone back to, by service; of configured services alone. */
    readonly needed: Readonly<Record<string, readonly string[]>>;
  },
): readonly OldArtifact[] {
  return Object.entries(of.needed).flatMap(([service, needed]) => {
    const its = artifacts.filter((artifact) => artifact.service === service);
    const latestFirst = its.toSorted((a, b) => Date.parse(b.builtAt) - Date.parse(a.builtAt));
    const kept = new Set([...needed, ...latestFirst.slice(0, alwaysKept).map(({ digest }) => digest)]);
    return latestFirst
      .filter(({ digest, builtAt }) => !kept.has(digest) && between(builtAt, of.now) > of.keepFor)
      .map((artifact) => ({ artifact, reason: `${reason(artifact, of)}, and nothing runs it or would go back to it` }));
  });
}

const reason = (
  { builtAt }: Artifact,
  { now, keepFor }: { readonly now: Instant; readonly keepFor: Milliseconds },
): string => `built ${spoken(between(builtAt, now))} ago, kept for ${spoken(keepFor)}`;
