import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Artifact } from '../../domain/artifact.js';
import { Refused } from '../../domain/failure.js';
import type { Artifacts } from '../../ports/artifacts.js';
import { flush } from '../flush.js';
import { digestOf } from './archive.js';
import { whyNotOurs } from './provenance.js';

/** A store that also gives back what was kept beside an artifact. */
export interface ArtifactStore extends Artifacts {
  /** The provenance the artifact was kept with. Refused as `not-found`. */
  provenance(artifact: Pick<Artifact, 'service' | 'commit' | 'version'>): Promise<unknown>;
}

/**
 * Artifacts in a folder: archives by digest in `sha256`, and by revision in `revisions` the artifact with its
 * provenance. Files appear whole or not at all; of two writers of one revision, the first one's word stands.
 */
export function createArtifacts(parts: { readonly directory: string }): ArtifactStore {
  const { directory } = parts;
  const find: Artifacts['find'] = async (ask) => {
    const record = await readRecord(recordPath(directory, ask));
    return record && (await exists(archivePath(directory, record.artifact.digest))) ? record.artifact : undefined;
  };
  const store: ArtifactStore = {
    find,
    keep: async (archive, artifact, provenance) => {
      const first = await find(artifact);
      if (first) return first;
      await keepArchive(archive, archivePath(directory, artifact.digest), artifact.digest);
      await writeOnce(recordPath(directory, artifact), `${JSON.stringify({ artifact, provenance }, undefined, 2)}\n`);
      const kept = await find(artifact);
      if (kept) return kept;
      const what = `${artifact.service} ${artifact.version} of ${artifact.commit}`;
      throw new Refused(
        'invalid',
        `${what} was kept under another digest, whose archive is lost; met ${artifact.digest}`,
      );
    },
    fetch: async (digest) => {
      const path = archivePath(directory, digest);
      if (!(await exists(path))) throw new Refused('not-found', `artifact ${digest} is not in the store`);
      const met = await digestOf(path);
      if (met !== digest)
        throw new Refused('not-found', `artifact ${digest} is damaged: its archive has digest ${met}`);
      return path;
    },
    admit: async (artifact) => {
      const record = await readRecord(recordPath(directory, artifact));
      const why = record ? whyNotAdmitted({ kept: record.artifact, statement: record.provenance }, artifact) : unmade;
      if (why !== undefined) throw notAdmitted(artifact, why);
      return await store.fetch(artifact.digest);
    },
    all: async () => {
      const names = await readdir(join(directory, 'revisions')).catch(noneYet);
      const records = await Promise.all(
        names.filter((name) => name.endsWith('.json')).map((name) => readRecord(join(directory, 'revisions', name))),
      );
      return records.flatMap((record) => (record ? [record.artifact] : []));
    },
    // The record goes first: an archive without one is found by nobody, a record without its archive would be missed.
    discard: async (artifact) => {
      await rm(recordPath(directory, artifact), { force: true });
      const others = await store.all();
      if (others.some(({ digest }) => digest === artifact.digest)) return;
      await rm(archivePath(directory, artifact.digest), { force: true });
    },
    provenance: async (revision) => {
      const record = await readRecord(recordPath(directory, revision));
      if (!record) throw new Refused('not-found', `${revision.service} ${revision.version} is not in the store`);
      return record.provenance;
    },
  };
  return store;
}

const unmade = 'nothing tells who has built it: it is not in the store';

/** What is kept of this revision must be this artifact, and be made as its provenance says. */
export const whyNotAdmitted = (
  { kept, statement }: { readonly kept: Artifact; readonly statement: unknown },
  artifact: Artifact,
): string | undefined =>
  kept.digest === artifact.digest
    ? whyNotOurs(statement, artifact)
    : `it was kept with another digest: met ${artifact.digest}, wanted ${kept.digest}`;

export const notAdmitted = ({ tag }: Artifact, why: string = unmade): Refused =>
  new Refused('invalid', `${tag} is not started: ${why}. Release a version that Slipway has built`);

/** Nothing was ever kept. */
function noneYet(fault: unknown): string[] {
  if (hasCode(fault, 'ENOENT')) return [];
  throw fault;
}

const recordWritten = z.object({
  artifact: z.object({
    service: z.string(),
    version: z.string(),
    commit: z.string(),
    digest: z.string(),
    builtAt: z.string(),
    tag: z.string(),
    scanned: z.object({ files: z.number(), by: z.string() }).exactOptional(),
  }),
  provenance: z.unknown(),
});

function archivePath(directory: string, digest: string): string {
  const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
  if (hex) return join(directory, 'sha256', `${hex}.tar.gz`);
  throw new Refused('invalid', `"${digest}" is not a digest: wanted sha256: and 64 hexadecimal digits`);
}

function recordPath(directory: string, of: Pick<Artifact, 'service' | 'commit' | 'version'>): string {
  return join(directory, 'revisions', `${encodeURIComponent(`${of.service}@${of.version}+${of.commit}`)}.json`);
}

async function readRecord(path: string): Promise<z.infer<typeof recordWritten> | undefined> {
  if (!(await exists(path))) return undefined;
  return recordWritten.parse(JSON.parse(await readFile(path, 'utf8')));
}

/** Written over whatever is there: it has the same digest, or it is damaged. */
async function keepArchive(from: string, to: string, digest: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const temporary = `${to}.${randomUUID()}`;
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    const met = await digestOf(temporary);
    if (met !== digest) throw new Refused('invalid', `archive ${from} has digest ${met}, wanted ${digest}`);
    await flush(temporary);
    await rename(temporary, to);
    await flush(dirname(to));
  } finally {
    await rm(temporary, { force: true });
  }
}

/** A hard link is made or fails at once, and never replaces: the first writer wins. */
async function writeOnce(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  const file = await open(temporary, 'wx');
  try {
    await file.writeFile(content);
    await file.sync();
    await link(temporary, path);
  } catch (fault) {
    if (!hasCode(fault, 'EEXIST')) throw fault;
  } finally {
    await file.close();
    await rm(temporary, { force: true });
  }
  await flush(dirname(path));
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (fault) {
    if (hasCode(fault, 'ENOENT')) return false;
    throw fault;
  }
}

const hasCode = (fault: unknown, code: string): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === code;
