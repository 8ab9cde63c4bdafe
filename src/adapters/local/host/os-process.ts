import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const onLinux = process.platform === 'linux';

/**
 * When a process was born, as this system words it; `undefined` when there is none or it is only waiting to be buried.
 * A pid and its birth name one process for good: a recycled pid has another birth.
 */
export function birthOf(pid: number): string | undefined {
  if (onLinux) {
    const stat = statOf(pid);
    return stat && stat.alive ? `${bootId()}/${stat.start}` : undefined;
  }
  const line = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
}

/** Whether this very process still runs. */
export const isRunning = (one: ProcessId): boolean => birthOf(one.pid) === one.birth;

/** One process for good. It leads its own process group. */
export interface ProcessId {
  readonly pid: number;
  readonly birth: string;
}

/** Asks a process and all it has started to end; kills what is left of them after `within` milliseconds. */
export async function stopGroup(one: ProcessId, within: number): Promise<void> {
  if (!signalGroup(one, 'SIGTERM')) return;
  const late = AbortSignal.timeout(within);
  while (groupLives(one) && !late.aborted) await sleep(20);
  await killGroup(one);
}

/** Kills a process, or what is left of those it has started. */
export async function killGroup(one: ProcessId): Promise<void> {
  while (groupLives(one)) {
    signalGroup(one, 'SIGKILL');
    await sleep(10);
  }
}

/** Signals a process and all it has started; never a stranger who got the same pid. Returns whether anybody was there. */
export function signalGroup(one: ProcessId, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  const birth = birthOf(one.pid);
  if (birth !== undefined && birth !== one.birth) return false;
  return sent(-one.pid, signal);
}

/** Whether the process or anything it has started still runs. */
function groupLives(one: ProcessId): boolean {
  const birth = birthOf(one.pid);
  if (birth !== undefined) return birth === one.birth;
  if (!sent(-one.pid, 0)) return false;
  // Those still counted may all be dead and unburied, where nobody adopts orphans.
  return onLinux ? livingPids().some((pid) => statOf(pid)?.group === one.pid) : true;
}

function sent(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if (hasCode(error, 'ESRCH') || hasCode(error, 'EPERM')) return false;
    throw error;
  }
}

/** Whether an error is the system's error of this code. */
export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

interface Stat {
  readonly alive: boolean;
  readonly group: number;
  readonly start: string;
}

/** `/proc/<pid>/stat`: the name in brackets may hold anything, so the fields are counted from behind it. */
function statOf(pid: number): Stat | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', , group = ''] = fields;
    return { alive: !'ZXx'.includes(state), group: Number(group), start: fields[19] ?? '' };
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ESRCH')) return undefined;
    throw error;
  }
}

const livingPids = (): readonly number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && statOf(pid)?.alive);

let boot: string | undefined;
const bootId = (): string => (boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
