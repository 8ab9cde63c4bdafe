import { createHash } from 'node:crypto';
import { createMemoryDatabase, type Tables } from '../../src/adapters/memory/database.js';
import { readDeclaration } from '../../src/config/declaration.js';
import { place, tinyDatabaseWorld } from '../support/database-world.js';
import { anArtifact } from '../support/orders.js';
import { query, startCluster, withoutPostgres } from '../support/postgres.js';
import { databaseVersions } from '../support/tiny-database-service.js';
import { databaseSuite } from './database-suite.js';

databaseSuite('in memory', async () => {
  const packages = new Map(
    await Promise.all(
      Object.entries(databaseVersions).map(async ([version, { declaration, scripts }]) => {
        const script = (path: string) => Promise.resolve(scripts[path]?.sql);
        const declared = await readDeclaration({ file: 'migration.yml', text: declaration, script });
        const migration = declared.ok ? declared.migration : undefined;
        const twins = Object.fromEntries(Object.entries(scripts).map(([path, { twin }]) => [path, twin]));
        return [anArtifact(version).digest, { ...(migration && { migration }), scripts: twins }] as const;
      }),
    ),
  );
  const database = createMemoryDatabase({ packages: (digest) => packages.get(digest) ?? { scripts: {} } });
  const rows = (tables: Tables) => tables['public.orders'] ?? [];
  let columns: readonly string[] = ['id', 'item'];
  return {
    database,
    place,
    artifact: (version) => Promise.resolve(anArtifact(version)),
    order: (...things) => {
      const keys = columnsOf();
      database.write(place, (tables) => ({
        ...tables,
        'public.orders': [
          ...rows(tables),
          ...things.map((thing, n) => orderOf(keys, rows(tables).length + n + 1, thing)),
        ],
      }));
      return Promise.resolve();
    },
    orders: () => {
      const keys = columnsOf();
      const thing = keys.includes('sku') ? 'sku' : 'item';
      return Promise.resolve({ columns: keys, things: rows(database.tables(place)).map((row) => String(row[thing])) });
    },
    lose: (proof) => {
      database.lose(proof);
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
  };

  function columnsOf(): readonly string[] {
    const [first] = rows(database.tables(place));
    columns = first ? Object.keys(first) : columns;
    return columns;
  }
});

const orderOf = (columns: readonly string[], id: number, thing: string) =>
  Object.fromEntries(columns.map((column) => [column, column === 'id' ? id : column === 'note' ? '' : thing]));

databaseSuite(
  'on PostgreSQL',
  async () => {
    const cluster = await startCluster();
    const address = await cluster.database(`suite_${createHash('md5').update(String(process.pid)).digest('hex')}`);
    const world = await tinyDatabaseWorld(address);
    const columns = async (): Promise<readonly string[]> => {
      const sql = `select attname::text as name from pg_attribute
        where attrelid = 'public.orders'::regclass and attnum > 0 and not attisdropped order by attnum`;
      return (await query<{ name: string }>(address, sql)).map(({ name }) => name);
    };
    const thing = async () => ((await columns()).includes('sku') ? 'sku' : 'item');
    return {
      ...world,
      place,
      order: async (...things) => {
        const values = things.map((one) => `('${one}')`).join(', ');
        await query(address, `insert into orders (${await thing()}) values ${values}`);
      },
      orders: async () => {
        const sql = `select ${await thing()} as thing from orders order by id`;
        const things = (await query<{ thing: string }>(address, sql)).map((row) => row.thing);
        return { columns: await columns(), things };
      },
      end: async () => {
        await cluster.end();
        await world.end();
      },
    };
  },
  withoutPostgres,
);
