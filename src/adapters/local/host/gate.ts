import { setMaxListeners } from 'node:events';
import { Refused } from '../../../domain/failure.js';
import { isOutrun, type Newest, newestWith, outrunBy } from '../../../domain/fencing.js';
import type { Fence } from '../../../ports/fleet.js';

/** The one door to the effects of a place. */
export interface Gate {
  /**
   * Carries out `work` when those before it are done. A newer generation does not wait: it ends what is older, here
   * and in the queue, as `superseded`. A key that is under way is joined; an applied one is done.
   */
  pass(fence: Fence, work: (ended: AbortSignal) => Promise<void>): Promise<void>;
  readonly seen: Newest;
  /** The key being worked on. */
  readonly underWay: string | undefined;
}

/** `raised` must have written the newest down when it returns: from then on no older effect may begin. */
export function createGate(of: {
  readonly place: string;
  readonly seen: Newest;
  readonly isApplied: (key: string) => boolean;
  readonly raised: (seen: Newest) => Promise<void>;
}): Gate {
  let { seen } = of;
  let underWay: string | undefined;
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Map<string, Pass>();

  const refuseOlder = (fence: Fence) => {
    if (isOutrun(fence, seen)) throw superseded(of.place, fence, seen);
  };

  const enter = async (fence: Fence, ended: AbortSignal, work: (ended: AbortSignal) => Promise<void>) => {
    refuseOlder(fence);
    underWay = fence.key;
    try {
      await of.raised(seen);
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
    seen = newestWith(fence, seen);
    for (const older of waiting.values()) if (isOutrun(older, seen)) older.end.abort(superseded(of.place, older, seen));
  };

  return {
    pass: async (fence, work) => {
      refuseOlder(fence);
      raise(fence);
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
    get seen() {
      return seen;
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

const superseded = (place: string, fence: Fence, seen: Newest): Refused =>
  new Refused('superseded', outrunBy(fence, seen, place));
