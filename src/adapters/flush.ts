import { open } from 'node:fs/promises';

/** Has what was written there reach the disk: of a folder, that a file in it has this name. */
export async function flush(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
