import { at, type Sorted } from './sorted.js';

/**
 * The `rank`-th smallest (from 1) of all m·n differences x − y, without making them all. Row i holds x[i] − y[n−1],
 * …, x[i] − y[0], rising, as rows do from one to the next: a pivot is counted in one walk of m + n steps and about halves
 * what is left, until that is few enough to be sorted (after D. B. Johnson and T. Mizoguchi, SIAM J. Comput. 7(2), 1978).
 */
export function nthDifference(x: Sorted, y: Sorted, rank: number): number {
  const [m, n] = [x.length, y.length];
  let from = new Int32Array(m);
  let to = new Int32Array(m).fill(n);
  let [below, left] = [0, m * n];
  while (left > m + n + 32) {
    const pivot = pivotOf(x, y, { from, to, left, part: (rank - below) / left });
    const { less, lessCount, upTo, upToCount } = split(x, y, pivot);
    if (rank <= lessCount) [to, left] = [less, lessCount - below];
    else if (rank <= upToCount) return pivot;
    else [from, left, below] = [upTo, left - (upToCount - below), upToCount];
  }
  return at(differencesIn(x, y, { from, to, left }).sort(), rank - below - 1);
}

/** The difference that follows the one at `rank`, whose value is known. */
export function nextDifference(x: Sorted, y: Sorted, rank: number, value: number): number {
  const { upTo, upToCount } = split(x, y, value);
  if (upToCount > rank) return value;
  let next = Infinity;
  for (let row = 0; row < x.length; row += 1)
    if (at(upTo, row) < y.length) next = Math.min(next, difference(x, y, row, at(upTo, row)));
  return next;
}

interface Band {
  /** Of each row, the first column that is still in question, and the first that no longer is. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly left: number;
}

/** One of the differences left, in the row that holds the middle of them, as far along it as the wanted one is in all. */
function pivotOf(x: Sorted, y: Sorted, { from, to, left, part }: Band & { readonly part: number }): number {
  let [row, seen] = [0, at(to, 0) - at(from, 0)];
  while (seen <= left / 2 && row < x.length - 1) {
    row += 1;
    seen += at(to, row) - at(from, row);
  }
  while (at(to, row) === at(from, row)) row -= 1;
  const width = at(to, row) - at(from, row);
  return difference(x, y, row, at(from, row) + Math.min(width - 1, Math.floor(part * width)));
}

const difference = (x: Sorted, y: Sorted, row: number, column: number): number =>
  at(x, row) - at(y, y.length - 1 - column);

/** How many differences of each row, and of all, are less than the pivot, and at most. A higher row never has more. */
function split(x: Sorted, y: Sorted, pivot: number) {
  const [m, n] = [x.length, y.length];
  const [less, upTo] = [new Int32Array(m), new Int32Array(m)];
  let [lessCount, upToCount, l, u] = [0, 0, n, n];
  for (let row = 0; row < m; row += 1) {
    const value = at(x, row);
    while (u > 0 && value - at(y, n - u) > pivot) u -= 1;
    if (l > u) l = u;
    while (l > 0 && value - at(y, n - l) >= pivot) l -= 1;
    less[row] = l;
    upTo[row] = u;
    lessCount += l;
    upToCount += u;
  }
  return { less, lessCount, upTo, upToCount };
}

function differencesIn(x: Sorted, y: Sorted, { from, to, left }: Band): Float64Array {
  const found = new Float64Array(left);
  let next = 0;
  for (let row = 0; row < x.length; row += 1)
    for (let column = at(from, row); column < at(to, row); column += 1) {
      found[next] = difference(x, y, row, column);
      next += 1;
    }
  return found;
}
