import { readdir, stat, truncate } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { chainFile, chainFiles, chainFolder, hashOf, parseLine, written } from './chain.js';
import type { ChainLine } from './chain.js';
import { keepLatest } from './latest.js';
import type { LatestRecorded } from '../../domain/recovery.js';
import { appendToFile, isCode, readText } from './durable-file.js';

/** The hash chain as it stands on disk, kept in memory and read again only when somebody else has touched it. */
export interface Ledger {
  /** Looks whether the files are as last seen, and reads them again if not; a line torn at the end is taken away. */
  refresh(): Promise<void>;
  last(): ChainLine | undefined;
  find(eventId: string): ChainLine | undefined;
  ofChange(changeId: string): readonly ChainLine[];
  latestOf(service: string): LatestRecorded;
  /** Whether the chain names this path, or a file in it. */
  holds(path: string): boolean;
  /** Whether a decision of this id is in the chain. */
  decides(decisionId: string): boolean;
  /** Every line, oldest first. */
  lines(): readonly ChainLine[];
  /** Every file the chain names. */
  files(): readonly string[];
  append(line: ChainLine): Promise<void>;
}

export function createLedger(directory: string): Ledger {
  let seen = '';
  let index = emptyIndex();
  return {
    refresh: async () => {
      const print = await fingerprint(directory);
      if (print === seen && print !== '') return;
      index = emptyIndex();
      for (const path of await listChain(directory)) {
        const text = await mended(join(directory, path));
        for (const entry of text.split('\n')) {
          const line = entry === '' ? undefined : parseLine(entry);
          if (line) add(index, line);
        }
      }
      seen = await fingerprint(directory);
    },
    last: () => index.last,
    find: (eventId) => index.byEvent.get(eventId),
    ofChange: (changeId) => index.byChange.get(changeId) ?? [],
    latestOf: (service) => index.latest.get(service) ?? {},
    holds: (path) => index.files.has(path) || index.folders.has(path),
    decides: (decisionId) => index.decisions.has(decisionId),
    lines: () => [...index.byEvent.values()],
    files: () => [...index.files],
    append: async (line) => {
      await appendToFile(join(directory, chainFile(line.sequence)), written(line));
      add(index, line);
      seen = await fingerprint(directory);
    },
  };
}

/** The chain's files that exist, in the order of their lines. */
export async function listChain(directory: string): Promise<readonly string[]> {
  try {
    return chainFiles(await readdir(join(directory, chainFolder)));
  } catch (error) {
    if (isCode(error, 'ENOENT')) return [];
    throw error;
  }
}

interface Index {
  last: ChainLine | undefined;
  readonly byEvent: Map<string, ChainLine>;
  readonly byChange: Map<string, ChainLine[]>;
  readonly latest: Map<string, LatestRecorded>;
  readonly files: Set<string>;
  readonly folders: Set<string>;
  readonly decisions: Set<string>;
}

const emptyIndex = (): Index => ({
  last: undefined,
  byEvent: new Map(),
  byChange: new Map(),
  latest: new Map(),
  files: new Set(),
  folders: new Set(),
  decisions: new Set(),
});

function add(index: Index, line: ChainLine): void {
  index.last = line;
  index.byEvent.set(line.eventId, line);
  const ofChange = index.byChange.get(line.changeId);
  if (ofChange) ofChange.push(line);
  else index.byChange.set(line.changeId, [line]);
  const [opening] = index.byChange.get(line.changeId) ?? [];
  keepLatest(index.latest, line, opening);
  for (const { path } of line.files) {
    index.files.add(path);
    index.folders.add(dirname(path));
    for (const [id] of path.matchAll(/DEC-DEPLOY-\d+/g)) index.decisions.add(id);
  }
}

/** Of each file of the chain, in order, what changes whenever it does. */
export async function marksOf(directory: string): Promise<readonly (readonly [path: string, mark: string])[]> {
  const paths = await listChain(directory);
  return await Promise.all(
    paths.map(async (path) => {
      const { size, mtimeNs, ino } = await stat(join(directory, path), { bigint: true });
      return [path, `${size} ${mtimeNs} ${ino}`] as const;
    }),
  );
}

const fingerprint = async (directory: string): Promise<string> => (await marksOf(directory)).flat().join('\n');

/** What a chain file holds. A crash tears at most its last line: half a line goes, a whole one gets its line end. */
async function mended(path: string): Promise<string> {
  const text = (await readText(path)) ?? '';
  if (text === '' || text.endsWith('\n')) return text;
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const line = parseLine(text.slice(whole.length));
  if (line && line.hash === hashOf(line)) {
    await appendToFile(path, '\n');
    return `${text}\n`;
  }
  await truncate(path, Buffer.byteLength(whole));
  return whole;
}
