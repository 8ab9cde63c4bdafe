import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { lock } from 'proper-lockfile';

/**
 * Does `work` while no other process on these files does work under the same `path`; waits for its turn. A holder that
 * died is passed over after 15 s. `work` ends when the signal it is given aborts: the caller's, or the lock was lost.
 */
export async function inTurn<T>(
  path: string,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const lost = new AbortController();
  const release = await acquire(path, lost, signal);
  const end = new AbortController();
  const callerGone = (): void => end.abort(signal?.reason);
  lost.signal.addEventListener('abort', () => end.abort(lost.signal.reason));
  signal?.addEventListener('abort', callerGone);
  if (signal?.aborted) callerGone();
  try {
    return await work(end.signal);
  } finally {
    signal?.removeEventListener('abort', callerGone);
    if (!lost.signal.aborted) await release();
  }
}

async function acquire(path: string, lost: AbortController, signal?: AbortSignal): Promise<() => Promise<void>> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      return await lock(path, { realpath: false, stale: 15_000, onCompromised: (fault) => lost.abort(fault) });
    } catch (fault) {
      if (!isLocked(fault)) throw fault;
    }
    await delay(100);
  }
}

const isLocked = (fault: unknown): boolean => fault instanceof Error && 'code' in fault && fault.code === 'ELOCKED';
