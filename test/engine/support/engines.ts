import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTemporal } from '../../../src/adapters/temporal/find-temporal.js';
import { startDevServer } from '../../../src/adapters/temporal/dev-server.js';
import type { DevServer, DevServerOptions } from '../../../src/adapters/temporal/dev-server.js';
import type { Engine } from '../../../src/adapters/temporal/engine-environment.js';
import { endProcess } from '../../../src/adapters/temporal/process-identity.js';
import type { ProcessIdentity } from '../../../src/adapters/temporal/process-identity.js';
import { afterwards, temporaryFolder } from './temporary.js';
import type { Ending } from './temporary.js';

/** A data folder of the test's own; an engine left running in it is ended once all that might keep it has gone. */
export async function aDataDir(t: Ending): Promise<string> {
  const dataDir = await temporaryFolder(t);
  afterwards(t, () => endLeftover(dataDir));
  return dataDir;
}

/** An embedded engine on free ports, stopped with the test. */
export async function anEngine(t: Ending, options: Omit<DevServerOptions, 'binary'>): Promise<DevServer> {
  const { path } = await findTemporal({ env: process.env });
  const server = await startDevServer({ ports: { grpc: 0, ui: 0 }, ...options, binary: path });
  afterwards(t, () => server.stop());
  return server;
}

export const engineAt = ({ address, uiUrl }: DevServer, namespace: string): Engine => ({
  kind: 'embedded',
  connection: { address },
  namespace,
  uiUrl,
});

/** The server named in a data folder's record. */
export async function recordedServer(dataDir: string): Promise<ProcessIdentity | undefined> {
  const record = JSON.parse(await readFile(join(dataDir, 'engine', 'engine.json'), 'utf8')) as {
    server?: ProcessIdentity;
  };
  return record.server;
}

/** Waits until it is so; the test's own time limit ends a wait for what never comes. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isSo())) await pause(50);
}

async function endLeftover(dataDir: string): Promise<void> {
  const server = await recordedServer(dataDir).catch(() => undefined);
  if (server) await endProcess(server, 5_000);
}
