import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { changeLogPath } from '../../domain/decisions/records/change-log.js';
import { changeLogPages } from '../../domain/decisions/records/change-log-pages.js';
import { isCode, readText } from './durable-file.js';

/** The Change Log's pages that exist, oldest first. */
export async function listPages(directory: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(directory, 'docs'));
    return changeLogPages(names.map((name) => `docs/${name}`));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** The Change Log's latest pages and itself, oldest first; all of it where no number is given. */
export async function readChangeLog(
  directory: string,
  latest?: number,
): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const pages = (await listPages(directory)).slice(latest === undefined ? 0 : -latest);
  return await Promise.all(
    [...pages, changeLogPath].map(async (path) => ({ path, text: (await readText(join(directory, path))) ?? '' })),
  );
}
