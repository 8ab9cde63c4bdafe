import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Artifact } from '../../domain/artifact.js';
import { Refused } from '../../domain/failure.js';
import type { Artifacts } from '../../ports/artifacts.js';
import { notAdmitted, whyNotAdmitted } from '../build/artifacts.js';

/** Artifacts that last as long as the process. `directory` is where a fetched archive is put, as the port hands out paths. */
export function createMemoryArtifacts(parts: { readonly directory: string }): Artifacts {
  const archives = new Map<string, Buffer>();
  const byRevision = new Map<string, Artifact>();
  const statements = new Map<string, unknown>();
  const store: Artifacts = {
    find: (ask) => Promise.resolve(byRevision.get(revisionOf(ask))),
    keep: async (archive, artifact, provenance) => {
      const first = byRevision.get(revisionOf(artifact));
      if (first) return first;
      const content = await readFile(archive);
      const met = `sha256:${createHash('sha256').update(content).digest('hex')}`;
      if (met !== artifact.digest)
        throw new Refused('invalid', `archive ${archive} has digest ${met}, wanted ${artifact.digest}`);
      archives.set(artifact.digest, content);
      const kept = byRevision.get(revisionOf(artifact)) ?? artifact;
      byRevision.set(revisionOf(artifact), kept);
      if (kept === artifact) statements.set(revisionOf(artifact), provenance);
      return kept;
    },
    fetch: async (digest) => {
      const content = archives.get(digest);
      if (!content) throw new Refused('not-found', `artifact ${digest} is not in the store`);
      const path = join(parts.directory, `${digest.slice('sha256:'.length)}.tar.gz`);
      await mkdir(parts.directory, { recursive: true });
      await writeFile(path, content);
      return path;
    },
    admit: async (artifact) => {
      const kept = byRevision.get(revisionOf(artifact));
      if (!kept) throw notAdmitted(artifact);
      const why = whyNotAdmitted({ kept, statement: statements.get(revisionOf(artifact)) }, artifact);
      if (why !== undefined) throw notAdmitted(artifact, why);
      return await store.fetch(artifact.digest);
    },
    all: () => Promise.resolve([...byRevision.values()]),
    discard: (artifact) => {
      byRevision.delete(revisionOf(artifact));
      if (![...byRevision.values()].some(({ digest }) => digest === artifact.digest)) archives.delete(artifact.digest);
      return Promise.resolve();
    },
  };
  return store;
}

const revisionOf = (of: Pick<Artifact, 'service' | 'commit' | 'version'>): string =>
  `${of.service}@${of.version}+${of.commit}`;
