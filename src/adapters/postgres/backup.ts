import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type pg from 'pg';
import type { BackupOutcome, BackupProof, Rehearsal } from '../../domain/migration.js';
import { Refused } from '../../domain/failure.js';
import type { DataStep } from '../../domain/migration.js';
import type { Fence } from '../../ports/fleet.js';
import { flush } from '../flush.js';
import { digestOf } from '../build/archive.js';
import { countTables, difference, sameText, type CountedTable } from './compare.js';
import { connected, toolVariables } from './connection.js';
import { connectionName, endOlder, enter, note, refuseOlder } from './ledger.js';
import type { Here, Parts } from './place.js';
import { backupFolder, keptProof, type KeptProof, writeProof } from './proofs.js';
import { rehearse } from './rehearse.js';
import { discardOld } from './retention.js';
import { countScratch, restore, withScratch } from './scratch.js';
import { inTransaction, ScriptFault } from './script.js';
import { runTool, ToolFault } from './tools.js';

/** What a backup is asked for with. */
interface BackupAsk {
  readonly steps: readonly DataStep[];
  readonly fence: Fence;
}

/**
 * Dump, restore, comparison, rehearsal. The proof is written last, so that a backup whose worker died is taken anew and
 * one that has its proof is answered with it.
 */
export async function backUp(parts: Parts, here: Here, { steps, fence }: BackupAsk): Promise<BackupOutcome> {
  const name = connectionName(here.place, fence);
  await connected(here.address, { name }, async (client) => {
    await refuseOlder(client, here.place, fence);
    await endOlder(client, here.place, fence);
  });
  const file = fileOf(here, fence);
  const known = await keptProof(parts.dataDir, file);
  if (known) return { kind: 'proved', proof: withoutColumns(known) };
  const dump = join(parts.dataDir, `${file}.taking`);
  await mkdir(dirname(dump), { recursive: true, mode: 0o700 });
  await rm(dump, { force: true });
  try {
    const taken = await take(parts, here, { dump, name });
    const proved = await prove(parts, here, { dump, name, steps, tables: taken.tables });
    await rename(dump, join(parts.dataDir, file));
    const proof: KeptProof = { place: here.place, ...taken, file, ...proved };
    await writeProof(join(parts.dataDir, `${file}.json`), proof);
    await connected(here.address, { name }, (client) =>
      inTransaction(client, here.limits, async () => {
        const done = await enter(client, here.place, fence);
        if (!done) await note(client, here.place, { what: 'backup', fence });
      }),
    );
    await discardOld(parts, here);
    return { kind: 'proved', proof: withoutColumns(proof) };
  } catch (fault) {
    if (fault instanceof ToolFault || fault instanceof ScriptFault || fault instanceof NotEqual)
      return { kind: 'refused', reason: `${fault.message}. The data was not touched` };
    throw fault;
  } finally {
    await rm(dump, { force: true });
  }
}

/** The proof as it is kept beside its dump: with the columns that its checksums are over. Refused where dump or proof are gone. */
export async function provedBackup({ dataDir }: Parts, { file, digest }: BackupProof): Promise<KeptProof> {
  const kept = await keptProof(dataDir, file);
  if (kept?.digest === digest) return kept;
  const met = kept ? `another backup, ${kept.digest}` : 'no whole dump with a proof';
  throw new Refused(
    'not-found',
    `backup ${file}: met ${met}, wanted ${digest}; no data is changed without a proved backup`,
  );
}

/** Restored contents that are not those of the database. */
export class NotEqual extends Error {}

interface Taken {
  readonly takenAt: string;
  readonly tables: readonly CountedTable[];
  readonly dumpMs: number;
  readonly bytes: number;
  readonly digest: string;
}

/** Dump and count see the same moment: the dump is given the snapshot of the transaction that counts. */
export async function take(
  parts: Parts,
  here: Here,
  { dump, name }: { readonly dump: string; readonly name: string },
): Promise<Taken> {
  const begun = performance.now();
  const taken = await connected(here.address, { name }, async (client) => {
    await client.query(sameText);
    await client.query('begin isolation level repeatable read read only');
    const { snapshot, at } = await snapshotOf(client);
    const [tables] = await bothOrNeither(countTables(client), dumpInto(parts, here, { dump, name, snapshot }));
    await client.query('commit');
    return { tables, takenAt: at };
  });
  const dumpMs = Math.round(performance.now() - begun);
  await flush(dump);
  return { ...taken, dumpMs, bytes: (await stat(dump)).size, digest: await digestOf(dump) };
}

async function snapshotOf(client: pg.Client): Promise<{ readonly snapshot: string; readonly at: string }> {
  const { rows } = await client.query<{ snapshot: string; at: Date }>(
    'select pg_export_snapshot() as snapshot, clock_timestamp() as at',
  );
  return { snapshot: rows[0]?.snapshot ?? '', at: (rows[0]?.at ?? new Date()).toISOString() };
}

/** The snapshot must outlive both, so neither is left behind when the other fails. */
async function bothOrNeither<A, B>(a: Promise<A>, b: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([a, b]);
  return [await a, await b];
}

const dumpInto = (
  { variables }: Parts,
  here: Here,
  { dump, name, snapshot }: { readonly dump: string; readonly name: string; readonly snapshot: string },
): Promise<string> =>
  runTool({
    tool: 'pg_dump',
    args: [
      '--format=custom',
      `--snapshot=${snapshot}`,
      `--lock-wait-timeout=${here.limits.dumpTimeout}`,
      `--file=${dump}`,
    ],
    told: toolVariables(here.address, { name }),
    variables,
    timeout: here.limits.dumpTimeout,
  });

/** Restores a dump, compares it and rehearses on it; `copy` tells the database it is restored into from others of the place. */
export async function prove(
  parts: Parts,
  here: Here,
  ask: {
    readonly dump: string;
    readonly name: string;
    readonly steps: readonly DataStep[];
    readonly tables: readonly CountedTable[];
    readonly copy?: string;
  },
): Promise<{ readonly restoreMs: number; readonly rehearsal: Rehearsal }> {
  return await withScratch(here, ask, async (scratch) => {
    const begun = performance.now();
    await restore(here, scratch, { ...ask, variables: parts.variables });
    const restored = await countScratch(here, scratch, ask.name);
    const restoreMs = Math.round(performance.now() - begun);
    const told = difference(ask.tables, restored, { before: 'the database', after: 'the restored copy' });
    if (told !== undefined) throw new NotEqual(`the backup does not restore to what it was taken from: ${told}`);
    return { restoreMs, rehearsal: await rehearse(parts, here, { ...ask, scratch }) };
  });
}

/** Named by the effect, so that its repetition finds it. */
function fileOf({ place }: Here, { key }: Fence): string {
  const mark = createHash('sha256').update(key).digest('hex').slice(0, 16);
  return join(backupFolder(place), `${mark}.dump`);
}

/** History and records do not need the names of columns. */
const withoutColumns = (kept: KeptProof): BackupProof => ({
  ...kept,
  tables: kept.tables.map(({ table, rows, checksum }) => ({ table, rows, checksum })),
});
