import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { changeLogPath } from '../../domain/decisions/records/change-log.js';
import { sha256 } from './chain.js';
import { isCode, readText } from './durable-file.js';
import { isRecord, recordFolders } from './inspect.js';
import type { AuditFacts } from './inspect.js';
import { listChain } from './ledger.js';
import type { Ledger } from './ledger.js';
import type { Repository } from './repository.js';

/** Reads all that an audit looks at from the disk and from git's history. */
export async function gatherAudit(parts: {
  readonly directory: string;
  readonly repository: Repository;
  readonly ledger: Ledger;
}): Promise<AuditFacts> {
  const { directory, repository, ledger } = parts;
  const chain = await inBatches(await listChain(directory), async (path) => ({
    path,
    text: (await readText(join(directory, path))) ?? '',
  }));
  const hashes = new Map(
    await inBatches(ledger.files(), async (path) => [path, await hashOnDisk(join(directory, path))] as const),
  );
  return {
    chain,
    hashOfFile: (path) => hashes.get(path),
    found: (await inBatches(recordFolders, (folder) => filesIn(directory, folder))).flat().filter(isRecord),
    changeLog: (await readText(join(directory, changeLogPath))) ?? '',
    committed: await repository.recorded(),
    cutOff: await repository.isShallow(),
  };
}

async function hashOnDisk(path: string): Promise<string | undefined> {
  try {
    return sha256(await readFile(path));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].some((code) => isCode(error, code))) return undefined;
    throw error;
  }
}

async function filesIn(directory: string, folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(join(directory, folder), { recursive: true });
    return names.map((name) => `${folder}/${name}`);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** A few at a time: a repository may hold more files than a process may open. */
async function inBatches<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (let from = 0; from < items.length; from += 32)
    results.push(...(await Promise.all(items.slice(from, from + 32).map(work))));
  return results;
}
