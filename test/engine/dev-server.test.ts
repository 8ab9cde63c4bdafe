import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';

import { fileURLToPath } from 'node:url';
import type { Client } from '@temporalio/client';
import { connectClient } from '../../src/adapters/temporal/connections.js';
import { findTemporal } from '../../src/adapters/temporal/find-temporal.js';
import { startDevServer } from '../../src/adapters/temporal/dev-server.js';
import type { DevServer } from '../../src/adapters/temporal/dev-server.js';
import { identify, isAlive } from '../../src/adapters/temporal/process-identity.js';
import { aDataDir, anEngine, engineAt, recordedServer, until } from './support/engines.js';
import { afterwards } from './support/temporary.js';
import type { Ending } from './support/temporary.js';

describe('The embedded engine', { timeout: 60_000 }, () => {
  it('answers on gRPC, UI and metrics when it has started, and leaves no process when stopped', async (t) => {
    const dataDir = await aDataDir(t);
    const server = await anEngine(t, { dataDir });
    const process = await identify(server.pid());

    assert.equal((await fetch(server.uiUrl)).status, 200);
    assert.match(await (await fetch(server.metricsUrl)).text(), /^# HELP/);
    await server.stop();
    assert.equal(await isAlive(process!), false);
    assert.equal(await recordedServer(dataDir), undefined);
  });

  it('keeps its ports from run to run, so that links stay good', async (t) => {
    const dataDir = await aDataDir(t);
    const first = await anEngine(t, { dataDir });
    await first.stop();
    const second = await anEngine(t, { dataDir, ports: {} });
    assert.deepEqual([second.address, second.uiUrl], [first.address, first.uiUrl]);
  });

  it('is started again on the same ports and database when its process is killed', async (t) => {
    const dataDir = await aDataDir(t);
    const server = await anEngine(t, { dataDir });
    const client = await aClient(t, server);
    await client.workflow.start('release', { workflowId: 'kept', taskQueue: 'nobody' });

    const killed = server.pid();
    process.kill(killed, 'SIGKILL');
    await until(() => server.pid() !== killed);

    assert.equal((await client.workflow.getHandle('kept').describe()).status.name, 'RUNNING');
    assert.equal((await recordedServer(dataDir))?.pid, server.pid());
  });

  it('is taken up, with all that runs on it, when the process that kept it was killed', async (t) => {
    const dataDir = await aDataDir(t);
    const { keeper, pid, address } = await aKeeper(t, dataDir);
    keeper.kill('SIGKILL');
    await once(keeper, 'exit');

    const server = await anEngine(t, { dataDir });
    assert.deepEqual([server.adopted, server.pid(), server.address], [true, pid, address]);

    process.kill(pid, 'SIGKILL');
    await until(() => server.pid() !== pid); // What was taken up is kept running too.
    assert.equal((await fetch(server.uiUrl)).status, 200);
    await server.stop();
    assert.equal(await identify(server.pid()), undefined);
  });

  it('is replaced when it was left running and does not answer', async (t) => {
    const dataDir = await aDataDir(t);
    const { keeper, pid } = await aKeeper(t, dataDir);
    keeper.kill('SIGKILL');
    await once(keeper, 'exit');
    process.kill(pid, 'SIGSTOP');

    const server = await anEngine(t, { dataDir, stopWithin: 500 });
    assert.equal(server.adopted, false);
    assert.equal(await identify(pid), undefined);
  });

  it('is not started twice on one database', async (t) => {
    const dataDir = await aDataDir(t);
    const { keeper } = await aKeeper(t, dataDir);
    await assert.rejects(anEngine(t, { dataDir }), new RegExp(`already run by process ${keeper.pid}`));
  });

  it('ignores a record of a process that is gone, and one that cannot be read', async (t) => {
    const dataDir = await aDataDir(t);
    await mkdir(join(dataDir, 'engine'));
    for (const record of [staleRecord(dataDir), '{"ports":']) {
      await writeFile(join(dataDir, 'engine', 'engine.json'), record);
      const server = await anEngine(t, { dataDir });
      assert.equal(server.adopted, false);
      await server.stop();
    }
  });

  it('says which port is taken when one that was asked for cannot be had', async (t) => {
    const squatter = createServer().listen(0, '127.0.0.1');
    afterwards(t, () => squatter.close());
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    await assert.rejects(
      anEngine(t, { dataDir: await aDataDir(t), ports: { grpc: 0, ui: port } }),
      new RegExp(`Port ${port} for the Temporal UI is taken`),
    );
  });

  it('is started again when it ends while it starts, as when another program was quicker with a port', async (t) => {
    const dataDir = await aDataDir(t);
    const { path } = await findTemporal({ env: process.env });
    const binary = join(dataDir, 'temporal');
    const firstFails = `#!/bin/sh\n[ -e been ] || { touch been; exit 2; }\nexec '${path}' "$@"\n`;
    await writeFile(binary, firstFails, { mode: 0o755 });
    const quicker = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(quicker, 'listening');
    const { port } = quicker.address() as AddressInfo;
    await new Promise((closed) => quicker.close(closed));
    await mkdir(join(dataDir, 'engine'));
    await writeFile(join(dataDir, 'engine', 'engine.json'), staleRecord(dataDir, { grpc: port, ui: 2, metrics: 3 }));
    const said: string[] = [];
    const tell = (line: string): void => {
      if (said.push(line) === 1) quicker.listen(port, '127.0.0.1');
    };
    afterwards(t, () => quicker.close());
    const server = await startDevServer({ binary, dataDir, ports: { grpc: 0, ui: 0 }, tell });
    afterwards(t, () => server.stop());
    assert.match(said.join('; '), /exited with 2 while starting; starting it again/);
    assert.notEqual(server.address, `127.0.0.1:${port}`);
  });

  it('tells the last words of a server that ends at once', async (t) => {
    const dataDir = await aDataDir(t);
    const binary = join(dataDir, 'temporal');
    await writeFile(binary, '#!/bin/sh\necho "no room on device" >&2; exit 3\n', { mode: 0o755 });
    await assert.rejects(startDevServer({ binary, dataDir, ports: { grpc: 0, ui: 0 } }), (fault: Error) => {
      assert.match(fault.message, /exited with 3/);
      assert.match(fault.message, /no room on device/);
      return true;
    });
  });

  it('ends a server that does not become ready in time', async (t) => {
    const dataDir = await aDataDir(t);
    const binary = join(dataDir, 'temporal');
    await writeFile(binary, '#!/bin/sh\necho $$ > pid; exec sleep 60\n', { mode: 0o755 });
    const start = startDevServer({ binary, dataDir, ports: { grpc: 0, ui: 0 }, readyWithin: 300 });
    await assert.rejects(start, /was not ready in time/);
    assert.equal(await identify(Number(await readFile(join(dataDir, 'engine', 'pid'), 'utf8'))), undefined);
  });
});

async function aClient(t: Ending, server: DevServer): Promise<Client> {
  const client = await connectClient({ engine: engineAt(server, 'default'), role: 'test' });
  afterwards(t, () => client.connection.close());
  return client;
}

async function aKeeper(
  t: Ending,
  dataDir: string,
): Promise<{ readonly keeper: ChildProcess; readonly pid: number; readonly address: string }> {
  const program = fileURLToPath(new URL('./support/keeper.js', import.meta.url));
  const keeper = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  afterwards(t, async () => {
    if (keeper.kill('SIGKILL')) await once(keeper, 'exit');
  });
  const ended = once(keeper, 'exit').then(([code]) => {
    throw new Error(`the keeper ended with ${String(code)}`);
  });
  ended.catch(() => undefined);
  const [line] = (await Promise.race([once(keeper.stdout, 'data'), ended])) as [Buffer];
  return { keeper, ...(JSON.parse(line.toString()) as { pid: number; address: string }) };
}

/** This test's own pid, but another start: a record from before the pid was given to somebody else. */
const staleRecord = (dataDir: string, ports = { grpc: 1, ui: 2, metrics: 3 }): string =>
  JSON.stringify({
    ports,
    binary: 'temporal',
    database: join(dataDir, 'engine', 'temporal.db'),
    server: { pid: process.pid, startedAt: 'another time' },
    keeper: { pid: process.pid, startedAt: 'another time' },
  });
