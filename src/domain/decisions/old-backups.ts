import { between, type Instant, type Milliseconds } from '../duration.js';

/** However old they are, the latest ones are kept: a service that is rarely released must not be left without any. */
const alwaysKept = 3;

/** Which backups of a place have had their time: taken longer ago than `keepFor`, and not among the latest three. */
export function oldBackups<T extends { readonly takenAt: Instant }>(
  backups: readonly T[],
  { at, keepFor }: { readonly at: Instant; readonly keepFor: Milliseconds },
): readonly T[] {
  const latestFirst = backups.toSorted((a, b) => Date.parse(b.takenAt) - Date.parse(a.takenAt));
  return latestFirst.slice(alwaysKept).filter(({ takenAt }) => between(takenAt, at) > keepFor);
}
