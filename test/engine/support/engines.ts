import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findTemporal } from '../../../src/adapters/temporal/find-temporal.js';
import { startDevServer } from '../../../src/adapters/temporal/dev-server.js';
import type { DevServer, DevServerOptions } from '../../../src/adapters/temporal/dev-server.js';
import type { Engine } from '../../../src/adapters/temporal/engine-environment.js';
import { endProcess } from '../../../src/adapters/temporal/process-identity.js';
import type { ProcessIdentity } from '../../../src/adapters/temporal/process-identity.js';
import { afterwards } from './temporary.js';
import type { Ending } from './temporary.js';

/** An embedded engine on free ports, ended with the test whatever becomes of it. */
export async function anEngine(t: Ending, options: Omit<DevServerOptions, 'binary'>): Promise<DevServer> {
  afterwards(t, () => endLeftover(options.dataDir));
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
