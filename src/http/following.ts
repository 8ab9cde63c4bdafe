import { setTimeout as pause } from 'node:timers/promises';
import type { Milliseconds } from '../domain/duration.js';
import type { ReleaseView } from './views/release.js';
import type { Entry } from './views/timeline.js';

/** A release as it was seen at one moment. */
export interface Sight {
  readonly release: ReleaseView;
  readonly entries: readonly Entry[];
  /** Nothing will change any more. */
  readonly ended: boolean;
}

/** `unseen`: the engine did not answer this time; looking goes on. */
export type Seen = { readonly kind: 'sight'; readonly sight: Sight } | { readonly kind: 'unseen' };

type Listener = (seen: Seen) => void;

interface Watched {
  readonly listeners: Set<Listener>;
  last?: Seen;
}

export type Following = ReturnType<typeof createFollowing>;

/**
 * Looks at releases while somebody listens: one looker per release, however many listen, who are told of changes only.
 * It stops when the release has ended or nobody listens any more.
 */
export function createFollowing(parts: {
  readonly look: (changeId: string) => Promise<Sight>;
  readonly every: Milliseconds;
  readonly onFault: (fault: unknown) => void;
}) {
  const watched = new Map<string, Watched>();
  return { follow };

  /** Begins with what is known; what is returned ends it. */
  function follow(changeId: string, listener: Listener): () => void {
    const there = watched.get(changeId);
    const of = there ?? { listeners: new Set<Listener>() };
    of.listeners.add(listener);
    if (of.last) listener(of.last);
    if (!there) {
      watched.set(changeId, of);
      void keepLooking(changeId, of);
    }
    return () => void of.listeners.delete(listener);
  }

  async function keepLooking(changeId: string, of: Watched): Promise<void> {
    let before = '';
    while (of.listeners.size > 0) {
      const seen = await lookAt(changeId);
      const now = JSON.stringify(seen);
      if (now !== before) for (const listener of of.listeners) listener(seen);
      before = now;
      of.last = seen;
      if (seen.kind === 'sight' && seen.sight.ended) break;
      await pause(parts.every);
    }
    watched.delete(changeId);
  }

  async function lookAt(changeId: string): Promise<Seen> {
    try {
      return { kind: 'sight', sight: await parts.look(changeId) };
    } catch (fault) {
      parts.onFault(fault);
      return { kind: 'unseen' };
    }
  }
}
