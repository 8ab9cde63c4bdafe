import pg from 'pg';
import { spoken, type Milliseconds } from '../../domain/duration.js';
import type { DatabaseConfig } from '../../config/config.js';

/** A script as it is run: `path` is for messages. */
export interface Sql {
  readonly path: string;
  readonly text: string;
}

/** The script itself is at fault, or takes too long: asking again changes nothing. It has left nothing behind. */
export class ScriptFault extends Error {
  override readonly name = 'ScriptFault';
}

type Limits = Pick<DatabaseConfig, 'statementTimeout' | 'lockTimeout'>;

/**
 * Does `work` in one transaction: all of it or nothing. The server ends it when nobody goes on with it, so that a worker
 * that was cut off holds no table of users.
 */
export async function inTransaction<T>(client: pg.Client, limits: Limits, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query(
      `set local lock_timeout = ${limits.lockTimeout}; set local idle_in_transaction_session_timeout = 60000`,
    );
    const answer = await work();
    await client.query('commit');
    return answer;
  } catch (fault) {
    // The first fault is the one to tell; without a transaction there is nothing left to end.
    await client.query('rollback').catch(() => undefined);
    throw fault;
  }
}

/** Runs a whole script inside the transaction under way, what it deferred included. */
export async function runScript(client: pg.Client, sql: Sql, limits: Limits): Promise<void> {
  const before = await transaction(client);
  await client.query(`set local statement_timeout = ${limits.statementTimeout}`);
  try {
    await client.query(sql.text);
    if ((await transaction(client)) !== before)
      throw new ScriptFault(`${sql.path} ends the transaction it runs in: wanted a script without COMMIT or ROLLBACK`);
    await client.query('set constraints all immediate');
  } catch (fault) {
    throw tellFault(fault, sql, limits);
  }
  await client.query('set local statement_timeout = 0');
}

/** A fault of the script as such; whatever asking again may cure stays as it is. */
function tellFault(fault: unknown, sql: Sql, { statementTimeout }: Limits): unknown {
  if (!(fault instanceof pg.DatabaseError)) return fault;
  const code = fault.code ?? '';
  if (code === '57014') return new ScriptFault(late(sql, statementTimeout));
  if (passing.some((prefix) => code.startsWith(prefix)))
    return new Error(`${sql.path}: ${fault.message} (${code})`, { cause: fault });
  return new ScriptFault(`${sql.path}${lineOf(fault, sql)}: ${fault.message} (${code})`);
}

const late = ({ path }: Sql, timeout: Milliseconds): string =>
  `${path} was still running after ${spoken(timeout)}, the statement-timeout`;

/** Connections, resources, operators' doings, locks and serialization: the classes of errors that pass. */
const passing = ['08', '40', '53', '55P03', '57', '58', 'XX'];

const lineOf = ({ position }: pg.DatabaseError, { text }: Sql): string =>
  position === undefined
    ? ''
    : `:${
        Array.from(text)
          .slice(0, Number(position) - 1)
          .join('')
          .split('\n').length
      }`;

/** The number of the transaction under way, which a script that commits does not keep. */
async function transaction(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ id: string }>('select txid_current()::text as id');
  return rows[0]?.id;
}
