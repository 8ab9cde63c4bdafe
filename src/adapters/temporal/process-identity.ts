import { readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Milliseconds } from '../../domain/duration.js';

/** A process that cannot be mistaken for a later one that was given the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it began, as the operating system tells it; only ever compared. */
  readonly startedAt: string;
}

/** The process that has this pid now; missing when there is none or it has ended and only its parent has not looked. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  const startedAt = process.platform === 'linux' ? await startInProc(pid) : await startInPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** Whether this very process still runs. */
export async function isAlive(known: ProcessIdentity): Promise<boolean> {
  return (await identify(known.pid))?.startedAt === known.startedAt;
}

/** Waits for the process to end; false when it has not `within`. */
export async function untilGone(known: ProcessIdentity, within: Milliseconds = Infinity): Promise<boolean> {
  const deadline = Date.now() + within;
  while (await isAlive(known)) {
    if (Date.now() > deadline) return false;
    await pause(100);
  }
  return true;
}

/** Ends exactly this process: asked first, then killed when it has not gone `within`. One that has gone is left alone. */
export async function endProcess(known: ProcessIdentity, within: Milliseconds): Promise<void> {
  if (!(await isAlive(known))) return;
  signal(known.pid, 'SIGTERM');
  if (await untilGone(known, within)) return;
  signal(known.pid, 'SIGKILL');
  if (!(await untilGone(known, 10_000))) throw new Error(`Process ${known.pid} does not end, even by SIGKILL.`);
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'ESRCH')) throw fault; // ESRCH: it was quicker.
  }
}

async function startInProc(pid: number): Promise<string | undefined> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The second field is the command in brackets and may hold anything: the others are counted from its end.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : `${boot.trim()}/${fields[18]}`;
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && (fault.code === 'ENOENT' || fault.code === 'ESRCH'))
      return undefined;
    throw fault;
  }
}

async function startInPs(pid: number): Promise<string | undefined> {
  const { execa } = await import('execa'); // half of what a command would load, and never needed on Linux
  const env = { LC_ALL: 'C', TZ: 'UTC' };
  const run = await execa('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { env, reject: false, timeout: 5_000 });
  if (run.failed && run.exitCode === undefined)
    throw new Error(`ps tells nothing of process ${pid}: ${run.shortMessage}`);
  const [state, ...start] = run.stdout.trim().split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : start.join(' ');
}
