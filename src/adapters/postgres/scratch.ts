import pg from 'pg';
import { connected, toolVariables } from './connection.js';
import type { Variables } from '../secret.js';
import { countTables, sameText, type CountedTable } from './compare.js';
import { mark, ledgerTable } from './ledger.js';
import type { Here } from './place.js';
import { runTool } from './tools.js';

/**
 * A database that holds a restored copy for as long as it is looked at. One for each place and kind of copy: what a dead
 * worker left goes.
 */
export async function withScratch<T>(
  here: Here,
  { name, copy = 'scratch' }: { readonly name: string; readonly copy?: string },
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const database = `slipway_${copy}_${mark(here.place)}`;
  const drop = `drop database if exists ${database} with (force)`;
  const onServer = (statement: string) => connected(here.scratch, { name }, (client) => client.query(statement));
  await onServer(drop);
  const { encoding, collate, ctype } = await localeOf(here, name);
  const literal = (text: string): string => pg.escapeLiteral(text);
  await onServer(
    `create database ${database} template template0 encoding ${literal(encoding)} lc_collate ${literal(collate)} lc_ctype ${literal(ctype)}`,
  );
  try {
    return await work({ database });
  } finally {
    await onServer(drop);
  }
}

export interface Scratch {
  readonly database: string;
}

/** Restores a dump into the scratch database; throws a `ToolFault` where it does not restore. */
export async function restore(
  here: Here,
  { database }: Scratch,
  from: { readonly dump: string; readonly name: string; readonly variables: Variables },
): Promise<void> {
  await runTool({
    tool: 'pg_restore',
    // Roles, subscriptions and the like belong to the server and not to the data.
    args: [
      ...['--exit-on-error', '--jobs=2', '--no-owner', '--no-privileges', '--no-comments'],
      ...['--no-publications', '--no-subscriptions', `--dbname=${database}`, from.dump],
    ],
    told: toolVariables(here.scratch, { name: from.name, database }),
    variables: from.variables,
    timeout: here.limits.dumpTimeout,
  });
}

/** What the copy holds. */
export const countScratch = (here: Here, { database }: Scratch, name: string): Promise<readonly CountedTable[]> =>
  connected(here.scratch, { name, database }, async (client) => {
    await client.query(sameText);
    return await countTables(client);
  });

/**
 * The schema of the copy as a set of lines: whatever PostgreSQL itself would dump, with the order of columns left out,
 * since a column that is taken away and brought back comes last.
 */
export async function schemaOf(
  here: Here,
  { database }: Scratch,
  how: { readonly name: string; readonly variables: Variables },
): Promise<readonly string[]> {
  const dumped = await runTool({
    tool: 'pg_dump',
    args: ['--schema-only', '--no-owner', '--no-privileges', `--exclude-table=${ledgerTable}`],
    told: toolVariables(here.scratch, { name: how.name, database }),
    variables: how.variables,
    timeout: here.limits.dumpTimeout,
  });
  return dumped
    .split('\n')
    .map((line) => line.trimEnd().replace(/,$/, ''))
    .filter((line) => line !== '' && !line.startsWith('--') && !line.startsWith('\\'))
    .sort();
}

interface Locale {
  readonly encoding: string;
  readonly collate: string;
  readonly ctype: string;
}

async function localeOf(here: Here, name: string): Promise<Locale> {
  return await connected(here.address, { name }, async (client) => {
    const { rows } = await client.query<Locale>(
      `select pg_encoding_to_char(encoding) as encoding, datcollate as collate, datctype as ctype
       from pg_database where datname = current_database()`,
    );
    const [locale] = rows;
    if (!locale) throw new Error('the server does not know the database it is connected to');
    return locale;
  });
}
