/** Values in rising order, all of them finite. */
export type Sorted = Float64Array;

/** What stands there; the caller keeps `index` within the bounds. */
export const at = (values: ArrayLike<number>, index: number): number => values[index] as number;

/** A sorted copy. Throws a RangeError where there is nothing, or something that is no finite number. */
export function sortedOf(values: ArrayLike<number>): Sorted {
  const sorted = new Float64Array(values).sort();
  if (sorted.length === 0) throw new RangeError('met no values; wanted at least one in each lane');
  // NaN sorts last, and the infinities to the ends.
  for (const end of [at(sorted, 0), at(sorted, sorted.length - 1)])
    if (!Number.isFinite(end)) throw new RangeError(`met ${end}; wanted finite values`);
  return sorted;
}

export function medianOf(sorted: Sorted): number {
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? at(sorted, half) : (at(sorted, half - 1) + at(sorted, half)) / 2;
}

export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += at(values, i);
  return sum / values.length;
}

export const isConstant = (sorted: Sorted): boolean => at(sorted, 0) === at(sorted, sorted.length - 1);
