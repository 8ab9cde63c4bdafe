import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as othersTurn } from 'node:timers/promises';
import { sha256 } from './chain.js';
import { readChangeLog } from './change-logs.js';
import { isCode, readText } from './durable-file.js';
import { isRecord, recordFolders } from './inspect.js';
import type { AuditFacts } from './inspect.js';
import { listChain } from './ledger.js';
import type { Ledger } from './ledger.js';
import type { Repository } from './repository.js';

/**
 * Reads all that an audit looks at from the disk and from git's history, while nobody writes.
 * @param hashed what files were read as before: a record that is written is never written again
 */
export async function gatherAudit(parts: {
  readonly directory: string;
  readonly repository: Repository;
  readonly ledger: Ledger;
  readonly hashed: ReadonlyMap<string, string | undefined>;
}): Promise<AuditFacts> {
  const { directory, repository, ledger, hashed } = parts;
  const chain = await inBatches(await listChain(directory), async (path) => ({
    path,
    text: (await readText(join(directory, path))) ?? '',
  }));
  const since = await hashesOnDisk(
    directory,
    ledger.files().filter((path) => !hashed.has(path)),
  );
  return {
    chain,
    hashOfFile: (path) => hashed.get(path) ?? since.get(path),
    found: (await inBatches(recordFolders, (folder) => filesIn(directory, folder))).flat().filter(isRecord),
    changeLog: await readChangeLog(directory),
    committed: await repository.recorded(),
    cutOff: await repository.isShallow(),
  };
}

/**
 * The hash of what each path holds. Small files by the ten thousand: read at once, which takes a fifth of the time that
 * promises take, and a few at a time, so that the process goes on with its other work in between.
 */
export async function hashesOnDisk(
  directory: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string | undefined>> {
  const hashes = new Map<string, string | undefined>();
  for (const [index, path] of paths.entries()) {
    hashes.set(path, hashOnDisk(join(directory, path)));
    if (index % 32 === 31) await othersTurn();
  }
  return hashes;
}

function hashOnDisk(path: string): string | undefined {
  try {
    return sha256(readFileSync(path));
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
