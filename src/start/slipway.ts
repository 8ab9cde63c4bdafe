import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type DevServer, startDevServer } from '../adapters/temporal/dev-server.js';
import { type Engine, engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import { findTemporal } from '../adapters/temporal/find-temporal.js';
import type { Config } from '../config/config.js';
import type { Settings } from '../settings.js';
import { openDoor } from './door.js';
import { makeReady } from './make-ready.js';
import { recordsAhead } from './records-ahead.js';
import { readRunFile, removeRunFile, writeRunFile } from './run-file.js';
import { startWorkerProcess, type WorkerProcess } from './worker-process.js';

export interface Start {
  readonly settings: Settings;
  readonly config: Config;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  /** Ports that must be had; the others are taken when they are free, and free ones chosen when not. */
  readonly insisted: { readonly door: boolean; readonly temporal: boolean; readonly ui: boolean };
  /** Hears what is being done, a line at a time. */
  readonly tell: (line: string) => void;
}

/** Slipway as it runs: engine, workers and front door. */
export interface Slipway {
  readonly url: string;
  readonly engine: Engine;
  readonly workers: Pick<WorkerProcess, 'pid'>;
  /** The embedded Temporal server's process; missing where a cluster is used. */
  readonly enginePid?: () => number;
  /** In order: no new requests, workers finish what they are at, the engine last. Deployed instances go on serving. */
  stop(): Promise<void>;
}

/** Starts everything in one command. What fails half-way is ended again before the fault is told. */
export async function startSlipway(start: Start): Promise<Slipway> {
  const { settings, config, env, logger, tell } = start;
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const other = await readRunFile(settings.dataDir);
  if (other)
    throw new Error(`Slipway runs here already, at ${other.url} (process ${other.process.pid}); slipway stop ends it`);
  const opened: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of opened.splice(0).reverse()) await close();
  };
  try {
    const { engine, server } = await openEngine(start);
    if (server) opened.push(() => server.stop());
    await makeReady({ engine, tell });

    const workers = await startWorkerProcess({
      args: ['--all'],
      env: { ...env, ...workerEnvironment(settings, engine, server !== undefined) },
      logFile: join(settings.dataDir, 'workers.log'),
      tell,
    });
    opened.push(() => workers.stop());
    const door = await openDoor({ settings, config, engine, logger, env, anyPort: !start.insisted.door });
    opened.push(() => door.close());
    await writeRunFile(settings.dataDir, {
      url: door.url,
      address: engine.connection.address,
      namespace: engine.namespace,
      startedAt: new Date().toISOString(),
      ...(engine.uiUrl !== undefined && { uiUrl: engine.uiUrl }),
    });
    opened.push(() => removeRunFile(settings.dataDir));
    const told = tellAhead({ engine, config, tell });
    opened.push(() => told);
    return { url: door.url, engine, workers, stop, ...(server && { enginePid: server.pid }) };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

/** Beside everything else: reading many records takes a second, and whoever asks for a release is told all the same. */
async function tellAhead({ engine, config, tell }: Pick<Start, 'config' | 'tell'> & { readonly engine: Engine }) {
  try {
    for (const { service, why, command } of await recordsAhead({ engine, config }))
      tell(`${service}: ${why}. ${command}`);
  } catch (fault) {
    tell(
      `The records could not be compared with the engine: ${fault instanceof Error ? fault.message : String(fault)}`,
    );
  }
}

/** The cluster that the environment names, or the embedded one. */
async function openEngine({ settings, env, insisted, tell }: Start): Promise<{ engine: Engine; server?: DevServer }> {
  const external = engineFromEnvironment(env);
  if (external) {
    tell(`Using the Temporal cluster at ${external.connection.address}`);
    return { engine: external };
  }
  const binary = await findTemporal({ env, tell });
  const ports = {
    ...(insisted.temporal && { grpc: settings.temporalPort }),
    ...(insisted.ui && { ui: settings.uiPort }),
  };
  const server = await startDevServer({ binary: binary.path, dataDir: settings.dataDir, ports, tell });
  const { address, uiUrl } = server;
  return { engine: { kind: 'embedded', connection: { address }, namespace: 'default', uiUrl }, server };
}

/** What the workers need to find the same engine, configuration and data. */
const workerEnvironment = (settings: Settings, engine: Engine, embedded: boolean): NodeJS.ProcessEnv => ({
  SLIPWAY_CONFIG: settings.configFile,
  SLIPWAY_DATA: settings.dataDir,
  SLIPWAY_LOG: settings.logLevel,
  ...(embedded && { TEMPORAL_ADDRESS: engine.connection.address, TEMPORAL_NAMESPACE: engine.namespace }),
});
