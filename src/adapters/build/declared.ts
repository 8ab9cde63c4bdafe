import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { list } from 'tar';
import type { ServiceConfig } from '../../config/config.js';
import { readDeclaration } from '../../config/declaration.js';
import { Refused } from '../../domain/failure.js';
import type { Migration } from '../../domain/migration.js';

/** A file's text by its path from the top; `undefined` where there is none. */
export type ReadText = (path: string) => Promise<string | undefined>;

/** The migration that is declared there; none for a service without a database. Refused as `invalid`, with all that is wrong. */
export async function declaredMigration(service: ServiceConfig, read: ReadText): Promise<Migration | undefined> {
  const file = service.database?.migration;
  const text = file === undefined ? undefined : await read(file);
  if (file === undefined || text === undefined) return undefined;
  const declared = await readDeclaration({ file, text, script: read });
  if (declared.ok) return declared.migration;
  const faults = declared.problems.map(({ line, column, path, met, wanted }) => ({
    at: `${file}:${line}:${column}${path === '' ? '' : ` ${path}`}`,
    met,
    wanted,
  }));
  const told = declared.problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`).join('; ');
  throw new Refused('invalid', told, faults);
}

/** Why the package does not carry what its commit declares; `undefined` when it does. */
export async function packedOtherwise(
  service: ServiceConfig,
  folders: { readonly checkout: string; readonly output: string },
): Promise<string | undefined> {
  const file = service.database?.migration ?? '';
  const [committed, packed] = await Promise.all([
    declaredMigration(service, textsIn(folders.checkout)),
    declaredMigration(service, textsIn(join(folders.checkout, folders.output))),
  ]);
  if (isDeepStrictEqual(committed, packed)) return undefined;
  const where = `output "${folders.output}"`;
  if (!packed)
    return `${where} holds no ${file}, and the commit declares a migration: let the build copy it and its scripts`;
  if (!committed) return `${where} declares a migration in ${file} that is not in the commit`;
  return `${file} in ${where} is another than in the commit, or its scripts are: wanted the same`;
}

/** The files below a folder; a link that leads out of it leads nowhere. */
export const textsIn =
  (folder: string): ReadText =>
  async (path) => {
    try {
      const [root, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
      return file.startsWith(`${root}/`) ? await readFile(file, 'utf8') : undefined;
    } catch (fault) {
      if (isMissing(fault)) return undefined;
      throw fault;
    }
  };

/** The files of an archive. */
export const textsPacked =
  (archive: string): ReadText =>
  async (path) => {
    const files: Buffer[][] = [];
    await list({
      file: archive,
      filter: (name) => name === path,
      onReadEntry: (entry) => {
        const chunks: Buffer[] = [];
        if (entry.type === 'File') files.push(chunks);
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      },
    });
    const [found] = files;
    return found && Buffer.concat(found).toString('utf8');
  };

const isMissing = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(fault.code));
