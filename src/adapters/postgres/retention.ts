import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { oldBackups } from '../../domain/decisions/old-backups.js';
import type { Here, Parts } from './place.js';
import { backupFolder, proofIn } from './proofs.js';

/** Removes backups that have had their time. What has no proof is somebody else's, and is left alone. */
export async function discardOld({ dataDir }: Parts, { place, limits }: Here): Promise<void> {
  const folder = join(dataDir, backupFolder(place));
  const proofs = (await readdir(folder)).filter((name) => name.endsWith('.dump.json'));
  const known = await Promise.all(
    proofs.map(async (name) => ({ name, takenAt: (await proofIn(join(folder, name)))?.takenAt })),
  );
  const backups = known.flatMap(({ name, takenAt }) => (takenAt === undefined ? [] : [{ name, takenAt }]));
  for (const { name } of oldBackups(backups, { at: new Date().toISOString(), keepFor: limits.keepBackups })) {
    // The proof goes last: whoever dies in between leaves what the next one finds.
    await rm(join(folder, name.replace(/\.json$/, '')), { force: true });
    await rm(join(folder, name), { force: true });
  }
}
