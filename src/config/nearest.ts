/** The word that was probably meant: at most one letter in three was missed, added, changed or swapped. */
export function nearest(met: string, words: readonly string[]): string | undefined {
  if (met.length > 40) return undefined;
  const ranked = words
    .map((word) => ({ word, distance: distance(met.toLowerCase(), word.toLowerCase()) }))
    .filter((near) => near.distance <= Math.floor(near.word.length / 3))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.word;
}

/** How many letters must be missed, added, changed or swapped with the next to come from `a` to `b`. */
function distance(a: string, b: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Infinity;
      next.push(Math.min(change, swap, at(row, j) + 1, at(next, j - 1) + 1));
    }
    [before, row] = [row, next];
  }
  return at(row, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Infinity;
