import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { provenance } from '../../src/adapters/build/provenance.js';
import { createLocalFleet } from '../../src/adapters/local/fleet.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { Refused } from '../../src/domain/failure.js';
import { aConfig } from '../build/repository.js';
import { localWorld, place } from '../support/local-world.js';

const refusedAs = (code: string, words: RegExp) => (fault: unknown) =>
  fault instanceof Refused && fault.code === code && words.test(fault.message);

/** Between the approval and the start somebody may have been at the store: what is started is looked at when it is started. */
describe('fault 45: what is started is what was approved', () => {
  let world: Awaited<ReturnType<typeof localWorld>>;
  before(async () => {
    world = await localWorld();
  });
  after(() => world.end());

  const statement = (artifact: Artifact) =>
    provenance({
      ...{ artifact, service: aConfig().services['shop']!, gates: [], invocation: 'one' },
      ...{ begunAt: artifact.builtAt, endedAt: artifact.builtAt },
    });
  const store = () => createArtifacts({ directory: join(world.folder, 'artifacts') });
  const fleet = () => createLocalFleet({ dataDir: world.dataDir, config: world.config, artifacts: store() });
  const archiveOf = (version: string) => join(world.folder, `${version}-good.tar.gz`);
  const start = (artifact: Artifact, generation: number) =>
    fleet().start({ place, artifact, instances: 1, fence: { key: `${generation}/start`, generation } });
  const candidate = async () => (await fleet().read(place)).candidate?.artifact.version;

  it('an artifact with its provenance is started', async () => {
    const artifact = await world.artifact('1.0.0');
    await store().keep(archiveOf('1.0.0'), artifact, statement(artifact));
    await start(artifact, 1);
    assert.equal(await candidate(), '1.0.0');
    await fleet().adopt({ place, digest: artifact.digest, fence: { key: '1/adopt', generation: 1 } });
  });

  it('an archive that was replaced since is not', async () => {
    const artifact = await world.artifact('2.0.0');
    await store().keep(archiveOf('2.0.0'), artifact, statement(artifact));
    await copyFile(archiveOf('1.0.0'), await store().fetch(artifact.digest));
    await assert.rejects(start(artifact, 2), refusedAs('not-found', /is damaged: its archive has digest/));
    assert.equal(await candidate(), undefined);
  });

  it('an artifact of another builder, or without provenance, is not, and a batch of it neither', async () => {
    const [unproved, foreign] = [await world.artifact('3.0.0'), await world.artifact('4.0.0')];
    await store().keep(archiveOf('3.0.0'), unproved, {});
    const made = statement(foreign);
    const { runDetails } = made.predicate;
    const elsewhere = { ...runDetails, builder: { ...runDetails.builder, id: 'https://ci.example/job' } };
    const told = { ...made, predicate: { ...made.predicate, runDetails: elsewhere } };
    await store().keep(archiveOf('4.0.0'), foreign, told);
    await assert.rejects(
      start(unproved, 3),
      refusedAs('invalid', /3\.0\.0.* is not started: it was kept without provenance/),
    );
    await assert.rejects(start(foreign, 3), refusedAs('invalid', /another builder: met https:\/\/ci\.example\/job/));
    const from = (await fleet().read(place)).stable?.artifact ?? assert.fail('1.0.0 is stable');
    const batch = { place, batch: 1, of: 1, instances: 1, from, fence: { key: '3/batch', generation: 3 } };
    await assert.rejects(fleet().replace({ ...batch, to: foreign }), refusedAs('invalid', /is not started/));
    const { stable } = await fleet().read(place);
    assert.deepEqual([stable?.artifact.version, stable?.instances.length, await candidate()], ['1.0.0', 1, undefined]);
  });
});
