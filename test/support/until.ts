import { setTimeout as sleep } from 'node:timers/promises';

/** Asks again and again until there is an answer; a fault where there is none within `patience` milliseconds. */
export async function until<T>(
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  patience = 15_000,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`nothing came within ${patience} ms of ${ask.toString()}`);
    await sleep(15);
  }
}
