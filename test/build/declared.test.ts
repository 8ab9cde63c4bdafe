import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { createBuilder } from '../../src/adapters/build/builder.js';
import { textsPacked } from '../../src/adapters/build/declared.js';
import { createSources } from '../../src/adapters/build/sources.js';
import type { BuildConfig } from '../../src/config/config.js';
import { Refused } from '../../src/domain/failure.js';
import { someLimits } from '../support/database-world.js';
import { aConfig, aRepository, temporaryDirectory } from './repository.js';

const repository = aRepository();
const declaration = 'class: compatible\nmigrate: db/1.sql\nimpact: A table comes.\n';
const commit = repository.commit({ 'migration.yml': declaration, 'db/1.sql': 'create table a ();\n', server: 'x\n' });
repository.git('tag', 'v1.0.0');
const senseless = repository.commit({ 'migration.yml': 'class: scripted\nmigrate: db/2.sql\nimpact: None.\n' });
repository.git('tag', 'v2.0.0');

function world(build: Partial<BuildConfig> = {}, database = true) {
  const directory = temporaryDirectory();
  const artifacts = createArtifacts({ directory: join(directory, 'artifacts') });
  const config = aConfig({ repository: repository.path, build, ...(database && { database: someLimits }) });
  const parts = { config, directory, variables: process.env };
  const builder = createBuilder({ ...parts, artifacts });
  const resolve = (ref: string) => createSources(parts).resolve({ service: 'shop', ref });
  const buildOf = (version: string, of: string) => builder.build({ service: 'shop', version, commit: of });
  return { artifacts, resolve, buildOf };
}

describe('a commit that declares a migration', () => {
  it('says so when it is resolved, by the hash of its script', async () => {
    const { migration } = await world().resolve('v1.0.0');
    assert.equal(migration?.migrate.path, 'db/1.sql');
    assert.match(migration.migrate.hash, /^sha256:[0-9a-f]{64}$/);
  });

  it('says nothing where its service has no database', async () => {
    assert.deepEqual(await world({}, false).resolve('v1.0.0'), { commit, version: '1.0.0' });
  });

  it('carries declaration and scripts in its package', async () => {
    const { artifacts, buildOf } = world();
    const outcome = await buildOf('1.0.0', commit);
    assert.ok(outcome.kind === 'built');
    const read = textsPacked(await artifacts.fetch(outcome.artifact.digest));
    assert.deepEqual(await Promise.all(['migration.yml', 'db/1.sql', 'db/2.sql'].map(read)), [
      declaration,
      'create table a ();\n',
      undefined,
    ]);
  });

  it('is refused with every fault at its place when it makes no sense, before anything is run', async () => {
    const { resolve, buildOf } = world({ gates: [{ name: 'unit tests', run: 'exit 1' }] });
    const wrong =
      'migration.yml:1:1 revert: met nothing; wanted the path of the script that reverts it: class scripted has a way back; migration.yml:2:10 migrate: met "db/2.sql"; wanted a file of this commit; db/2.sql is none';
    await assert.rejects(resolve('v2.0.0'), (fault) => {
      assert.ok(fault instanceof Refused && fault.code === 'invalid');
      assert.equal(fault.message, wrong);
      assert.deepEqual(
        fault.faults.map(({ at }) => at),
        ['migration.yml:1:1 revert', 'migration.yml:2:10 migrate'],
      );
      return true;
    });
    assert.deepEqual(await buildOf('2.0.0', senseless), { kind: 'refused', reason: wrong, gates: [] });
  });

  it('is not built into a package that declares less, or something else', async () => {
    const copy = 'mkdir -p out/db && cp server out && cp migration.yml out && cp db/1.sql out/db';
    const table = [
      ['mkdir out && cp server out', 'output "out" holds no migration.yml, and the commit declares a migration'],
      [
        `${copy} && echo 'drop table b;' >> out/db/1.sql`,
        'migration.yml in output "out" is another than in the commit',
      ],
    ] as const;
    for (const [run, reason] of table) {
      const outcome = await world({ run, output: 'out' }).buildOf('1.0.0', commit);
      assert.ok(outcome.kind === 'refused' && outcome.reason.startsWith(reason), JSON.stringify(outcome));
    }
    assert.equal((await world({ run: copy, output: 'out' }).buildOf('1.0.0', commit)).kind, 'built');
  });
});
