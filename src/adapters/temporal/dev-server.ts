import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { seconds } from '../../domain/duration.js';
import type { Milliseconds } from '../../domain/duration.js';
import { choosePorts, mustAllBeFree } from './engine-ports.js';
import type { EnginePorts, WantedPorts } from './engine-ports.js';
import { readRecord, writeRecord } from './engine-record.js';
import type { EngineRecord } from './engine-record.js';
import { endProcess, identify, isAlive } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';
import { answers, databaseFile, EndedAtOnce, launchServer, takeUp } from './server-process.js';
import type { ServerProcess } from './server-process.js';

export interface DevServerOptions {
  /** The Temporal CLI, as `findTemporal` returns it. */
  readonly binary: string;
  /** `engine/` is made in it: database, log, and the record of the running server. */
  readonly dataDir: string;
  readonly ports?: WantedPorts;
  /** Temporal's dynamic configuration, `{ 'frontend.namespaceRPS': 5000 }`. */
  readonly dynamicConfig?: Readonly<Record<string, unknown>>;
  readonly readyWithin?: Milliseconds;
  /** Between asking the server to end and killing it. */
  readonly stopWithin?: Milliseconds;
  /** Hears what is being done, a line at a time. */
  readonly tell?: (line: string) => void;
}

/** The embedded engine: a Temporal dev server that is kept running, on the same ports and database, until it is stopped. */
export interface DevServer {
  /** `127.0.0.1:7233` */
  readonly address: string;
  readonly uiUrl: string;
  readonly metricsUrl: string;
  /** Whether a server that an earlier, killed process had left running was taken up. */
  readonly adopted: boolean;
  /** Of the server that runs now; another after it died and was started again. */
  readonly pid: () => number;
  /** Ends the server gently; asking again waits for the same end. */
  readonly stop: () => Promise<void>;
}

type Settings = Required<DevServerOptions> & { readonly folder: string; readonly database: string };

/**
 * Starts the embedded engine, or takes up the one that a killed process left running on the same data. A second one on
 * the same database is never started: while another process keeps it, this one is refused.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const settings = settingsOf(options);
  await mkdir(settings.folder, { recursive: true });
  const unlock = await lockFolder(settings);
  try {
    const record = await readRecord(settings.folder);
    await refuseSecondKeeper(record, settings);
    const keeper = await identify(process.pid);
    const remembered = (ports: EnginePorts): EngineRecord => ({
      ports,
      binary: settings.binary,
      database: settings.database,
    });
    const running = (ports: EnginePorts, server: ProcessIdentity): Promise<void> =>
      writeRecord(settings.folder, { ...remembered(ports), server, ...(keeper && { keeper }) });
    const launch = async (ports: EnginePorts, signal: AbortSignal): Promise<ServerProcess> => {
      await mustAllBeFree(ports);
      return launchServer({ ...settings, ports, born: (server) => running(ports, server), signal });
    };
    const adopted = await adopt(record, settings);
    if (adopted) await running(adopted.ports, adopted.server);
    const choose = (): Promise<EnginePorts> => choosePorts(settings.ports, record?.ports);
    const { ports, server } = adopted
      ? { ports: adopted.ports, server: takeUp(adopted.server) }
      : await launchFirst(choose, launch, settings.tell);
    const again: Launcher = (signal) => launch(ports, signal);
    const { pid, stop } = keepRunning(server, again, settings, remembered(ports));
    return { ...links(ports), adopted: adopted !== undefined, pid, stop };
  } finally {
    await unlock();
  }
}

function settingsOf(options: DevServerOptions): Settings {
  const folder = resolve(options.dataDir, 'engine');
  const defaults = {
    ports: {},
    dynamicConfig: {},
    readyWithin: seconds(30),
    stopWithin: seconds(10),
    tell: () => undefined,
  };
  return { ...defaults, ...options, folder, database: join(folder, databaseFile) };
}

const links = ({ grpc, ui, metrics }: EnginePorts): Pick<DevServer, 'address' | 'uiUrl' | 'metricsUrl'> => ({
  address: `127.0.0.1:${grpc}`,
  uiUrl: `http://127.0.0.1:${ui}`,
  metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
});

/** Held only while starting: two that start at once take turns. A starter that was killed is waited for five seconds. */
function lockFolder({ folder, tell }: Settings): Promise<() => Promise<void>> {
  return lock(folder, {
    lockfilePath: join(folder, 'starting.lock'),
    stale: seconds(5),
    retries: { retries: 120, minTimeout: 100, maxTimeout: 500 },
    onCompromised: (fault) => tell(`The lock on ${folder} was lost: ${fault.message}`),
  });
}

async function refuseSecondKeeper(record: EngineRecord | undefined, { folder }: Settings): Promise<void> {
  if (!record?.keeper || !(await isAlive(record.keeper))) return;
  throw new Error(
    `The engine in ${folder} is already run by process ${record.keeper.pid}; stop that one, or use another data folder.`,
  );
}

async function adopt(
  record: EngineRecord | undefined,
  { database, ports: wanted, stopWithin, tell }: Settings,
): Promise<{ readonly ports: EnginePorts; readonly server: ProcessIdentity } | undefined> {
  // A record that speaks of another database came with a copied folder: that server is somebody else's.
  if (!record?.server || record.database !== database || !(await isAlive(record.server))) return undefined;
  const { ports, server } = record;
  const elsewhere = (['grpc', 'ui', 'metrics'] as const).some((name) => wanted[name] && wanted[name] !== ports[name]);
  if (!elsewhere && (await answers(ports, seconds(2)))) {
    tell(`Taking up the Temporal server left running as process ${server.pid}`);
    return { ports, server };
  }
  tell(
    `Ending the Temporal server left as process ${server.pid}: it ${elsewhere ? 'has other ports' : 'does not answer'}`,
  );
  await endProcess(server, stopWithin);
  return undefined;
}

type Launcher = (signal: AbortSignal) => Promise<ServerProcess>;

function keepRunning(
  first: ServerProcess,
  launch: Launcher,
  { folder, stopWithin, tell }: Settings,
  remembered: EngineRecord,
): Pick<DevServer, 'pid' | 'stop'> {
  const stopping = new AbortController();
  const stopped = (): boolean => stopping.signal.aborted;
  let current = first;
  const kept = (async () => {
    while (!stopped()) {
      const how = await current.gone;
      if (stopped()) return;
      tell(`The Temporal server, process ${current.identity.pid}, ${how}; starting it again`);
      current = (await launchAgain(launch, stopping.signal, tell)) ?? current;
    }
    await endProcess(current.identity, stopWithin); // It came up while we were asked to stop.
  })();
  const stopOnce = async (): Promise<void> => {
    stopping.abort();
    await endProcess(current.identity, stopWithin);
    await kept;
    await writeRecord(folder, remembered);
  };
  let end: Promise<void> | undefined;
  const stop = (): Promise<void> => (end ??= stopOnce());
  return { pid: () => current.identity.pid, stop };
}

const firstTries = 3;

/**
 * The first start. The server chooses ports for its inner parts by itself, and one of ours may be taken between our look
 * and its own: it ends when another program is quicker. So a server that ended at once is started again, a few times, on
 * ports that are free by then; whatever else goes wrong is told at once.
 */
async function launchFirst(
  choose: () => Promise<EnginePorts>,
  launch: (ports: EnginePorts, signal: AbortSignal) => Promise<ServerProcess>,
  tell: (line: string) => void,
): Promise<{ readonly ports: EnginePorts; readonly server: ServerProcess }> {
  for (let left = firstTries - 1; ; left--) {
    const ports = await choose();
    try {
      return { ports, server: await launch(ports, new AbortController().signal) };
    } catch (fault) {
      if (!(fault instanceof EndedAtOnce) || left === 0) throw fault;
      tell(`The Temporal server ${fault.how} while starting; starting it again`);
    }
  }
}

/** Tries until it runs, each time waiting longer, up to ten seconds; nothing once `signal` is aborted. */
async function launchAgain(
  launch: Launcher,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<ServerProcess | undefined> {
  for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, seconds(10))) {
    try {
      const server = await launch(signal);
      tell(`The Temporal server runs again as process ${server.identity.pid}`);
      return server;
    } catch (fault) {
      tell(fault instanceof Error ? fault.message : String(fault));
      await pause(wait, undefined, { signal }).catch(() => undefined); // Stopping cuts the wait short.
    }
  }
  return undefined;
}
