import { createHash } from 'node:crypto';
import { artifactTag, type Artifact } from '../../domain/artifact.js';
import type { Instant } from '../../domain/duration.js';
import { Refused } from '../../domain/failure.js';
import type { Migration } from '../../domain/migration.js';
import type { GateRun } from '../../domain/gate.js';
import type { BuildOutcome } from '../../domain/release.js';
import { fail, pass } from '../../domain/verdict.js';
import type { Builder, Sources } from '../../ports/builder.js';

/** A commit that can be built, and the tag that names it. */
interface KnownCommit {
  readonly service: string;
  readonly commit: string;
  /** Semantic version; its tag is `v<version>`. */
  readonly version: string;
  /** The quality gate that refuses it, if one does. */
  readonly failingGate?: string;
  readonly migration?: Migration;
}

/** Builds nothing, and answers as a builder of these commits would. */
export function createMemoryBuilder(parts: {
  readonly commits: readonly KnownCommit[];
  readonly now: () => Instant;
}): Builder {
  const built = new Map<string, BuildOutcome>();
  return {
    build: async (ask, during = {}) => {
      during.signal?.throwIfAborted();
      const known = parts.commits.find((one) => one.service === ask.service && one.commit === ask.commit);
      if (!known) throw new Refused('not-found', `commit ${ask.commit} of ${ask.service} is not known`);
      const name = `${ask.service}@${ask.version}+${ask.commit}`;
      const outcome = built.get(name) ?? outcomeOf(known, name, ask.version, parts.now());
      if (outcome.kind === 'built') built.set(name, outcome);
      for (const gate of outcome.gates) during.progress?.(`quality gate "${gate.name}": ${gate.verdict.reason}`);
      return Promise.resolve(outcome);
    },
  };
}

/** Resolves the tags and commits of these commits. */
export function createMemorySources(parts: { readonly commits: readonly KnownCommit[] }): Sources {
  return {
    resolve: async ({ service, ref, version }) => {
      const here = parts.commits.filter((one) => one.service === service);
      const found = here.find((one) => [`v${one.version}`, one.version].includes(ref) || isPrefix(ref, one.commit));
      const tags = here.map((one) => `v${one.version}`).join(', ');
      if (!found) throw new Refused('not-found', `"${ref}" is no tag or commit of ${service}; there are ${tags}`);
      const { commit, migration } = found;
      return Promise.resolve({ commit, version: version ?? found.version, ...(migration && { migration }) });
    },
  };
}

const isPrefix = (ref: string, commit: string): boolean => /^[0-9a-f]{4,40}$/.test(ref) && commit.startsWith(ref);

function outcomeOf(known: KnownCommit, name: string, version: string, builtAt: Instant): BuildOutcome {
  const gate = known.failingGate;
  if (gate !== undefined) {
    const run: GateRun = { name: gate, verdict: fail('exit code 1, wanted 0'), log: 'not ok 1\n' };
    return { kind: 'refused', reason: `quality gate "${gate}": exit code 1, wanted 0`, gates: [run] };
  }
  const digest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
  const untagged: Omit<Artifact, 'tag'> = { service: known.service, commit: known.commit, version, digest, builtAt };
  const gates: readonly GateRun[] = [
    { name: 'unit tests', verdict: pass('exit code 0 after 1 s'), log: 'ok 1\n' },
    { name: 'secrets scan', verdict: pass('no secret'), log: '1 files looked at\n' },
  ];
  const scanned = { files: 1, by: 'nobody' };
  return { kind: 'built', artifact: { ...untagged, tag: artifactTag(untagged), scanned }, gates };
}
