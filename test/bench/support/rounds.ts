/** One side of a comparison: measures once, and answers what it measured. */
export type Side<T> = (round: number) => Promise<T>;

/**
 * Measures the sides in turn, A/B/A/B, so that whatever the machine does meanwhile falls on all of them. The first round
 * warms everything up and is dropped.
 */
export async function interleaved<Name extends string, T>(
  rounds: number,
  sides: Readonly<Record<Name, Side<T>>>,
): Promise<Readonly<Record<Name, readonly T[]>>> {
  const names = Object.keys(sides) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round <= rounds; round += 1)
    for (const name of names) {
      const value = await sides[name](round);
      if (round > 0) measured[name].push(value);
    }
  return measured;
}
