import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { RestoreProof } from '../../domain/restore-test.js';
import type { Place } from '../../domain/environment.js';
import type { RestoreOutcome } from '../../ports/database.js';
import { NotEqual, prove, take } from './backup.js';
import { mark } from './ledger.js';
import type { Here, Parts } from './place.js';
import { backupFolder, isMissing } from './proofs.js';
import { ScriptFault } from './script.js';
import { ToolFault } from './tools.js';

/**
 * Dump, restore, comparison, beside whatever else is done to the data: no effect ends its connections, its copy is its own,
 * and nothing is written to the database. Only the proof is kept.
 */
export async function testRestore(parts: Parts, here: Here): Promise<RestoreOutcome> {
  const file = fileOf(parts, here.place);
  const dump = `${file}.dump`;
  const name = `slipway-restore-test/${mark(here.place)}`;
  await mkdir(dirname(dump), { recursive: true, mode: 0o700 });
  await rm(dump, { force: true });
  try {
    const { takenAt: at, tables, dumpMs, bytes } = await take(parts, here, { dump, name });
    const { restoreMs } = await prove(parts, here, { dump, name, tables, steps: [], copy: 'restore_test' });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    const proof: RestoreProof = { at, tables: tables.length, rows, bytes, dumpMs, restoreMs };
    await writeFile(`${file}.writing`, `${JSON.stringify(proof)}\n`, { mode: 0o600 });
    await rename(`${file}.writing`, file);
    return { kind: 'restored', proof };
  } catch (fault) {
    if (fault instanceof ToolFault || fault instanceof ScriptFault || fault instanceof NotEqual)
      return { kind: 'failed', reason: `${fault.message}. The data was not touched` };
    throw fault;
  } finally {
    await rm(dump, { force: true });
  }
}

/** The latest restore that has worked here; nothing before the first. */
export async function restoreTested(parts: Pick<Parts, 'dataDir'>, place: Place): Promise<RestoreProof | undefined> {
  try {
    return written.parse(JSON.parse(await readFile(fileOf(parts, place), 'utf8')));
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    throw fault;
  }
}

const fileOf = ({ dataDir }: Pick<Parts, 'dataDir'>, place: Place): string =>
  join(dataDir, backupFolder(place), 'restore-test.json');

const written: z.ZodType<RestoreProof> = z.object({
  at: z.string(),
  ...{ tables: z.number(), rows: z.number(), bytes: z.number() },
  ...{ dumpMs: z.number(), restoreMs: z.number() },
});
