import { randomBytes } from 'node:crypto';
import { open, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from './os-process.js';

/** Writes a whole file or nothing, readable by its owner only: it may hold what instances are told. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(4).toString('hex')}.draft`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

/** A file's text, or `undefined` where there is no such file. */
export async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** The end of a log, at most `bytes` of it, whole lines; empty where there is none. */
export async function tailOf(path: string, bytes: number): Promise<string> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - bytes);
    const buffer = Buffer.alloc(size - from);
    await file.read(buffer, 0, buffer.length, from);
    const text = buffer.toString('utf8');
    return (from === 0 ? text : text.slice(text.indexOf('\n') + 1)).trimEnd();
  } finally {
    await file.close();
  }
}

/** Takes the oldest files of a folder away, so that at most `count` are left. */
export async function keepNewest(folder: string, count: number): Promise<void> {
  const paths = (await readdir(folder)).map((name) => join(folder, name));
  const aged = await Promise.all(paths.map(async (path) => ({ path, changed: (await stat(path)).mtimeMs })));
  const old = aged.toSorted((a, b) => b.changed - a.changed).slice(count);
  await Promise.all(old.map(({ path }) => rm(path)));
}
