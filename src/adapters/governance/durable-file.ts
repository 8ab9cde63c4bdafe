import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a file that must not be there yet; a file with this very content counts as written. Whoever crashes in between
 * leaves either nothing or all of it, and a temporary file that the repetition takes away.
 */
export async function createFile(path: string, content: string): Promise<void> {
  const temporary = await writeBeside(path, content);
  try {
    await link(temporary, path);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
    if ((await readText(path)) !== content)
      throw new Error(`${path} is there already and holds something else; move it away, it is not overwritten`, {
        cause: error,
      });
  } finally {
    await rm(temporary, { force: true });
  }
  await syncFolder(dirname(path));
}

/** Puts a new content in the place of a file's old one, all of it or nothing. */
export async function replaceFile(path: string, content: string): Promise<void> {
  await rename(await writeBeside(path, content), path);
  await syncFolder(dirname(path));
}

/** Adds to the end of a file, which is made if it is missing. */
export async function appendToFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** What a file holds; `undefined` where there is none. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    // Decoded at once: with an encoding, `readFile` decodes piece by piece, which takes several times as long.
    return (await readFile(path)).toString('utf8');
  } catch (error) {
    if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) return undefined;
    throw error;
  }
}

export const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

async function writeBeside(path: string, content: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${path.slice(dirname(path).length + 1)}.slipway`);
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  return temporary;
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
