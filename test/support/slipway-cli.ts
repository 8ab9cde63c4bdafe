import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

const host = new URL('slipway-cli-host.js', import.meta.url).pathname;

/** How a command ended, and what it printed where. */
export interface Ended {
  readonly code: number | undefined;
  readonly out: string;
  readonly err: string;
}

/** What a command is given: nothing of this environment but what finds programs and a home. */
export interface Asked {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Processes that have loaded the libraries of `slipway` and wait for the next command. */
const idle: ChildProcess[] = [];

/** Runs `slipway` outside this process. Commands of one test file share a process, one after the other. */
export async function slipway(args: readonly string[], at: Partial<Omit<Asked, 'args'>> = {}): Promise<Ended> {
  const { PATH = '', HOME = '' } = process.env;
  const child = idle.pop() ?? begun();
  child.ref();
  child.channel?.ref();
  child.send({ args, cwd: at.cwd ?? '/', env: { PATH, HOME, ...at.env } } satisfies Asked);
  const [ended] = (await once(child, 'message', { signal: AbortSignal.timeout(60_000) })) as [Ended];
  child.unref();
  child.channel?.unref();
  idle.push(child);
  return { ...ended, out: ended.out.replace(/\n$/, ''), err: ended.err.replace(/\n$/, '') };
}

/** Ends with this process, whose channel it listens to. */
const begun = (): ChildProcess => fork(host, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
