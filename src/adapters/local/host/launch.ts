import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { extract } from 'tar';
import { textOf } from './files.js';
import { birthOf, hasCode } from './os-process.js';
import type { ProcessId } from './os-process.js';
import type { InstanceRecord } from './state.js';

export type Variables = Readonly<Record<string, string>>;

/** Where the instances of a host live, and what each of them is told. */
export interface Quarters {
  readonly folder: string;
  readonly environment: string;
  /** What a program needs to run at all; never the host's whole environment. */
  readonly basics: Variables;
}

/** The variables of a process that say how to run, and nothing of what it knows. */
export const basicsOf = (variables: NodeJS.ProcessEnv): Variables =>
  Object.fromEntries(
    basics.flatMap((name) => {
      const value = variables[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );

const basics = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
];

export const logOf = (quarters: Quarters, id: string): string => `${quarters.folder}/logs/${id}.log`;
const roomOf = (quarters: Quarters, id: string): string => `${quarters.folder}/instances/${id}`;
const pidFileOf = (quarters: Quarters, id: string): string => `${quarters.folder}/instances/${id}.pid`;

/** Unpacks the instance's archive into its own folder: all of it or nothing. Done once. */
export async function furnish(quarters: Quarters, record: InstanceRecord): Promise<void> {
  const room = roomOf(quarters, record.id);
  if (await exists(room)) return;
  const draft = `${room}.unpacking`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  await extract({ file: record.archive, cwd: draft });
  await rename(draft, room);
}

/** Takes away what the instance ran from. Its log stays. */
export async function clear(quarters: Quarters, id: string): Promise<void> {
  const room = roomOf(quarters, id);
  for (const path of [room, `${room}.unpacking`, pidFileOf(quarters, id)])
    await rm(path, { recursive: true, force: true });
}

/**
 * Starts the instance as a process of its own group that outlives the host. It writes its pid down itself, before it
 * does anything else: a host that dies between starting and remembering finds it again.
 */
export function launch(quarters: Quarters, record: InstanceRecord): ChildProcess {
  const log = openSync(logOf(quarters, record.id), 'a', 0o600);
  try {
    const wrapped = [
      '-c',
      'echo $$ > "$0"; exec /bin/sh -c "$1"',
      pidFileOf(quarters, record.id),
      record.settings.process.run,
    ];
    const child = spawn('/bin/sh', wrapped, {
      cwd: roomOf(quarters, record.id),
      env: toldTo(quarters, record),
      detached: true,
      stdio: ['ignore', log, log],
    });
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

const toldTo = (quarters: Quarters, record: InstanceRecord): Variables => ({
  ...quarters.basics,
  ...record.settings.variables,
  PORT: String(record.port),
  HOST: '127.0.0.1',
  SLIPWAY_VERSION: record.version,
  SLIPWAY_DIGEST: record.digest,
  SLIPWAY_ENVIRONMENT: quarters.environment,
  SLIPWAY_INSTANCE: record.id,
});

/** The running process of an instance whose start was not remembered any more; known by what it was told. */
export async function foundling(
  quarters: Quarters,
  id: string,
): Promise<{ readonly process: ProcessId; readonly port: number } | undefined> {
  const pid = Number(await textOf(pidFileOf(quarters, id)));
  const birth = Number.isInteger(pid) && pid > 1 ? birthOf(pid) : undefined;
  if (birth === undefined) return undefined;
  const told = wasTold(pid);
  const port = told.find((variable) => variable.startsWith('PORT='))?.slice('PORT='.length);
  return told.includes(`SLIPWAY_INSTANCE=${id}`) ? { process: { pid, birth }, port: Number(port) } : undefined;
}

function wasTold(pid: number): readonly string[] {
  if (process.platform !== 'linux')
    return spawnSync('ps', ['eww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.split(/\s/);
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'EACCES') || hasCode(error, 'ESRCH')) return [];
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
