import { open, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Place } from '../../domain/environment.js';
import type { BackupProof } from '../../domain/migration.js';
import { digestOf } from '../build/archive.js';
import { flush } from '../flush.js';
import type { CountedTable } from './compare.js';

/** A proof as it is kept beside its dump: with the columns that its checksums are over. */
export type KeptProof = Omit<BackupProof, 'tables'> & { readonly tables: readonly CountedTable[] };

/** Where the backups of a place lie, under the data folder. */
export const backupFolder = ({ environment, service }: Place): string => join('backups', environment, service);

/** A backup counts when dump and proof are there and belong together. */
export async function keptProof(dataDir: string, file: string): Promise<KeptProof | undefined> {
  const proof = await proofIn(join(dataDir, `${file}.json`));
  try {
    return proof && (await digestOf(join(dataDir, file))) === proof.digest ? proof : undefined;
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    throw fault;
  }
}

/** The proof in a file, whatever became of its dump; nothing where there is none. */
export async function proofIn(path: string): Promise<KeptProof | undefined> {
  try {
    return keptWritten.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (fault) {
    if (isMissing(fault)) return undefined;
    throw fault;
  }
}

export async function writeProof(path: string, proof: KeptProof): Promise<void> {
  const file = await open(`${path}.writing`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(proof, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.writing`, path);
  await flush(dirname(path));
}

export const isMissing = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && fault.code === 'ENOENT';

const keptWritten: z.ZodType<KeptProof> = z.object({
  place: z.object({ service: z.string(), environment: z.string() }),
  takenAt: z.string(),
  file: z.string(),
  bytes: z.number(),
  digest: z.string(),
  tables: z.array(
    z.object({ table: z.string(), rows: z.number(), checksum: z.string(), columns: z.array(z.string()) }),
  ),
  dumpMs: z.number(),
  restoreMs: z.number(),
  rehearsal: z.object({ migrateMs: z.number().exactOptional(), revertMs: z.number().exactOptional() }),
});
