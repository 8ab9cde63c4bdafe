import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import type { Place } from '../../domain/environment.js';
import { isOutrun, type Newest, newestWith, outrunBy } from '../../domain/fencing.js';
import { Refused } from '../../domain/failure.js';
import type { AppliedMigration, DataChange } from '../../domain/migration.js';
import type { Fence } from '../../ports/fleet.js';

/** What is written of an effect, in the same transaction as the effect itself. */
export interface Entry {
  readonly what: 'backup' | 'migrate' | 'revert';
  readonly fence: Fence;
  /** Missing for a backup, and for a revert that found nothing to revert. */
  readonly change?: DataChange;
}

/** An effect that was done before. */
export interface Done {
  readonly what: string;
  readonly at: string;
  /** Whether it changed data. */
  readonly changed: boolean;
}

export const ledgerTable = 'public.slipway_migration';

/** The name by which the connections of an effect are known to the server, so that a newer one finds and ends them. */
export const connectionName = (place: Place, { generation }: Fence): string => `slipway/${mark(place)}/${generation}`;

/** The short name of a place, for whatever must not be long. */
export const mark = ({ service, environment }: Place): string =>
  createHash('sha256').update(`${service}/${environment}`).digest('hex').slice(0, 12);

/** Ends what effects of this or an older generation are still doing: their workers are gone, or are to stop. */
export async function endOlder(client: pg.Client, place: Place, { generation }: Fence): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where pid <> pg_backend_pid() and application_name like $1 and split_part(application_name, '/', 3) ~ '^[0-9]+$'
       and split_part(application_name, '/', 3)::numeric <= $2`,
    [`slipway/${mark(place)}/%`, generation],
  );
}

/**
 * Inside a transaction: waits for every other effect on this place, makes the table where it is missing, and refuses what
 * is older than anything seen. What was done under this key before is answered.
 */
export async function enter(client: pg.Client, place: Place, fence: Fence): Promise<Done | undefined> {
  await client.query('select pg_advisory_xact_lock($1::bigint)', [BigInt(`0x${mark(place)}`).toString()]);
  await client.query(`
    create table if not exists ${ledgerTable} (
      id bigint generated always as identity primary key,
      place text not null,
      key text not null,
      generation bigint not null,
      what text not null check (what in ('backup', 'migrate', 'revert')),
      change jsonb,
      at timestamptz not null default clock_timestamp(),
      unique (place, key)
    )`);
  const seen = await newest(client, place);
  if (isOutrun(fence, seen)) throw superseded(place, fence, seen);
  const { rows } = await client.query<{ what: string; at: Date; changed: boolean }>(
    `select what, at, change is not null as changed from ${ledgerTable} where place = $1 and key = $2`,
    [name(place), fence.key],
  );
  return rows[0] && { ...rows[0], at: rows[0].at.toISOString() };
}

/** Writes an effect down; when it was. */
export async function note(client: pg.Client, place: Place, { what, fence, change }: Entry): Promise<string> {
  const { rows } = await client.query<{ at: Date }>(
    `insert into ${ledgerTable} (place, key, generation, what, change) values ($1, $2, $3, $4, $5) returning at`,
    [name(place), fence.key, fence.generation, what, change ? JSON.stringify(change) : null],
  );
  return (rows[0]?.at ?? new Date()).toISOString();
}

/** The highest generation seen, and what is applied; without the table nothing ever was. */
export async function readLedger(
  client: pg.Client,
  place: Place,
): Promise<{ readonly generation: number; readonly applied: readonly AppliedMigration[] }> {
  if (!(await isThere(client))) return { generation: 0, applied: [] };
  const { rows } = await client.query<{ what: string; at: Date; change: unknown }>(
    `select what, at, change from ${ledgerTable} where place = $1 and change is not null order by id`,
    [name(place)],
  );
  const applied = new Map<string, AppliedMigration>();
  for (const { what, at, change } of rows) {
    const { migration, of } = changeWritten.parse(change);
    const hash = migration.migrate.hash;
    applied.delete(hash);
    if (what === 'migrate') applied.set(hash, { migration, of, at: at.toISOString() });
  }
  const { generation } = await newest(client, place);
  return { generation, applied: [...applied.values()] };
}

/** Refuses what is older than anything that has changed data here. */
export async function refuseOlder(client: pg.Client, place: Place, fence: Fence): Promise<void> {
  const seen = (await isThere(client)) ? await newest(client, place) : { generation: 0 };
  if (isOutrun(fence, seen)) throw superseded(place, fence, seen);
}

const name = ({ service, environment }: Place): string => `${service}/${environment}`;

async function isThere(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>('select to_regclass($1) is not null as there', [ledgerTable]);
  return rows[0]?.there ?? false;
}

async function newest(client: pg.Client, place: Place): Promise<Newest> {
  const { rows } = await client.query<{ key: string; generation: string }>(
    `select key, generation::text from ${ledgerTable}
     where place = $1 and generation = (select max(generation) from ${ledgerTable} where place = $1)`,
    [name(place)],
  );
  const tokens = rows.map(({ key, generation }) => ({ key, generation: Number(generation) }));
  return tokens.reduce<Newest>((seen, token) => (isOutrun(token, seen) ? seen : newestWith(token, seen)), {
    generation: 0,
  });
}

const superseded = (place: Place, fence: Fence, seen: Newest): Refused =>
  new Refused('superseded', outrunBy(fence, seen, `the database of ${place.service} in ${place.environment}`));

const script = z.object({ path: z.string(), hash: z.string() });
const declared = {
  migrate: script,
  impact: z.string(),
  phase: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('expand') }),
      z.object({ kind: z.literal('contract'), expands: z.string() }),
    ])
    .exactOptional(),
};

const changeWritten: z.ZodType<DataChange> = z.object({
  migration: z.discriminatedUnion('class', [
    z.object({ class: z.literal('compatible'), ...declared, revert: script.exactOptional() }),
    z.object({ class: z.literal('scripted'), ...declared, revert: script }),
    z.object({ class: z.literal('irreversible'), ...declared }),
  ]),
  of: z.object({ version: z.string(), digest: z.string() }),
});
