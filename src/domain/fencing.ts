/**
 * The order of effects: by generation, and within one by the run of the workflow that asks. _Reset_ makes another run of
 * the same rollout, with the same plan and so the same generation; what the one before still has in flight is older.
 */
interface Token {
  /** `<run>/<generation>/<step>` */
  readonly key: string;
  readonly generation: number;
}

/** The newest that was seen of a place. */
export interface Newest {
  readonly generation: number;
  /** Missing before the first, and where nobody can tell which of two runs is the later one. */
  readonly run?: string;
}

/** Whether an effect is older than what was seen, and so must do nothing any more. */
export function isOutrun(token: Token, seen: Newest): boolean {
  if (token.generation !== seen.generation) return token.generation < seen.generation;
  const run = runOf(token.key);
  return run !== undefined && seen.run !== undefined && run < seen.run;
}

/** The newest once this effect, which is not outrun, was seen. */
export function newestWith(token: Token, seen: Newest): Newest {
  const run = runOf(token.key) ?? (token.generation === seen.generation ? seen.run : undefined);
  return { generation: token.generation, ...(run !== undefined && { run }) };
}

/** Why an effect is refused, for people. */
export const outrunBy = ({ key, generation }: Token, seen: Newest, place: string): string =>
  `${key} is of generation ${generation}; ${place} has seen ${generation === seen.generation ? `a later run of it, ${seen.run ?? ''}` : seen.generation}`;

/** Runs are named by UUIDs of version 7 (RFC 9562), which begin with the time of their making: they sort by it. */
function runOf(key: string): string | undefined {
  const [run = ''] = key.split('/', 1);
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(run) ? run : undefined;
}
