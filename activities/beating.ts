import { heartbeat } from '@temporalio/activity';
import { type Milliseconds, seconds } from '../src/domain/duration.js';

/** Beats while the work lasts, so that a dead worker is noticed within seconds and a cancellation arrives. */
export async function beating<T>(
  work: () => Promise<T>,
  about: () => unknown = () => undefined,
  every: Milliseconds = seconds(1),
): Promise<T> {
  const beat = setInterval(() => heartbeat(about()), every);
  try {
    return await work();
  } finally {
    clearInterval(beat);
  }
}
