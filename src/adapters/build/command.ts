import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, writeSync } from 'node:fs';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { spoken, type Milliseconds } from '../../domain/duration.js';
import { fail, pass, type Verdict } from '../../domain/verdict.js';

/** A line for the shell, and what it may use. */
interface Command {
  readonly run: string;
  readonly cwd: string;
  /** All that it sees; nothing is inherited. */
  readonly variables: Readonly<Record<string, string>>;
  readonly timeout: Milliseconds;
  /** A file for all that it prints, up to 64 MB. */
  readonly log?: string;
  readonly line?: (line: string) => void;
  readonly signal?: AbortSignal;
}

type Ending =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string }
  | { readonly kind: 'late' };

interface CommandRun {
  readonly ending: Ending;
  /** The last 8 KB of what it printed. */
  readonly tail: string;
  readonly took: Milliseconds;
}

/**
 * Runs a command in a process group of its own and leaves nothing of the group behind, however it ends: it is killed
 * outright, since a gate or a check has nothing to finish. Throws only when aborted, or when no shell can be started.
 */
export async function runCommand(command: Command): Promise<CommandRun> {
  command.signal?.throwIfAborted();
  const begun = performance.now();
  const { run, cwd, variables } = command;
  const child = spawn(run, {
    cwd,
    env: variables,
    shell: '/bin/sh',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = gather(child, command);
  const end = (): void => killGroup(child);
  const late = AbortSignal.timeout(command.timeout);
  late.addEventListener('abort', end);
  command.signal?.addEventListener('abort', end);
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    const ending: Ending = late.aborted
      ? { kind: 'late' }
      : code === null
        ? { kind: 'killed', signal: signal ?? 'a signal' }
        : { kind: 'exited', code };
    end();
    const tail = await output.tail();
    command.signal?.throwIfAborted();
    return { ending, tail, took: performance.now() - begun };
  } finally {
    output.close();
    late.removeEventListener('abort', end);
    command.signal?.removeEventListener('abort', end);
  }
}

/** A command's ending as a verdict: exit code 0 passes. */
export function judgeEnding(run: Pick<CommandRun, 'ending' | 'took'>, timeout: Milliseconds): Verdict {
  switch (run.ending.kind) {
    case 'exited':
      return run.ending.code === 0
        ? pass(`exit code 0 after ${spoken(run.took)}`)
        : fail(`exit code ${run.ending.code}, wanted 0`);
    case 'killed':
      return fail(`killed by ${run.ending.signal}, wanted exit code 0`);
    case 'late':
      return fail(`still running after ${spoken(timeout)}, wanted exit code 0`);
  }
}

/** The last `bytes` bytes of a text, whole characters only. */
export function lastBytes(text: string, bytes: number): string {
  const all = Buffer.from(text);
  let from = Math.max(0, all.length - bytes);
  while (((all[from] ?? 0) & 0xc0) === 0x80) from += 1;
  return all.subarray(from).toString();
}

const tailBytes = 8 * 1024;
const logBytes = 64 * 1024 * 1024;

/** Reads what a child prints: into the log, line by line, and the end of it for the verdict. */
function gather(child: ChildProcess, command: Command): { tail(): Promise<string>; close(): void } {
  const log = command.log === undefined ? undefined : openSync(command.log, 'w');
  const streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
  let tail = '';
  let room = logBytes;
  for (const stream of streams) {
    const lines = lineSplitter((line) => command.line?.(line));
    stream.setEncoding('utf8').on('data', (text: string) => {
      tail = lastBytes(tail + text, tailBytes);
      if (log !== undefined && room > 0) room -= writeSync(log, text);
      lines(text);
    });
  }
  const ended = Promise.allSettled(streams.map((stream) => finished(stream)));
  return {
    tail: async () => {
      // A process that left the group may hold the pipe open for ever.
      await Promise.race([ended, delay(1_000, undefined, { ref: false })]);
      return stripVTControlCharacters(tail);
    },
    close: () => {
      for (const stream of streams) stream.destroy();
      if (log !== undefined) closeSync(log);
    },
  };
}

function lineSplitter(line: (line: string) => void): (text: string) => void {
  let rest = '';
  return (text) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-1_000);
    for (const each of lines) line(stripVTControlCharacters(each).slice(0, 1_000));
  };
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (fault) {
    const gone = fault instanceof Error && 'code' in fault && fault.code === 'ESRCH';
    if (!gone) throw fault;
  }
}
