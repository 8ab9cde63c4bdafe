import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { inTransaction, runScript } from '../../src/adapters/postgres/script.js';
import { findTool } from '../../src/adapters/postgres/tools.js';
import type { DatabaseConfig } from '../../src/config/config.js';
import { seconds } from '../../src/domain/duration.js';
import type { BackupProof, Reversal } from '../../src/domain/migration.js';
import { aConfig } from '../build/repository.js';
import { databaseOf, place, someLimits, tinyDatabaseWorld, type Told } from '../support/database-world.js';
import { type Cluster, query, startCluster, withoutPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';
import type { Errand } from './crash-worker.js';

let cluster: Cluster;
let first: Awaited<ReturnType<typeof tinyDatabaseWorld>>;
let databases = 0;

/** A copy of a database in which 1.0.0 and 1.1.0 have been, with three orders. */
async function aDatabase(limits: Partial<DatabaseConfig> = {}) {
  const address = await cluster.database(`db_${++databases}`, 'first');
  const dataDir = join(first.told.dataDir, `db_${databases}`);
  const config = aConfig({ database: { ...someLimits, ...limits } });
  return worldOf({ ...first.told, config, dataDir, address });
}

function worldOf(told: Told) {
  const database = databaseOf(told);
  const changeOf = async (version: string): Promise<Reversal> => {
    const artifact = await first.artifact(version);
    const migration = (await database.declared(artifact)) as Reversal['migration'];
    return { migration, of: { version, digest: artifact.digest } };
  };
  const backUp = async (version: string, generation: number) => {
    const steps = [{ kind: 'migrate', ...(await changeOf(version)) }] as const;
    return await database.backup({ place, steps, fence: fence(generation, 'backup') });
  };
  const proofOf = async (version: string, generation: number): Promise<BackupProof> => {
    const outcome = await backUp(version, generation);
    assert.ok(outcome.kind === 'proved', outcome.kind === 'refused' ? outcome.reason : '');
    return outcome.proof;
  };
  const migrate = async (version: string, generation: number) => {
    const [proof, change] = [await proofOf(version, generation), await changeOf(version)];
    return await database.migrate({ place, ...change, proof, fence: fence(generation, 'migrate') });
  };
  return { told, address: told.address, database, changeOf, backUp, proofOf, migrate };
}

type World = ReturnType<typeof worldOf>;
const fence = (generation: number, step: string) => ({ key: `run/${generation}/${step}`, generation });

describe('on a real PostgreSQL', { skip: withoutPostgres }, () => {
  before(async () => {
    cluster = await startCluster();
    first = await tinyDatabaseWorld(await cluster.database('first'));
    const { migrate, address } = worldOf(first.told);
    await migrate('1.0.0', 1);
    await migrate('1.1.0', 2);
    await query(address, "insert into orders (item) values ('apple'), ('pear'), ('plum')");
  });
  after(async () => {
    await cluster.end();
    await first.end();
  });

  describe('a backup', () => {
    it('holds whatever people keep: schemas, odd names, partitions, arrays, bytes, numbers that are none', async () => {
      const { address, proofOf } = await aDatabase();
      await query(
        address,
        `create schema "Odd ""schema"; create table "Odd ""schema"."a table" ("Column ""x" float8, b bytea, "array" text[]);
         insert into "Odd ""schema"."a table" values ('NaN', '\\x00ff', '{a,"b c",NULL}'), (1e-300, null, '{}'), ('NaN', '\\x00ff', '{a,"b c",NULL}');
         create table parts (day date, n int generated always as (1) stored) partition by range (day);
         create table parts_1 partition of parts for values from ('2026-01-01') to ('2027-01-01');
         insert into parts values ('2026-11-24'), ('2026-11-25'); create table nothing_in_it ();
         create materialized view seen as select * from orders;`,
      );
      const { tables } = await proofOf('2.0.0', 3);
      assert.deepEqual(
        tables.map(({ table, rows }) => `${table} ${rows}`),
        ['Odd "schema.a table 3', 'public.nothing_in_it 0', 'public.orders 3', 'public.parts_1 2'],
      );
    });

    it('sees one moment, whatever users write while it is taken', async () => {
      const { address, proofOf } = await aDatabase();
      let ordering = true;
      const users = (async () => {
        for (let n = 0; ordering; n += 1) await query(address, `insert into orders (item) values ('order ${n}')`);
      })();
      const { tables } = await proofOf('2.0.0', 3);
      ordering = false;
      await users;
      assert.ok((tables[0]?.rows ?? 0) >= 3);
    });

    it('that does not restore is refused with PostgreSQL’s own words, and the data is not touched', async () => {
      const { address, backUp } = await aDatabase();
      await query(
        address,
        `create table items (name text); insert into items values ('apple'), ('pear'), ('plum');
         create function is_known(text) returns boolean language sql as 'select exists (select from items where name = $1)';
         alter table orders add check (is_known(item));`,
      );
      const outcome = await backUp('2.0.0', 3);
      assert.ok(outcome.kind === 'refused');
      assert.match(
        outcome.reason,
        /^pg_restore: .*ERROR: {2}relation "items" does not exist.*The data was not touched$/s,
      );
      assert.deepEqual(await copies(address), []);
    });

    it('leaves no copy behind, and no half of a dump', async () => {
      const { address, proofOf, told } = await aDatabase();
      const { file } = await proofOf('2.0.0', 3);
      assert.deepEqual(await copies(address), []);
      const kept = await readdir(join(told.dataDir, 'backups/production/shop'));
      assert.ok(
        kept.every((name) => /\.dump(\.json)?$/.test(name)),
        kept.join(),
      );
      assert.ok(kept.includes(file.split('/').at(-1) ?? ''));
    });

    it('takes the place of those that have had their time; the latest three are always kept', async () => {
      const { proofOf, told } = await aDatabase();
      const folder = join(told.dataDir, 'backups/production/shop');
      const { file: own, ...proof } = await proofOf('2.0.0', 3);
      for (const year of [2021, 2022, 2023, 2024]) {
        const old = {
          ...proof,
          tables: [],
          file: `backups/production/shop/${year}.dump`,
          takenAt: `${year}-01-01T00:00:00Z`,
        };
        await writeFile(join(folder, `${year}.dump.json`), JSON.stringify(old));
        await writeFile(join(folder, `${year}.dump`), 'old');
      }
      await writeFile(join(folder, 'somebody-elses.dump'), 'kept');
      const { file: next } = await proofOf('2.0.0', 4);
      const kept = (await readdir(folder)).filter((name) => name.endsWith('.dump'));
      const names = [own, next].map((path) => path.split('/').at(-1) ?? '');
      assert.deepEqual(kept.sort(), [...names, '2024.dump', 'somebody-elses.dump'].sort());
    });

    it('is not taken without PostgreSQL’s programs: what to install is said', async () => {
      const message = /pg_none is not found on PATH: install PostgreSQL's client programs.*apt install/;
      await assert.rejects(findTool('pg_none', process.env), { code: 'not-found', message });
    });
  });

  describe('a script', () => {
    it('that has to wait for a table gives way to users, and is worth asking again', async () => {
      const { address, proofOf, changeOf, database } = await aDatabase({ lockTimeout: 100 });
      const [proof, change] = [await proofOf('2.0.0', 3), await changeOf('2.0.0')];
      const ask = { place, ...change, proof, fence: fence(3, 'migrate') };
      await holding(address, 'lock table orders in access share mode', async () => {
        await assert.rejects(database.migrate(ask), { message: /db\/0003-sku\.sql: .*lock timeout \(55P03\)/ });
      });
      assert.equal((await database.migrate(ask)).kind, 'applied');
    });

    const limits = { statementTimeout: 200, lockTimeout: 200 };
    const faults: readonly (readonly [says: string, sql: string, reads: RegExp])[] = [
      ['takes too long', 'select pg_sleep(20)', /^x\.sql was still running after 200 ms, the statement-timeout$/],
      ['ends its transaction', 'select 1; commit; begin', /^x\.sql ends the transaction it runs in/],
      ['is wrong', 'select 1;\n\nselect "ü" from orders', /^x\.sql:3: column "ü" does not exist \(42703\)$/],
      [
        'breaks what it deferred',
        'create table late (n int unique deferrable initially deferred); insert into late values (1), (1)',
        /^x\.sql: duplicate key value violates unique constraint "late_n_key" \(23505\)$/,
      ],
    ];
    for (const [says, text, reads] of faults)
      it(`that ${says} is refused and leaves nothing behind`, async () => {
        const { address } = await aDatabase();
        const client = new pg.Client({ connectionString: address });
        await client.connect();
        const run = inTransaction(client, limits, () => runScript(client, { path: 'x.sql', text }, limits));
        await assert.rejects(run, { name: 'ScriptFault', message: reads });
        await client.end();
        assert.deepEqual(await query(address, "select 1 where to_regclass('late') is not null"), []);
      });
  });

  describe('a secret', () => {
    it('is in no message, whatever fails', async () => {
      const { told, address } = await aDatabase();
      const wrong = [
        { ...told, address: address.replace(/\/db_/, '/no_such_db_') },
        { ...told, address: address.replace(/:\d+\/db/, ':1/db') },
        { ...told, address: address.replace('shop:', 'nobody:') },
        { ...told, address: `${address} and more` },
        { ...told, address: address.replace('postgresql:', 'mysql:') },
        { ...told, address: '' },
      ];
      for (const one of wrong) {
        const database = databaseOf(one);
        const backup = () => database.backup({ place, steps: [], fence: fence(9, 'backup') });
        for (const ask of [() => database.read(place), backup])
          await assert.rejects(ask(), (fault: Error) => {
            const told = `${fault.message} ${fault.stack} ${JSON.stringify(fault)}`;
            assert.ok(!told.includes(cluster.password), fault.message);
            return true;
          });
      }
    });

    it('that is not there is named', async () => {
      const { told } = await aDatabase();
      const wanted = {
        code: 'invalid',
        message:
          'environment variable SHOP_DB: met nothing; wanted the address of the database of shop in production, postgresql://…',
      };
      await assert.rejects(databaseOf({ ...told, address: '' }).read(place), wanted);
    });
  });

  describe('a newer generation', () => {
    it('ends what an older one is still doing, and it never comes about', async () => {
      const { address, proofOf, changeOf, database } = await aDatabase({ lockTimeout: seconds(20) });
      const [proof, change] = [await proofOf('2.0.0', 3), await changeOf('2.0.0')];
      await holding(address, 'lock table orders in access share mode', async () => {
        const late = database.migrate({ place, ...change, proof, fence: fence(3, 'migrate') });
        const ended = assert.rejects(late, { message: /terminating connection/ });
        await until(() => waiting(address));
        const back = await database.revert({ place, ...change, fence: fence(4, 'back') });
        assert.equal(back.kind, 'not-applied');
        await ended;
      });
      const again = database.migrate({ place, ...change, proof, fence: fence(3, 'migrate') });
      await assert.rejects(again, { code: 'superseded' });
      assert.deepEqual(await columns(address), ['id', 'item', 'note']);
    });
  });

  describe('a worker that is killed', () => {
    it('while it dumps leaves what the next one takes anew', async () => {
      const world = await aDatabase();
      await holding(world.address, 'lock table orders in access exclusive mode', () => killed(world, 'backup', 3));
      const proof = await world.proofOf('2.0.0', 3);
      assert.equal(proof.tables[0]?.rows, 3);
      const kept = await readdir(join(world.told.dataDir, 'backups/production/shop'));
      assert.ok(
        kept.every((name) => /\.dump(\.json)?$/.test(name)),
        kept.join(),
      );
      assert.deepEqual(await copies(world.address), []);
    });

    it('before its script has the table has done nothing; the next one does it once', async () => {
      const world = await aDatabase({ lockTimeout: seconds(20) });
      const proof = await world.proofOf('2.0.0', 3);
      await holding(world.address, 'lock table orders in access share mode', () => killed(world, 'migrate', 3, proof));
      await appliedOnce(world, proof);
    });

    it('between its script and the note of it has done neither; the next one does both once', async () => {
      const world = await aDatabase({ lockTimeout: seconds(20) });
      const proof = await world.proofOf('2.0.0', 3);
      const lock = 'lock table slipway_migration in share mode';
      await holding(world.address, lock, () => killed(world, 'migrate', 3, proof));
      assert.deepEqual(await columns(world.address), ['id', 'item', 'note']);
      await appliedOnce(world, proof);
    });

    it('while it takes a migration back leaves it to the next one, which does it once', async () => {
      const world = await aDatabase({ lockTimeout: seconds(20) });
      const proof = await world.proofOf('2.0.0', 3);
      await world.migrate('2.0.0', 3);
      for (const lock of ['lock table orders in access share mode', 'lock table slipway_migration in share mode'])
        await holding(world.address, lock, () => killed(world, 'revert', 4, proof));
      const ask = { place, ...(await world.changeOf('2.0.0')), fence: fence(4, 'revert') };
      assert.equal((await world.database.revert(ask)).kind, 'reverted');
      assert.equal((await world.database.revert(ask)).kind, 'reverted');
      assert.deepEqual(await columns(world.address), ['id', 'item', 'note']);
      assert.deepEqual(await written(world.address), ['migrate 2.0.0', 'revert 2.0.0']);
    });

    it('right after its end has done it: the next one is only told', async () => {
      const world = await aDatabase();
      const proof = await world.proofOf('2.0.0', 3);
      await world.migrate('2.0.0', 3);
      await appliedOnce(world, proof);
    });
  });
});

/** The migration is asked for twice, and stands in data and ledger once. */
async function appliedOnce({ database, changeOf, address }: World, proof: BackupProof): Promise<void> {
  const ask = { place, ...(await changeOf('2.0.0')), proof, fence: fence(3, 'migrate') };
  assert.equal((await database.migrate(ask)).kind, 'applied');
  assert.equal((await database.migrate(ask)).kind, 'applied');
  assert.deepEqual(await columns(address), ['id', 'sku', 'note']);
  assert.deepEqual(await written(address), ['migrate 2.0.0']);
}

/** Starts an effect in a process of its own, and kills it when it waits for what the test holds. */
async function killed(world: World, effect: Errand['effect'], generation: number, proof?: BackupProof): Promise<void> {
  const { told, changeOf, address } = world;
  const change = await changeOf('2.0.0');
  const steps = [{ kind: 'migrate', ...change }] as const;
  const ask = { place, ...change, steps, fence: fence(generation, effect), proof: proof ?? noProof };
  const errand: Errand = { told, effect, ask };
  const file = join(told.dataDir, `errand-${effect}.json`);
  await mkdir(told.dataDir, { recursive: true });
  await writeFile(file, JSON.stringify(errand));
  const worker = spawn(process.execPath, [fileURLToPath(new URL('crash-worker.js', import.meta.url)), file], {
    stdio: 'ignore',
  });
  const gone = once(worker, 'exit');
  await until(() => waiting(address));
  worker.kill('SIGKILL');
  assert.deepEqual(await gone, [null, 'SIGKILL']);
}

const noProof: BackupProof = {
  place,
  takenAt: '',
  file: '',
  bytes: 0,
  digest: '',
  tables: [],
  dumpMs: 0,
  restoreMs: 0,
  rehearsal: {},
};

/** Holds a lock while `work` is done. */
async function holding(address: string, lock: string, work: () => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(lock);
    await work();
    await client.query('rollback');
  } finally {
    await client.end();
  }
}

async function waiting(address: string): Promise<boolean> {
  const sql = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
    and application_name like 'slipway/%'`;
  return (await query(address, sql)).length > 0;
}

async function columns(address: string): Promise<readonly string[]> {
  const sql = `select attname::text as name from pg_attribute
    where attrelid = 'public.orders'::regclass and attnum > 0 and not attisdropped order by attnum`;
  return (await query<{ name: string }>(address, sql)).map(({ name }) => name);
}

/** What the ledger says of 2.0.0. */
async function written(address: string): Promise<readonly string[]> {
  const sql = `select what || ' ' || (change -> 'of' ->> 'version') as told from slipway_migration
    where change -> 'of' ->> 'version' = '2.0.0' order by id`;
  return (await query<{ told: string }>(address, sql)).map(({ told }) => told);
}

/** Scratch databases that are still there. */
async function copies(address: string): Promise<readonly string[]> {
  const sql = "select datname::text as name from pg_database where datname like 'slipway_scratch%'";
  return (await query<{ name: string }>(address, sql)).map(({ name }) => name);
}
