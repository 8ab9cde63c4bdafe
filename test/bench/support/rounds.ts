/** One side of a comparison: measures once, and answers what it measured. */
export type Side<T> = (round: number) => Promise<T>;

/**
 * Measures the sides in turn, A/B/B/A, so that whatever the machine does meanwhile falls on all of them; each round begins
 * with the next one, because what was made ready for it is still on the machine's mind. The first round is dropped: it warms up.
 */
export async function interleaved<Name extends string, T>(
  rounds: number,
  sides: Readonly<Record<Name, Side<T>>>,
): Promise<Readonly<Record<Name, readonly T[]>>> {
  const names = Object.keys(sides) as Name[];
  const measured = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (let round = 0; round <= rounds; round += 1)
    for (const name of turned(names, round)) {
      const value = await sides[name](round);
      if (round > 0) measured[name].push(value);
    }
  return measured;
}

const turned = <T>(all: readonly T[], by: number): readonly T[] => {
  const first = by % all.length;
  return [...all.slice(first), ...all.slice(0, first)];
};
