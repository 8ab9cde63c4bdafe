import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { lock } from 'proper-lockfile';
import { tailOf, textOf } from './host/files.js';
import { basicsOf } from './host/launch.js';
import { isRunning, signalGroup } from './host/os-process.js';
import { hostFile, hostFolder } from './protocol.js';
import type { HostFile, HostReport } from './protocol.js';

/** Which host is meant: that of an environment, with what it knows under `dataDir` (absolute). */
export interface HostName {
  readonly dataDir: string;
  readonly environment: string;
}

/** How to reach a running host. */
export interface HostHandle extends HostName {
  readonly pid: number;
  /** Of its own interface, `http://127.0.0.1:41234`; `/metrics` there is open to everybody on this machine. */
  readonly url: string;
  readonly token: string;
}

const startPatience = 20_000;
const hangPatience = 10_000;
const pollEvery = 25;

/** The host of an environment, started if it does not run; many may ask at once. Cheap while it runs. */
export async function ensureHost(name: HostName): Promise<HostHandle> {
  const running = await runningHost(name);
  if (running) return running;
  const folder = hostFolder(name.dataDir, name.environment);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const retries = { retries: 400, minTimeout: 50, maxTimeout: 100 };
  const lost = new AbortController();
  const release = await lock(folder, {
    lockfilePath: `${folder}/start.lock`,
    stale: 10_000,
    update: 2_000,
    retries,
    // A second host may start then; the first sees it within a second and leaves the field.
    onCompromised: () => lost.abort(),
  });
  try {
    return (await answeringHost(name)) ?? (await startHost(name, folder));
  } finally {
    if (!lost.signal.aborted) await release();
  }
}

/** Ends a host in order: requests answered, instances stopped, then itself. Nothing to do where none runs. */
export async function stopHost(name: HostName): Promise<void> {
  const handle = await runningHost(name);
  if (!handle) return;
  const file = await readHostFile(name);
  const answer = await fetch(`${handle.url}/stop`, { method: 'POST', headers: authorization(handle) });
  if (!answer.ok)
    throw new Error(`the host of ${name.environment} did not stop: ${answer.status} ${await answer.text()}`);
  while (file && file.pid === handle.pid && isRunning(file)) await sleep(pollEvery);
}

/** What a host says of itself; `undefined` where none runs. */
export async function hostStatus(name: HostName): Promise<HostReport | undefined> {
  const handle = await runningHost(name);
  if (!handle) return undefined;
  const answer = await fetch(`${handle.url}/status`, { headers: authorization(handle) });
  if (!answer.ok) throw new Error(`the host of ${name.environment} answered ${answer.status} to /status`);
  return (await answer.json()) as HostReport;
}

/** The header by which a host knows who asks. */
export const authorization = (handle: Pick<HostHandle, 'token'>) => ({ authorization: `Bearer ${handle.token}` });

/** The host, if one runs and answers. */
async function runningHost(name: HostName): Promise<HostHandle | undefined> {
  const file = await readHostFile(name);
  if (!file || !isRunning(file)) return undefined;
  const url = `http://127.0.0.1:${file.port}`;
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) });
    await answer.arrayBuffer();
    return answer.ok ? { ...name, url, pid: file.pid, token: file.token } : undefined;
  } catch (error) {
    if (error instanceof Error) return undefined;
    throw error;
  }
}

/** The host once it answers; one that runs and does not answer for long is ended. What it runs goes on. */
async function answeringHost(name: HostName): Promise<HostHandle | undefined> {
  const patience = AbortSignal.timeout(hangPatience);
  for (;;) {
    const handle = await runningHost(name);
    if (handle) return handle;
    const file = await readHostFile(name);
    if (!file || !isRunning(file)) return undefined;
    if (patience.aborted) signalGroup(file, 'SIGKILL');
    await sleep(pollEvery);
  }
}

async function startHost(name: HostName, folder: string): Promise<HostHandle> {
  const main = fileURLToPath(new URL('./host/main.js', import.meta.url));
  const child = spawn(process.execPath, [main, '--folder', folder, '--environment', name.environment], {
    cwd: folder,
    env: basicsOf(process.env),
    detached: true,
    stdio: 'ignore',
  });
  child.unref();
  const patience = AbortSignal.timeout(startPatience);
  for (;;) {
    const handle = await runningHost(name);
    if (handle && handle.pid === child.pid) return handle;
    if (hasEnded(child) || patience.aborted) {
      child.kill('SIGKILL');
      const log = await tailOf(`${folder}/host.log`, 2_000);
      throw new Error(
        `the host of ${name.environment} did not start; the end of ${folder}/host.log:\n${log || '(empty)'}`,
      );
    }
    await sleep(pollEvery);
  }
}

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

async function readHostFile({ dataDir, environment }: HostName): Promise<HostFile | undefined> {
  const text = await textOf(`${hostFolder(dataDir, environment)}/host.json`);
  return text === undefined ? undefined : hostFile.parse(JSON.parse(text));
}
