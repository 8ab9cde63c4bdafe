import type { Chance } from './chance.js';

/** A standard normal number (G. E. P. Box and M. E. Muller, 1958). */
export const normal = (chance: Chance): number =>
  Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());

/** Normal samples of variance 1 in which each repeats the one before it by `lagOne` (an autoregressive process). */
export function autoregressive(chance: Chance, length: number, lagOne: number, shift = 0): number[] {
  const fresh = Math.sqrt(1 - lagOne * lagOne);
  let value = normal(chance);
  return Array.from({ length }, () => {
    const now = value;
    value = lagOne * value + fresh * normal(chance);
    return now + shift;
  });
}

/** How many of `n` requests fail at this rate: the gaps between failures are drawn, not every request. */
export function failures(chance: Chance, n: number, rate: number): number {
  if (rate <= 0) return 0;
  const log = Math.log(1 - rate);
  let [at, count] = [0, -1];
  while (at <= n) {
    at += Math.floor(Math.log(1 - chance()) / log) + 1;
    count += 1;
  }
  return count;
}
