import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { Milliseconds } from '../../domain/duration.js';
import type { EnginePorts } from './engine-ports.js';
import { endProcess, identify, untilGone } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';

/** A dev server that answered. */
export interface ServerProcess {
  readonly identity: ProcessIdentity;
  /** Resolves, with how it ended, when it has ended. */
  readonly gone: Promise<string>;
}

/** In the folder, and named relative to it: the server cannot open every path (`?`). */
export const databaseFile = 'temporal.db';

export interface Launch {
  readonly binary: string;
  /** Holds the database and the log; the server's home, so that no setting of the user's reaches it. */
  readonly folder: string;
  readonly ports: EnginePorts;
  readonly dynamicConfig: Readonly<Record<string, unknown>>;
  readonly readyWithin: Milliseconds;
  /** Called once the process exists, before it answers. */
  readonly born: (identity: ProcessIdentity) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Starts `temporal server start-dev` and returns when it answers; otherwise it is ended and the fault has its last words. */
export async function launchServer(launch: Launch): Promise<ServerProcess> {
  const log = await openLog(launch.folder);
  const logged = (await log.stat()).size;
  const child = spawn(launch.binary, serverArguments(launch), {
    cwd: launch.folder,
    detached: true, // Ctrl-C reaches only us: workers finish first, then we stop the server.
    env: { HOME: launch.folder }, // It has no business with our environment's secrets.
    stdio: ['ignore', log.fd, log.fd],
  });
  const gone = once(child, 'exit').then(([code, signal]) => `exited with ${String(code ?? signal)}`);
  try {
    await once(child, 'spawn');
  } finally {
    await log.close();
  }
  return whenReady(child, { ...launch, gone, logged });
}

/** Takes up a server that an earlier process started: it is no child of ours, so it is watched by looking. */
export const takeUp = (identity: ProcessIdentity): ServerProcess => ({
  identity,
  gone: untilGone(identity).then(() => 'ended'),
});

/** Whether gRPC and UI both answer. */
export async function answers(ports: EnginePorts, within: Milliseconds): Promise<boolean> {
  try {
    const connection = await Connection.connect({
      address: `127.0.0.1:${ports.grpc}`,
      connectTimeout: within,
      channelArgs: { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 },
    });
    await connection.close();
    const page = await fetch(`http://127.0.0.1:${ports.ui}/`, { signal: AbortSignal.timeout(within) });
    await page.body?.cancel();
    return page.ok;
  } catch {
    return false; // Not yet, or no more: the caller knows which, and what to do.
  }
}

/** A server that ended by itself before it answered. */
export class EndedAtOnce extends Error {
  override readonly name = 'EndedAtOnce';
  /** `exited with 2` */
  readonly how: string;

  constructor(how: string, message: string) {
    super(message);
    this.how = how;
  }
}

type Birth = Launch & {
  readonly gone: Promise<string>;
  /** Where its words begin in the log. */
  readonly logged: number;
};

async function whenReady(child: ChildProcess, birth: Birth): Promise<ServerProcess> {
  const identity = child.pid === undefined ? undefined : await identify(child.pid);
  if (!identity) {
    const how = await birth.gone; // before anybody could look at it
    throw new EndedAtOnce(how, await lastWords(birth, how));
  }
  const asking = new AbortController();
  try {
    await birth.born(identity);
    const signal = AbortSignal.any([birth.signal, asking.signal]);
    const ready = await Promise.race([birth.gone, untilAnswers({ ...birth, signal })]);
    if (typeof ready === 'string') throw new EndedAtOnce(ready, await lastWords(birth, ready));
    if (!ready) throw new Error(await lastWords(birth, 'was not ready in time'));
    return { identity, gone: birth.gone };
  } catch (fault) {
    await endProcess(identity, 2_000);
    throw fault;
  } finally {
    asking.abort(); // A server that has gone is not asked on.
  }
}

async function untilAnswers({ ports, readyWithin, signal }: Launch): Promise<boolean> {
  const deadline = Date.now() + readyWithin;
  while (Date.now() < deadline) {
    if (await answers(ports, 1_000)) return true;
    await pause(50, undefined, { signal });
  }
  return false;
}

function serverArguments({ ports, dynamicConfig }: Launch): readonly string[] {
  const values = Object.entries(dynamicConfig).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-disable-news-fetch', '--log-level', 'warn'],
    ...['--port', String(ports.grpc), '--ui-port', String(ports.ui), '--metrics-port', String(ports.metrics)],
    // FULL: an accepted order survives a power cut. Releases are rare; nobody feels the price of syncing.
    ...['--db-filename', databaseFile, '--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
    ...values.flatMap((value) => ['--dynamic-config-value', value]),
  ];
}

const logFile = (folder: string): string => join(folder, 'temporal.log');

/** Kept across restarts, the former one beside it once it has grown. */
async function openLog(folder: string): ReturnType<typeof open> {
  const log = await open(logFile(folder), 'a');
  if ((await log.stat()).size < 10_000_000) return log;
  await log.close();
  await rename(logFile(folder), `${logFile(folder)}.1`);
  return open(logFile(folder), 'a');
}

async function lastWords({ binary, folder, logged }: Birth, end: string): Promise<string> {
  const words = (await readFile(logFile(folder))).subarray(logged).toString('utf8').trim().split('\n');
  // A fall begins with its reason and ends with where it happened.
  const told = words.length <= 12 ? words : [...words.slice(0, 4), '…', ...words.slice(-8)];
  return [`The Temporal server (${binary}) ${end}. Its last words, in ${logFile(folder)}:`, ...told].join('\n  ');
}
