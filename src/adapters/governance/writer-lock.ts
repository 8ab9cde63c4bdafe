import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { minutes } from '../../domain/duration.js';
import { isCode } from './durable-file.js';

/** Work on files that only one may do at a time. It asks `stillHeld` before each step: a writer that slept too long may have lost its turn. */
export type Exclusively = <T>(work: (stillHeld: () => void) => Promise<T>) => Promise<T>;

/** One writer: callers in this process wait in line, other processes wait for the lock on the path. */
export function createWriterLock(path: () => Promise<string>): Exclusively {
  let line: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = line.then(async () => underLock(await path(), work));
    line = turn.catch(() => undefined);
    return turn;
  };
}

/** What every writer of the repository waits for; `gitFolder` is its git's own. */
export const writerLockPath = (gitFolder: string): string => join(gitFolder, 'slipway-writer');

/** Waiting longer than that for a living holder is a fault. */
const patience = minutes(1);

/** A holder that died is passed over after 5 s. On a read-only disk nobody writes: there it is looked at without a lock. */
async function underLock<T>(path: string, work: (stillHeld: () => void) => Promise<T>): Promise<T> {
  let lost: Error | undefined;
  const release = await locked(path, (error) => (lost = error));
  if (!release) return await work(() => undefined);
  const stillHeld = (): void => {
    if (lost) throw new Error(`${path}: another writer took over, as this one slept too long`, { cause: lost });
  };
  try {
    return await work(stillHeld);
  } finally {
    if (!lost) await release();
  }
}

/** Waits in line, and for nothing else: a disk that is full stays so. Answers what gives the lock back; nothing on a read-only disk. */
async function locked(path: string, onCompromised: (error: Error) => void): Promise<(() => Promise<void>) | undefined> {
  const begun = performance.now();
  for (let wait = 20; ; wait = Math.min(250, wait * 1.1)) {
    try {
      return await lock(path, { realpath: false, stale: 5_000, onCompromised });
    } catch (fault) {
      if (isCode(fault, 'EROFS')) return undefined;
      if (!isCode(fault, 'ELOCKED') || performance.now() - begun > patience) throw fault;
    }
    await pause(wait);
  }
}
