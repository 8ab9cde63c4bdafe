import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { provenance } from '../../src/adapters/build/provenance.js';
import { createMemoryArtifacts } from '../../src/adapters/memory/artifacts.js';
import { artifactTag, type Artifact } from '../../src/domain/artifact.js';
import { Refused } from '../../src/domain/failure.js';
import type { Artifacts } from '../../src/ports/artifacts.js';
import { aConfig, temporaryDirectory } from '../build/repository.js';

const stores: Readonly<Record<string, (directory: string) => Artifacts>> = {
  'a folder': (directory) => createArtifacts({ directory }),
  memory: (directory) => createMemoryArtifacts({ directory }),
};

const incoming = join(temporaryDirectory(), 'package.tar.gz');

function anArtifact(content: string, more: Partial<Artifact> = {}): Artifact {
  writeFileSync(incoming, content);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const revision = { service: 'shop', version: '1.0.0', commit: 'a'.repeat(40), builtAt: '2026-11-24T03:00:00.000Z' };
  const untagged = { ...revision, digest, ...more };
  return { ...untagged, tag: artifactTag(untagged) };
}

const provenanceOf = (artifact: Artifact) =>
  provenance({
    ...{ artifact, service: aConfig().services['shop']!, gates: [], invocation: 'one' },
    ...{ begunAt: artifact.builtAt, endedAt: artifact.builtAt },
  });

const notAdmitted = (why: RegExp) => (fault: unknown) =>
  fault instanceof Refused &&
  fault.code === 'invalid' &&
  /is not started: /.test(fault.message) &&
  why.test(fault.message);

for (const [world, create] of Object.entries(stores))
  describe(`artifacts in ${world}`, () => {
    it('what was kept is found by its revision and fetched by its digest', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      assert.deepEqual(await store.keep(incoming, artifact, {}), artifact);
      assert.deepEqual(await store.find(artifact), artifact);
      assert.equal(readFileSync(await store.fetch(artifact.digest), 'utf8'), 'tea');
    });

    it('another commit, version or service is another revision', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      await store.keep(incoming, artifact, {});
      for (const other of [{ commit: 'b'.repeat(40) }, { version: '1.0.1' }, { service: 'till' }])
        assert.equal(await store.find({ ...artifact, ...other }), undefined);
    });

    it('keeping a revision again changes nothing and returns what was kept first', async () => {
      const store = create(temporaryDirectory());
      const first = anArtifact('tea');
      await store.keep(incoming, first, {});
      const later = anArtifact('coffee', { builtAt: '2026-11-25T03:00:00.000Z' });
      assert.deepEqual(await store.keep(incoming, later, {}), first);
      assert.deepEqual(await store.find(later), first);
    });

    it('what is discarded is found and fetched no more; an archive that another revision has stays', async () => {
      const store = create(temporaryDirectory());
      assert.deepEqual(await store.all(), []);
      const [tea, same, coffee] = [
        anArtifact('tea'),
        anArtifact('tea', { version: '1.0.1' }),
        anArtifact('coffee', { version: '1.0.2' }),
      ];
      for (const [content, artifact] of [
        ['tea', tea],
        ['tea', same],
        ['coffee', coffee],
      ] as const) {
        writeFileSync(incoming, content);
        await store.keep(incoming, artifact, {});
      }
      await store.discard(tea);
      await store.discard(coffee);
      await store.discard(coffee);
      assert.deepEqual(await store.all(), [same]);
      assert.equal(readFileSync(await store.fetch(tea.digest), 'utf8'), 'tea');
      await assert.rejects(store.fetch(coffee.digest), /is not in the store/);
    });

    it('the archive given is read and not moved, and may go afterwards', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      await store.keep(incoming, artifact, {});
      assert.equal(readFileSync(incoming, 'utf8'), 'tea');
      rmSync(incoming);
      assert.equal(readFileSync(await store.fetch(artifact.digest), 'utf8'), 'tea');
    });

    it('an unknown digest is refused as not found', async () => {
      const fetched = create(temporaryDirectory()).fetch(`sha256:${'0'.repeat(64)}`);
      await assert.rejects(fetched, (fault) => fault instanceof Refused && fault.code === 'not-found');
    });

    it('an archive with another digest than its artifact is not kept', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      writeFileSync(incoming, 'water');
      const kept = store.keep(incoming, artifact, {});
      await assert.rejects(kept, (fault) => fault instanceof Refused && fault.code === 'invalid');
      assert.equal(await store.find(artifact), undefined);
    });

    it('fault 45: what is to be started is admitted by its provenance and its digest, and fetched', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      await store.keep(incoming, artifact, provenanceOf(artifact));
      assert.equal(readFileSync(await store.admit(artifact), 'utf8'), 'tea');
    });

    it('fault 45: what was built elsewhere, otherwise, or by nobody known is not admitted, and no other digest is', async () => {
      const store = create(temporaryDirectory());
      const artifact = anArtifact('tea');
      await assert.rejects(store.admit(artifact), notAdmitted(/nothing tells who has built it/));
      const [unproved, elsewhere] = [{ version: '2.0.0' }, { version: '3.0.0' }].map((more) => anArtifact('tea', more));
      await store.keep(incoming, artifact, provenanceOf(artifact));
      await store.keep(incoming, unproved!, {});
      await store.keep(incoming, elsewhere!, provenanceOf(artifact));
      await assert.rejects(store.admit(unproved!), notAdmitted(/it was kept without provenance/));
      await assert.rejects(store.admit(elsewhere!), notAdmitted(/another version: met 1\.0\.0, wanted 3\.0\.0/));
      const swapped = { ...artifact, digest: `sha256:${'0'.repeat(64)}` };
      await assert.rejects(store.admit(swapped), notAdmitted(/it was kept with another digest: met sha256:0{64}/));
    });
  });
