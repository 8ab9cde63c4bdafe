import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import type { MemoryScript, Row, Tables } from '../../src/adapters/memory/database.js';

/** One version of the tiny service: what it declares, its scripts, and what each does to tables in memory. */
interface DatabaseVersion {
  /** The column in which this version keeps what was ordered. */
  readonly column: 'item' | 'sku';
  readonly declaration: string;
  readonly scripts: Readonly<Record<string, { readonly sql: string; readonly twin: MemoryScript }>>;
}

const orders = (tables: Tables): readonly Row[] => tables['public.orders'] ?? [];
const changed =
  (change: (row: Row) => Row): MemoryScript =>
  (tables) => ({ ...tables, 'public.orders': orders(tables).map(change) });
const renamed = (from: string, to: string): MemoryScript =>
  changed((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key === from ? to : key, value])));
const without = (gone: string): MemoryScript =>
  changed((row) => Object.fromEntries(Object.entries(row).filter(([key]) => key !== gone)));

/** The versions of a service that keeps orders in PostgreSQL, by tag. */
export const databaseVersions: Readonly<Record<string, DatabaseVersion>> = {
  '1.0.0': {
    column: 'item',
    declaration: 'class: compatible\nmigrate: db/0001-orders.sql\nimpact: The table of orders is new.\n',
    scripts: {
      'db/0001-orders.sql': {
        sql: 'create table public.orders (id bigint generated always as identity primary key, item text not null);\n',
        twin: (tables) => ({ ...tables, 'public.orders': [] }),
      },
    },
  },
  '1.1.0': {
    column: 'item',
    declaration:
      'class: compatible\nphase: expand\nmigrate: db/0002-note.sql\nimpact: Orders may carry a note, which the version before does not show.\n',
    scripts: {
      'db/0002-note.sql': {
        sql: "alter table public.orders add column note text not null default '';\n",
        twin: changed((row) => ({ ...row, note: '' })),
      },
    },
  },
  '2.0.0': {
    column: 'sku',
    declaration:
      'class: scripted\nmigrate: db/0003-sku.sql\nrevert: db/0003-sku-back.sql\nimpact: What was an item is a SKU from now on.\n',
    scripts: {
      'db/0003-sku.sql': {
        sql: '-- one column, another name\nalter table public.orders rename column item to sku;\n',
        twin: renamed('item', 'sku'),
      },
      'db/0003-sku-back.sql': {
        sql: 'alter table public.orders rename column sku to item;\n',
        twin: renamed('sku', 'item'),
      },
    },
  },
  // Its revert script forgets what its migration threw away: the rehearsal refuses it before anything is done.
  '2.1.0': {
    column: 'item',
    declaration:
      'class: scripted\nmigrate: db/0004-drop.sql\nrevert: db/0004-drop-back.sql\nimpact: Notes are moved elsewhere.\n',
    scripts: {
      'db/0004-drop.sql': { sql: 'alter table public.orders drop column note;\n', twin: without('note') },
      'db/0004-drop-back.sql': {
        sql: "alter table public.orders add column note text not null default 'lost';\n",
        twin: changed((row) => ({ ...row, note: 'lost' })),
      },
    },
  },
  // Passes its rehearsal, and fails on what is written after it.
  '2.2.0': {
    column: 'item',
    declaration: 'class: compatible\nmigrate: db/0005-unique.sql\nimpact: Nothing is ordered twice.\n',
    scripts: {
      'db/0005-unique.sql': {
        sql: 'alter table public.orders add column seen boolean;\n\nalter table public.orders add unique (item);\n',
        twin: (tables) => {
          const items = orders(tables).map(({ item }) => item);
          if (new Set(items).size < items.length)
            throw new Error('db/0005-unique.sql:3: could not create unique index');
          return tables;
        },
      },
    },
  },
  '3.0.0': {
    column: 'item',
    declaration:
      'class: irreversible\nphase: contract\nexpands: 1.1.0\nmigrate: db/0006-no-note.sql\nimpact: Notes are gone for good.\n',
    scripts: {
      'db/0006-no-note.sql': { sql: 'alter table public.orders drop column note;\n', twin: without('note') },
    },
  },
  // Both versions work on what it does, so that nobody notices whether it is there.
  '1.2.0': {
    column: 'item',
    declaration:
      'class: scripted\nmigrate: db/0007-gift.sql\nrevert: db/0007-gift-back.sql\nimpact: Orders may be gifts, which the version before does not know.\n',
    scripts: {
      'db/0007-gift.sql': {
        sql: 'alter table public.orders add column gift text;\n',
        twin: changed((row) => ({ ...row, gift: '' })),
      },
      'db/0007-gift-back.sql': { sql: 'alter table public.orders drop column gift;\n', twin: without('gift') },
    },
  },
};

/**
 * A git repository with the service, a tag per version. It is told by `ORDERS_DATABASE` which file holds the address of
 * its database, and by `POSTGRES_CLIENT` which module it speaks to it with.
 */
export async function makeTinyDatabaseService(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const env = { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const git = (...args: string[]) =>
    execa('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.invalid', ...args], { cwd: directory, env });
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  };
  await git('init', '--quiet', '--initial-branch=main');
  await put('server.mjs', program);
  for (const [version, { column, declaration, scripts }] of Object.entries(databaseVersions)) {
    await put('version.json', JSON.stringify({ version, column }));
    await put('migration.yml', declaration);
    for (const [path, { sql }] of Object.entries(scripts)) await put(path, sql);
    await git('add', '--all');
    await git('commit', '--quiet', '--message', version);
    await git('tag', `v${version}`);
  }
}

const program = `import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
const { ORDERS_DATABASE, POSTGRES_CLIENT, PORT } = process.env;
const { version, column } = JSON.parse(readFileSync('version.json', 'utf8'));
const { default: pg } = await import(POSTGRES_CLIENT);
const pool = new pg.Pool({ connectionString: readFileSync(ORDERS_DATABASE, 'utf8').trim(), max: 4 });
pool.on('error', () => undefined);
const insert = 'insert into orders (' + column + ') values ($1) returning id';
const count = 'select count(' + column + ') as orders from orders';
const server = createServer(async (request, response) => {
  const answer = (status, body) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  request.resume();
  try {
    if (request.url === '/healthz' || request.url === '/readyz') return answer(200, {});
    if (request.url === '/version') return answer(200, { version });
    const ordered = request.method === 'POST';
    const { rows } = await (ordered ? pool.query(insert, ['apple of ' + version]) : pool.query(count));
    return answer(ordered ? 201 : 200, { ...rows[0], version });
  } catch (fault) {
    return answer(500, { error: 'the orders cannot be reached' });
  }
});
server.listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => server.close(() => process.exit(0)));
`;
