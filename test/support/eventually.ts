import { setTimeout as pause } from 'node:timers/promises';

/**
 * Looks every `every` milliseconds until `look` answers something, and returns it; a fault with the last thing seen after
 * `within` milliseconds.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { within = 60_000, every = 40 }: { readonly within?: number; readonly every?: number } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (fault) {
      last = fault;
    }
    await pause(every);
  }
  throw new Error(`waited ${within} ms for: ${what}`, { cause: last });
}
