import type { Notice, Notifier } from '../../ports/notifier.js';

/** A way to tell people, by the name it has in messages. */
export interface Channel {
  readonly name: string;
  readonly channel: Notifier;
}

/** Keys that each channel remembers: a retry comes within minutes, so the last thousand are plenty. */
const remembered = 1_000;

/**
 * Tells every channel, all at once: one that fails, or is slow, keeps no other from being told. What a channel has taken
 * it is not told again, for as long as this process lives and at least a thousand notices long; so a repetition reaches
 * only those that failed. Throws when all have answered, naming every channel that did not take it.
 */
export function createNotifier(channels: readonly Channel[]): Notifier {
  const once = channels.map(({ name, channel }) => ({ name, tell: rememberedBy(channel) }));
  return {
    async tell(notice) {
      const answers = await Promise.allSettled(once.map(({ tell }) => tell(notice)));
      const refused = answers.flatMap((answer, index) =>
        answer.status === 'rejected' ? [`${once[index]?.name ?? ''}: ${wordsOf(answer.reason)}`] : [],
      );
      if (refused.length > 0) throw new Error(`not told by ${refused.join('; ')}`);
    },
  };
}

/** Also a notice that is being told right now is not told a second time. */
function rememberedBy(channel: Notifier): Notifier['tell'] {
  const told = new Map<string, Promise<void>>();
  return (notice: Notice) => {
    const before = told.get(notice.key);
    if (before) return before;
    const telling = channel.tell(notice).catch((fault: unknown) => {
      told.delete(notice.key);
      throw fault;
    });
    told.set(notice.key, telling);
    const [oldest] = told.size > remembered ? told.keys() : [];
    if (oldest !== undefined) told.delete(oldest);
    return telling;
  };
}

const wordsOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));
