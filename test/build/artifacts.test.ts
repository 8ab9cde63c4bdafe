import assert from 'node:assert/strict';
import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { digestOf } from '../../src/adapters/build/archive.js';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { Refused } from '../../src/domain/failure.js';
import { temporaryDirectory } from './repository.js';

const incoming = temporaryDirectory();

async function anArchive(content: string): Promise<{ readonly path: string; readonly artifact: Artifact }> {
  const path = join(incoming, `${content}.tar.gz`);
  writeFileSync(path, content);
  const revision = { service: 'shop', version: '1.0.0', commit: 'a'.repeat(40) };
  const artifact = { ...revision, digest: await digestOf(path), builtAt: '2026-11-24T03:00:00.000Z', tag: content };
  return { path, artifact };
}

const refusedAs = (code: string, words: RegExp) => (fault: unknown) =>
  fault instanceof Refused && fault.code === code && words.test(fault.message);

describe('an archive is what its digest says', () => {
  it('a damaged archive is refused, naming the digest met and the one wanted', async () => {
    const store = createArtifacts({ directory: temporaryDirectory() });
    const { path, artifact } = await anArchive('whole');
    await store.keep(path, artifact, {});
    appendFileSync(await store.fetch(artifact.digest), 'x');
    const words = new RegExp(`${artifact.digest} is damaged: its archive has digest sha256:[0-9a-f]{64}`);
    await assert.rejects(store.fetch(artifact.digest), refusedAs('not-found', words));
  });

  it('an archive that is not what the artifact says is not kept', async () => {
    const directory = temporaryDirectory();
    const store = createArtifacts({ directory });
    const { artifact } = await anArchive('wanted');
    const { path } = await anArchive('met');
    await assert.rejects(store.keep(path, artifact, {}), refusedAs('invalid', /has digest .*, wanted/));
    assert.deepEqual(readdirSync(join(directory, 'sha256')), []);
    assert.equal(await store.find(artifact), undefined);
  });

  it('a name that is not a digest reaches no file', async () => {
    const store = createArtifacts({ directory: temporaryDirectory() });
    await assert.rejects(store.fetch('sha256:../../../etc/passwd'), refusedAs('invalid', /is not a digest/));
  });
});

describe('the first word on a revision stands', () => {
  it('many writers at once leave one artifact and nothing half-written', async () => {
    const directory = temporaryDirectory();
    const archives = await Promise.all(['one', 'two', 'three', 'four'].map(anArchive));
    const kept = await Promise.all(
      archives.map(({ path, artifact }) => createArtifacts({ directory }).keep(path, artifact, { by: artifact.tag })),
    );
    const [winner] = kept;
    assert(winner);
    for (const artifact of kept) assert.deepEqual(artifact, winner);
    const store = createArtifacts({ directory });
    assert.deepEqual(await store.find(winner), winner);
    assert.deepEqual(await store.provenance(winner), { by: winner.tag });
    assert.equal(await digestOf(await store.fetch(winner.digest)), winner.digest);
    assert(readdirSync(join(directory, 'revisions')).every((name) => name.endsWith('.json')));
    assert(readdirSync(join(directory, 'sha256')).every((name) => name.endsWith('.tar.gz')));
  });

  it('an archive that was lost may be kept again, but not under another digest', async () => {
    const store = createArtifacts({ directory: temporaryDirectory() });
    const { path, artifact } = await anArchive('first');
    await store.keep(path, artifact, {});
    rmSync(await store.fetch(artifact.digest));
    assert.equal(await store.find(artifact), undefined);
    const other = await anArchive('second');
    await assert.rejects(store.keep(other.path, other.artifact, {}), refusedAs('invalid', /kept under another digest/));
    assert.deepEqual(await store.keep(path, { ...artifact, tag: 'later' }, {}), artifact);
  });
});
