import { join } from 'node:path';
import { lock } from 'proper-lockfile';

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

/** A holder that died is passed over after 5 s; waiting longer than about a minute for a living one is a fault. */
async function underLock<T>(path: string, work: (stillHeld: () => void) => Promise<T>): Promise<T> {
  let lost: Error | undefined;
  const release = await lock(path, {
    realpath: false,
    stale: 5_000,
    retries: { retries: 250, factor: 1.1, minTimeout: 20, maxTimeout: 250 },
    onCompromised: (error) => (lost = error),
  });
  const stillHeld = (): void => {
    if (lost) throw new Error(`${path}: another writer took over, as this one slept too long`, { cause: lost });
  };
  try {
    return await work(stillHeld);
  } finally {
    if (!lost) await release();
  }
}
