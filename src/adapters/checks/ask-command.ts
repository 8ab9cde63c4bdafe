import type { Milliseconds } from '../../domain/duration.js';
import { judgeEnding, runCommand } from '../build/command.js';
import type { Variables } from '../build/git.js';
import { defined } from './variables.js';

/** How much of what it printed is told: the end, where such commands sum up. */
const told = 300;

/** A line for the shell that only looks. */
export interface Question {
  readonly run: string;
  readonly directory: string;
  /** What it is given beside all variables of this worker: it asks the world with the credentials of its environment. */
  readonly about: Readonly<Record<string, string>>;
  readonly variables: Variables;
  readonly limit: Milliseconds;
}

/** Runs it with a shell. `code` is missing where it was ended; `how` says in words how it ended, and its last line is `line`. */
export async function askCommand({ run, directory, about, variables, limit }: Question) {
  const given = { ...defined(variables), ...about };
  const ended = await runCommand({ run, cwd: directory, variables: given, timeout: limit });
  const { ending } = ended;
  const line = ended.tail.trim().split('\n').at(-1)?.slice(-told) ?? '';
  return {
    ...(ending.kind === 'exited' && { code: ending.code }),
    how: judgeEnding(ended, limit).reason,
    line,
  };
}
