import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Artifact } from '../../src/domain/artifact.js';
import type { Place } from '../../src/domain/environment.js';
import type { BackupProof, DataChange, DataStep, Reversal } from '../../src/domain/migration.js';
import type { Database } from '../../src/ports/database.js';

/** A world a suite can be run against: the port, the versions of the tiny database service, and users who order. */
export interface DatabaseWorld {
  readonly database: Database;
  readonly place: Place;
  readonly artifact: (version: string) => Promise<Artifact>;
  /** Orders these things, with whichever column they are kept in. */
  readonly order: (...things: readonly string[]) => Promise<void>;
  /** The columns that an order has, and the things ordered. */
  readonly orders: () => Promise<{ readonly columns: readonly string[]; readonly things: readonly string[] }>;
  readonly lose: (proof: BackupProof) => Promise<void>;
  readonly end: () => Promise<void>;
}

/** What a database promises, whatever it is. */
export function databaseSuite(name: string, open: () => Promise<DatabaseWorld>, skip: string | false = false): void {
  describe(`${name}: data is migrated with a proved backup, and comes back`, { skip }, () => {
    let world: DatabaseWorld | undefined;
    const at = (): DatabaseWorld => world!;
    before(async () => {
      world = await open();
    });
    after(() => world?.end());

    const changeOf = async (version: string): Promise<DataChange> => {
      const artifact = await at().artifact(version);
      const migration = await at().database.declared(artifact);
      assert.ok(migration, `${version} declares a migration`);
      return { migration, of: { version, digest: artifact.digest } };
    };
    const reversalOf = async (version: string): Promise<Reversal> => {
      const { migration, of } = await changeOf(version);
      assert.ok(migration.class === 'scripted');
      return { migration, of };
    };
    const backup = async (generation: number, version: string): Promise<BackupProof> => {
      const steps: readonly DataStep[] = [{ kind: 'migrate', ...(await changeOf(version)) }];
      const { place, database } = at();
      const outcome = await database.backup({ place, steps, fence: fence(generation, '01-backup') });
      assert.ok(outcome.kind === 'proved', outcome.kind === 'refused' ? outcome.reason : '');
      return outcome.proof;
    };
    const migrate = async (generation: number, version: string, key = '02-migrate') => {
      const [proof, change] = [await backup(generation, version), await changeOf(version)];
      const { place, database } = at();
      return await database.migrate({ place, ...change, proof, fence: fence(generation, key) });
    };
    const applied = async () => (await at().database.read(at().place)).applied.map(({ of }) => of.version);

    it('nothing is applied before the first release', async () => {
      assert.deepEqual(await at().database.read(at().place), { generation: 0, applied: [] });
    });

    it('an artifact tells what it does to data', async () => {
      const { migration } = await changeOf('2.0.0');
      assert.equal(migration.class, 'scripted');
      assert.equal(migration.migrate.path, 'db/0003-sku.sql');
      assert.match(migration.migrate.hash, /^sha256:[0-9a-f]{64}$/);
    });

    it('a first migration is applied, and the database remembers it', async () => {
      assert.equal((await migrate(1, '1.0.0')).kind, 'applied');
      assert.deepEqual(await applied(), ['1.0.0']);
      assert.equal((await at().database.read(at().place)).generation, 1);
    });

    it('a backup tells what it holds, and how long the rehearsal took', async () => {
      await at().order('apple', 'pear', 'plum');
      const proof = await backup(2, '2.0.0');
      assert.deepEqual(
        proof.tables.map(({ table, rows }) => [table, rows]),
        [['public.orders', 3]],
      );
      assert.match(proof.tables[0]?.checksum ?? '', /^[0-9a-f]{32}$/);
      assert.match(proof.digest, /^sha256:[0-9a-f]{64}$/);
      assert.ok(proof.bytes > 0);
      assert.ok(proof.rehearsal.migrateMs !== undefined && proof.rehearsal.revertMs !== undefined);
      assert.deepEqual((await at().orders()).columns, ['id', 'item']);
    });

    it('a restore is rehearsed, and the latest that has worked is remembered', async () => {
      const { place, database } = at();
      assert.equal(await database.restoreTested(place), undefined);
      const before = await database.read(place);
      const outcome = await database.testRestore(place);
      assert.ok(outcome.kind === 'restored', outcome.kind === 'failed' ? outcome.reason : '');
      assert.deepEqual([outcome.proof.tables, outcome.proof.rows, outcome.proof.bytes > 0], [1, 3, true]);
      assert.deepEqual(await database.restoreTested(place), outcome.proof);
      assert.deepEqual(await database.read(place), before, 'the database remembers nothing of it');
      assert.deepEqual(await database.restoreTested({ ...place, environment: 'nowhere' }), undefined);
    });

    it('a backup and a rehearsed restore of one place do not disturb each other', async () => {
      const { place, database } = at();
      const [tested] = await Promise.all([database.testRestore(place), backup(2, '2.0.0')]);
      assert.equal(tested.kind, 'restored');
    });

    it('a backup asked for again is answered with the same proof', async () => {
      assert.deepEqual(await backup(2, '2.0.0'), await backup(2, '2.0.0'));
    });

    it('a revert script that does not bring the data back is refused before anything is done', async () => {
      await migrate(3, '1.1.0');
      const steps = [{ kind: 'migrate', ...(await changeOf('2.1.0')) }] as const;
      const { place, database } = at();
      const outcome = await database.backup({ place, steps, fence: fence(4, '01-backup') });
      assert.ok(outcome.kind === 'refused');
      assert.match(outcome.reason, /db\/0004-drop-back\.sql does not bring .* back.*The data was not touched/s);
      assert.deepEqual((await at().orders()).columns, ['id', 'item', 'note']);
      assert.deepEqual(await applied(), ['1.0.0', '1.1.0']);
    });

    it('a migration is applied once, under the same key and under another', async () => {
      assert.equal((await migrate(5, '1.1.0')).kind, 'applied');
      assert.equal((await migrate(5, '1.1.0')).kind, 'applied');
      assert.equal((await migrate(5, '1.1.0', '07-migrate')).kind, 'applied');
      assert.deepEqual(await applied(), ['1.0.0', '1.1.0']);
    });

    it('without its backup nothing is migrated', async () => {
      const [proof, change] = [await backup(6, '2.0.0'), await changeOf('2.0.0')];
      await at().lose(proof);
      const { place, database } = at();
      const lost = database.migrate({ place, ...change, proof, fence: fence(6, '02-migrate') });
      await assert.rejects(lost, { code: 'not-found' });
      assert.deepEqual((await at().orders()).columns, ['id', 'item', 'note']);
    });

    it('a script that fails on what was written since leaves nothing behind, and says where it failed', async () => {
      const [proof, change] = [await backup(7, '2.2.0'), await changeOf('2.2.0')];
      await at().order('apple');
      const { place, database } = at();
      const outcome = await database.migrate({ place, ...change, proof, fence: fence(7, '02-migrate') });
      assert.ok(outcome.kind === 'refused');
      assert.match(outcome.reason, /db\/0005-unique\.sql.* could not create unique index/);
      assert.deepEqual((await at().orders()).columns, ['id', 'item', 'note']);
      assert.deepEqual(await applied(), ['1.0.0', '1.1.0']);
    });

    it('what was written since the backup is told by table', async () => {
      const { place, database } = at();
      const proof = await backup(8, '2.0.0');
      assert.deepEqual((await database.writtenSince(place, proof)).changed, []);
      await database.migrate({ place, ...(await changeOf('2.0.0')), proof, fence: fence(8, '02-migrate') });
      assert.deepEqual((await database.writtenSince(place, proof)).changed, [
        { table: 'public.orders', before: 4, now: 4, content: 'other-columns' },
      ]);
      await at().order('fig');
      const { changed } = await database.writtenSince(place, proof);
      assert.deepEqual(changed, [{ table: 'public.orders', before: 4, now: 5, content: 'changed' }]);
    });

    it('a scripted migration comes back with what was written after it', async () => {
      const { place, database } = at();
      const ask = { place, ...(await reversalOf('2.0.0')) };
      assert.deepEqual((await at().orders()).columns, ['id', 'sku', 'note']);
      assert.equal((await database.revert({ ...ask, fence: fence(9, '02-back') })).kind, 'reverted');
      assert.deepEqual(await at().orders(), {
        columns: ['id', 'item', 'note'],
        things: ['apple', 'pear', 'plum', 'apple', 'fig'],
      });
      assert.deepEqual(await applied(), ['1.0.0', '1.1.0']);
    });

    it('a revert that is asked for again is done, and one that finds nothing applied says so', async () => {
      const { place, database } = at();
      const ask = { place, ...(await reversalOf('2.0.0')) };
      assert.equal((await database.revert({ ...ask, fence: fence(9, '02-back') })).kind, 'reverted');
      assert.equal((await database.revert({ ...ask, fence: fence(10, '02-back') })).kind, 'not-applied');
    });

    it('an older generation is refused as superseded, whatever it asks', async () => {
      const { place, database } = at();
      const [proof, change] = [await backup(11, '2.0.0'), await changeOf('2.0.0')];
      await database.revert({ place, ...(await reversalOf('2.0.0')), fence: fence(12, '02-back') });
      const late = fence(11, '02-migrate');
      await assert.rejects(database.migrate({ place, ...change, proof, fence: late }), { code: 'superseded' });
      await assert.rejects(database.backup({ place, steps: [], fence: late }), { code: 'superseded' });
      const back = database.revert({ place, ...(await reversalOf('2.0.0')), fence: late });
      await assert.rejects(back, { code: 'superseded' });
      assert.deepEqual((await at().orders()).columns, ['id', 'item', 'note']);
    });

    it('an earlier run of the same generation is refused: Reset makes another run of the same plan', async () => {
      const { place, database } = at();
      const of = (run: string, step: string) => ({
        key: `01a20bed-${run}-79dd-b5fd-3cc00524baaf/12/${step}`,
        generation: 12,
      });
      const ask = { place, ...(await reversalOf('2.0.0')) };
      assert.equal((await database.revert({ ...ask, fence: of('a785', '02-back') })).kind, 'not-applied');
      await assert.rejects(database.revert({ ...ask, fence: of('9ed7', '03-late') }), { code: 'superseded' });
      assert.equal((await database.revert({ ...ask, fence: of('a785', '03-goes-on') })).kind, 'not-applied');
    });

    it('a migration that came back can be applied anew', async () => {
      assert.equal((await migrate(13, '2.0.0')).kind, 'applied');
      assert.deepEqual(await applied(), ['1.0.0', '1.1.0', '2.0.0']);
      assert.deepEqual((await at().orders()).columns, ['id', 'sku', 'note']);
    });

    it('an irreversible one is remembered as such', async () => {
      assert.equal((await migrate(14, '3.0.0')).kind, 'applied');
      const { applied: all } = await at().database.read(at().place);
      assert.deepEqual(
        [all.at(-1)?.migration.class, all.at(-1)?.migration.phase],
        ['irreversible', { kind: 'contract', expands: '1.1.0' }],
      );
      assert.deepEqual((await at().orders()).columns, ['id', 'sku']);
    });
  });
}

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });
