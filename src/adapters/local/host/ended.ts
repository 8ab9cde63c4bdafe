import { once } from 'node:events';

/** Resolves when the signal is given; at once where it was given before. */
export const given = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};

/** Waits for `work`; who is `ended` stops waiting and throws why, while the work goes on by itself. */
export async function unlessEnded(ended: AbortSignal, work: Promise<unknown>): Promise<void> {
  await Promise.race([work, given(ended)]);
  ended.throwIfAborted();
}
