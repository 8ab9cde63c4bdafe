import type pg from 'pg';
import type { DataWritten, TableChange, TableProof } from '../../domain/migration.js';
import { ledgerTable } from './ledger.js';

/** A table as it was counted, with the columns that its checksum is over. */
export interface CountedTable extends TableProof {
  readonly columns: readonly string[];
}

/** What makes two connections write the same value in the same way, whatever their databases are set to. */
export const sameText = `
  set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 1; set search_path = pg_catalog`;

/** All tables of people's own with rows and checksums, in one look: call it in a transaction that sees one moment. */
export async function countTables(client: pg.Client): Promise<readonly CountedTable[]> {
  const counted: CountedTable[] = [];
  for (const { table, quoted, columns } of await tablesOf(client))
    counted.push({ table, columns, ...(await contents(client, quoted, columns)) });
  return counted;
}

/** Where a restored copy is not what it was taken from; `undefined` when it is. */
export function difference(
  before: readonly CountedTable[],
  after: readonly CountedTable[],
  names: { readonly before: string; readonly after: string },
): string | undefined {
  const tables = [...new Set([...before, ...after].map(({ table }) => table))].sort();
  const told = tables.flatMap((table) => {
    const [was, is] = [before, after].map((side) => side.find((one) => one.table === table));
    if (!was || !is) return [`${table} is missing in ${was ? names.after : names.before}`];
    if (was.rows !== is.rows)
      return [`${table} has ${was.rows} rows in ${names.before} and ${is.rows} in ${names.after}`];
    return was.checksum === is.checksum
      ? []
      : [`${table} has other contents in ${names.after} than in ${names.before}`];
  });
  if (told.length === 0) return undefined;
  return told.length > 5 ? `${told.slice(0, 5).join('; ')}; and ${told.length - 5} more` : told.join('; ');
}

/** What has changed in the tables since they were counted, by the columns that are still there. */
export async function changesSince(
  client: pg.Client,
  before: readonly CountedTable[],
  at: string,
): Promise<DataWritten> {
  const there = await tablesOf(client);
  const gone = before.filter(({ table }) => !there.some((one) => one.table === table));
  const changed: TableChange[] = gone.map(({ table, rows }) => ({ table, before: rows, content: 'changed' }));
  let same = 0;
  for (const { table, quoted, columns } of there) {
    const was = before.find((one) => one.table === table);
    const comparable = was?.columns.every((column) => columns.includes(column)) ?? false;
    const now = await contents(client, quoted, was && comparable ? was.columns : []);
    const content = contentOf(was, now, comparable);
    if (content === 'same') same += 1;
    else changed.push({ table, ...(was && { before: was.rows }), now: now.rows, content });
  }
  return { at, changed: changed.toSorted((a, b) => a.table.localeCompare(b.table)), same };
}

function contentOf(
  was: CountedTable | undefined,
  now: Pick<CountedTable, 'rows' | 'checksum'>,
  comparable: boolean,
): TableChange['content'] {
  if (!was || was.rows !== now.rows) return 'changed';
  if (!comparable) return 'other-columns';
  return was.checksum === now.checksum ? 'same' : 'changed';
}

interface Table {
  readonly table: string;
  readonly quoted: string;
  /** Sorted by name, so that a column that was taken away and brought back is where it was. */
  readonly columns: readonly string[];
}

async function tablesOf(client: pg.Client): Promise<readonly Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname || '.' || c.relname as "table", quote_ident(n.nspname) || '.' || quote_ident(c.relname) as quoted,
       array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
             order by a.attname::text collate "C") as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
       and n.nspname || '.' || c.relname <> $1
     order by 1`,
    [ledgerTable],
  );
  return rows;
}

/** Whatever order the rows are in; two changes that cancel each other out do not occur by accident. */
async function contents(
  client: pg.Client,
  quoted: string,
  columns: readonly string[],
): Promise<Pick<CountedTable, 'rows' | 'checksum'>> {
  const row = columns.map((column) => `t."${column.replaceAll('"', '""')}"`).join(', ');
  const { rows } = await client.query<{ rows: string; checksum: string }>(
    `select count(*)::text as rows, md5(concat_ws('/', count(*), sum(('x' || substr(m, 1, 16))::bit(64)::bigint::numeric),
       sum(('x' || substr(m, 17))::bit(64)::bigint::numeric))) as checksum
     from (select md5(row(${row})::text) as m from only ${quoted} t) hashed`,
  );
  return { rows: Number(rows[0]?.rows ?? 0), checksum: rows[0]?.checksum ?? '' };
}
