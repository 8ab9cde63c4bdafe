import type { Notice, Notifier } from '../../ports/notifier.js';

/** A channel that keeps what it was told. `broken` makes it refuse, as a channel that is down does. */
export interface MemoryNotifier extends Notifier {
  readonly told: readonly Notice[];
  broken: boolean;
}

export function createMemoryNotifier(): MemoryNotifier {
  const told: Notice[] = [];
  return {
    told,
    broken: false,
    tell(notice) {
      if (this.broken) return Promise.reject(new Error('the channel is down'));
      told.push(notice);
      return Promise.resolve();
    },
  };
}
