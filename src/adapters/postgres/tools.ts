import { access, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Milliseconds } from '../../domain/duration.js';
import { spoken } from '../../domain/duration.js';
import { Refused } from '../../domain/failure.js';
import type { Variables } from '../secret.js';

/** PostgreSQL's own programs that a backup is made with. */
export const tools = ['pg_dump', 'pg_restore'] as const;

type Tool = (typeof tools)[number];

/** A program of PostgreSQL, wherever it is: on `PATH`, or where Debian keeps each version. Refused as `not-found`, with how to install it. */
export async function findTool(tool: string, variables: Variables): Promise<string> {
  const versions = await readdir(debian).catch(() => []);
  const folders = [
    ...(variables['PATH'] ?? '').split(':').filter((folder) => folder !== ''),
    ...versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(debian, version, 'bin')),
  ];
  for (const folder of folders) if (await isThere(join(folder, tool))) return join(folder, tool);
  throw new Refused('not-found', `${tool} is not found on PATH: ${howToInstall}`);
}

export const howToInstall =
  "install PostgreSQL's client programs, of the server's version or newer (Debian: apt install postgresql-client; macOS: brew install libpq)";

/** `pg_dump (PostgreSQL) 15.4`: 15. */
export async function majorOf(path: string): Promise<number> {
  const { stdout } = await execa(path, ['--version']);
  return Number(/(\d+)(?:\.\d+)?\s*(?:\(|$)/.exec(stdout)?.[1] ?? /\d+/.exec(stdout)?.[0]);
}

/** Runs a program; throws with the end of what it said. It is told where the database is by `told`, never by arguments. */
export async function runTool(run: {
  readonly tool: Tool;
  readonly args: readonly string[];
  readonly told: Readonly<Record<string, string>>;
  readonly variables: Variables;
  readonly timeout: Milliseconds;
}): Promise<string> {
  const { tool, args, told, variables, timeout } = run;
  const path = await findTool(tool, variables);
  const { PATH = '', HOME = '' } = variables;
  const ended = await execa(path, args, {
    env: { PATH, HOME, LC_ALL: 'C', ...told },
    extendEnv: false,
    reject: false,
    stdin: 'ignore',
    timeout,
    forceKillAfterDelay: 1_000,
  });
  if (!ended.failed) return ended.stdout;
  if (ended.timedOut) throw new ToolFault(`${tool} was still running after ${spoken(timeout)}`);
  throw new ToolFault(`${tool}: ${firstErrors(ended.stderr) || `exit code ${ended.exitCode ?? 'none'}, wanted 0`}`);
}

/** A program of PostgreSQL did not do what it was asked for; the message is its own. */
export class ToolFault extends Error {
  override readonly name = 'ToolFault';
}

/** What went wrong first is the reason; the rest follows from it. */
function firstErrors(text: string): string {
  const lines = text.trim().split('\n');
  const errors = lines.filter((line) => /error|fatal/i.test(line));
  return (errors.length > 0 ? errors : lines).slice(0, 2).join('; ').slice(0, 600);
}

const debian = '/usr/lib/postgresql';

/** Whether there is such a file. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
