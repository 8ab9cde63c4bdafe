import { setTimeout as pause } from 'node:timers/promises';

/** How often to look, in milliseconds. */
interface Looks {
  /** The longest to wait for it: a minute unless said. */
  readonly within?: number;
  /** Between the first looks; later ones come ever more rarely, where looking costs the machine something. */
  readonly every?: number;
  readonly atMostEvery?: number;
}

/** Looks until `look` answers something, and returns it; a fault with the last thing seen when the time is up. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { within = 60_000, every = 40, atMostEvery = every }: Looks = {},
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (let wait = every; Date.now() < deadline; wait = Math.min(wait * 1.3, atMostEvery)) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
    } catch (fault) {
      last = fault;
    }
    await pause(wait);
  }
  throw new Error(`waited ${within} ms for: ${what}`, { cause: last });
}
