import { DefaultLogger, Runtime, type LogMetadata, type Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { endOvertaken } from '../activities/recovery.js';
import { keepHosts } from '../src/adapters/local/keep-hosts.js';
import { ensureEnvironmentSchedules, ensureSchedules } from '../src/adapters/temporal/schedules.js';
import { keepWatching } from '../src/adapters/temporal/keep-watching.js';
import { connectClient } from '../src/adapters/temporal/connections.js';
import { connectNative } from '../src/adapters/temporal/native-connection.js';
import { engineFromEnvironment } from '../src/adapters/temporal/engine-environment.js';
import type { Config } from '../src/config/config.js';
import { loadConfig } from '../src/config/load.js';
import { formatProblems } from '../src/config/problems.js';
import { createLogger } from '../src/logger.js';
import { readSettings, type Settings } from '../src/settings.js';
import { environmentTools, houseTools } from './tools.js';
import { environmentWorkers, houseWorkers } from './workers.js';

/**
 * A worker process: `--house` (workflows, builds, records), `--environment NAME` (may be repeated), or `--all`.
 * Ends in order on SIGTERM or SIGINT, and when the process that started it is gone.
 */
const settings = settingsOrEnd();
const logger = createLogger({ name: 'worker', level: settings.logLevel });

try {
  await work();
} catch (fault) {
  logger.fatal({ err: fault }, 'the workers could not go on');
  // What it had opened would keep it here, and whoever started it waiting.
  process.exit(1);
}
if (process.connected) process.disconnect();

async function work(): Promise<void> {
  const config = await configOrEnd();
  const known = config.environments.map(({ name }) => name);
  const { house, environments } = asked(known);
  const engine = engineFromEnvironment(process.env);
  if (!engine) throw new Error('TEMPORAL_ADDRESS is not set: workers need the address of the engine, host:7233');
  Runtime.install({ logger: sdkLogger(logger), shutdownSignals: [] });

  const unknown = environments.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`environment "${unknown}" is not configured; known: ${known.join(', ')}`);

  const connection = await connectNative({ engine });
  const polling = { connection, namespace: engine.namespace };
  const workers: Worker[] = [];
  const client = await connectClient({ engine, role: house ? 'house' : `environment/${environments.join('+')}` });
  if (house) {
    const tools = houseTools({ config, settings, client, logger });
    // Before anything polls: what an older copy of the engine's data would do again is not begun.
    await endOvertaken(tools).then(
      (over) => over.length > 0 && logger.warn({ over }, 'ended: the records hold more of them than the engine'),
      (err: unknown) => logger.error({ err }, 'not compared with the records at start'),
    );
    workers.push(...(await houseWorkers(polling, tools)));
  }
  for (const environment of config.environments.filter(({ name }) => environments.includes(name)))
    workers.push(...(await environmentWorkers(polling, environment, environmentTools({ config, settings, client }))));
  if (house) await ensureSchedules(client);
  const restored = environments.filter((name) => restoredIn(config, name));
  await ensureEnvironmentSchedules(client, { environments, restored });
  const keeping = keepHosts({ dataDir: settings.dataDir, environments, log: logger });
  const reconciling = keepWatching({ client, environments, house, log: logger });

  const runs = workers.map((worker) => worker.run());
  const stop = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop);
  process.once('disconnect', stop);
  process.send?.('ready');
  logger.info({ house, environments }, 'polling');
  const ended = await Promise.allSettled(runs.map((running) => running.finally(stop)));
  await Promise.all([keeping.close(), reconciling.close()]);
  await client.connection.close();
  await connection.close();
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}

/** Where restoring is rehearsed by itself: in production, where a database is configured. */
function restoredIn({ environments, services }: Config, environment: string): boolean {
  return (
    environments.some(({ name, tier }) => name === environment && tier === 'production') &&
    Object.values(services).some(({ database }) => database !== undefined)
  );
}

function asked(known: readonly string[]): { readonly house: boolean; readonly environments: readonly string[] } {
  const args = process.argv.slice(2);
  const all = args.includes('--all');
  const named = args.flatMap((arg, at) => (arg === '--environment' ? [args[at + 1] ?? ''] : []));
  return { house: all || args.includes('--house'), environments: all ? known : named };
}

function settingsOrEnd(): Settings {
  const read = readSettings();
  if (read.ok) return read.settings;
  for (const { message } of read.problems) process.stderr.write(`${message}\n`);
  process.exit(2);
}

async function configOrEnd() {
  const loaded = await loadConfig(settings.configFile);
  if (loaded.ok) return loaded.config;
  process.stderr.write(`${formatProblems(loaded.problems)}\n`);
  process.exit(2);
}

/** The SDK's log in ours: pino takes the fields first and the message after them. */
function sdkLogger(to: Logger): DefaultLogger {
  return new DefaultLogger('WARN', ({ level, message, meta }) => {
    const { error, ...rest } = (meta ?? {}) as LogMetadata & { error?: unknown };
    const fields = { ...rest, ...(error !== undefined && { err: error }) };
    if (level === 'ERROR') to.error(fields, message);
    else to.warn(fields, message);
  });
}
