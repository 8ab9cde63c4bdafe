import { setMaxListeners } from 'node:events';
import { Refused } from '../../../domain/failure.js';
import type { Fence } from '../../../ports/fleet.js';

/** The one door to the effects of a place. */
export interface Gate {
  /**
   * Carries out `work` when those before it are done. A newer generation does not wait: it ends what is older, here
   * and in the queue, as `superseded`. A key that is under way is joined; an applied one is done.
   */
  pass(fence: Fence, work: (ended: AbortSignal) => Promise<void>): Promise<void>;
  readonly generation: number;
  /** The key being worked on. */
  readonly underWay: string | undefined;
}

/** `raised` must have written the new generation down when it returns: from then on no older effect may begin. */
export function createGate(of: {
  readonly place: string;
  readonly generation: number;
  readonly isApplied: (key: string) => boolean;
  readonly raised: (generation: number) => Promise<void>;
}): Gate {
  let generation = of.generation;
  let underWay: string | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Map<string, Pass>();

  const refuseOlder = (fence: Fence) => {
    if (fence.generation < generation) throw superseded(of.place, fence, generation);
  };

  const enter = async (fence: Fence, ended: AbortSignal, work: (ended: AbortSignal) => Promise<void>) => {
    refuseOlder(fence);
    underWay = fence.key;
    try {
      await of.raised(generation);
      refuseOlder(fence);
      await work(ended);
    } catch (error) {
      refuseOlder(fence);
      throw error;
    } finally {
      underWay = undefined;
    }
  };

  const raise = (fence: Fence) => {
    generation = fence.generation;
    for (const older of waiting.values())
      if (older.generation < generation) older.end.abort(superseded(of.place, older, generation));
  };

  return {
    pass: async (fence, work) => {
      refuseOlder(fence);
      if (fence.generation > generation) raise(fence);
      if (of.isApplied(fence.key)) return;
      const same = waiting.get(fence.key);
      if (same) return same.done;
      const end = new AbortController();
      setMaxListeners(0, end.signal);
      const done = last.then(() => enter(fence, end.signal, work)).finally(() => waiting.delete(fence.key));
      waiting.set(fence.key, { ...fence, end, done });
      last = Promise.allSettled([done]);
      return done;
    },
    get generation() {
      return generation;
    },
    get underWay() {
      return underWay;
    },
  };
}

interface Pass extends Fence {
  readonly end: AbortController;
  readonly done: Promise<void>;
}

const superseded = (place: string, fence: Fence, generation: number): Refused =>
  new Refused('superseded', `${fence.key} is of generation ${fence.generation}; ${place} has seen ${generation}`);
