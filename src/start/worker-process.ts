import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Milliseconds, seconds, spoken } from '../domain/duration.js';

/** The workers as a process of their own: a fault of theirs leaves the front door standing, and they are started again. */
export interface WorkerProcess {
  /** Of the process that runs now. */
  readonly pid: () => number | undefined;
  readonly stop: () => Promise<void>;
}

export interface WorkerOrder {
  /** What `slipway worker` takes: `--house`, `--environment NAME`, `--all`. */
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** What the workers print goes here. */
  readonly logFile: string;
  readonly tell: (line: string) => void;
}

const program = fileURLToPath(new URL('../../workers/main.js', import.meta.url));
const patience = { ready: seconds(60), stop: seconds(20) };

/** Starts the workers, waits until they poll, and starts them again whenever they end by themselves. */
export async function startWorkerProcess(order: WorkerOrder): Promise<WorkerProcess> {
  const stopping = new AbortController();
  let child = launch(order);
  await ready(child, order);
  const kept = keep();
  return {
    pid: () => child.pid,
    async stop() {
      stopping.abort();
      await end(child);
      await kept;
    },
  };

  async function keep(): Promise<void> {
    for (let wait: Milliseconds = 200; ; wait = Math.min(2 * wait, seconds(5))) {
      const ending = await gone(child);
      if (stopped()) return;
      order.tell(`The workers ended (${ending}); starting them again. Their log: ${order.logFile}`);
      await pause(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopped()) return;
      child = launch(order);
      const polls = await ready(child, order).then(
        () => true,
        () => false,
      );
      if (polls) wait = 100;
    }
  }

  function stopped(): boolean {
    return stopping.signal.aborted;
  }
}

/** Waits for the end of a process; its signal or exit code. */
async function gone(child: ChildProcess): Promise<string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? String(child.exitCode);
}

function launch({ args, env, logFile }: WorkerOrder): ChildProcess {
  const log = openSync(logFile, 'a', 0o600);
  // A process group of its own: Ctrl-C reaches the supervisor alone, which then ends its children in order.
  return fork(program, [...args], { env, stdio: ['ignore', log, log, 'ipc'], detached: true });
}

/** Returns once it polls. One that does not in time is ended. */
async function ready(child: ChildProcess, { logFile }: WorkerOrder): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience.ready);
  try {
    const first = await Promise.race([
      once(child, 'message', { signal: late.signal }).then(() => 'ready'),
      once(child, 'exit', { signal: late.signal }).then(([code]) => `ended with ${String(code)}`),
    ]);
    if (first !== 'ready') throw new Error(`The workers ${first} before they polled. Their log: ${logFile}`);
  } catch (fault) {
    if (!late.signal.aborted) throw fault;
    await end(child);
    throw new Error(`The workers did not poll within ${spoken(patience.ready)}. Their log: ${logFile}`);
  } finally {
    clearTimeout(timer);
    late.abort();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  const killer = setTimeout(() => child.kill('SIGKILL'), patience.stop);
  await gone;
  clearTimeout(killer);
}
