import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after } from 'node:test';
import * as tar from 'tar';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { createBuilder } from '../../src/adapters/build/builder.js';
import { createSources } from '../../src/adapters/build/sources.js';
import type { Config } from '../../src/config/config.js';

/** Builds a version of the shop as the demo does. */
export async function buildShop(config: Pick<Config, 'services'>, directory: string, ref: string) {
  const artifacts = createArtifacts({ directory: join(directory, 'artifacts') });
  const parts = { config, directory: join(directory, 'builds'), variables: process.env };
  const revision = await createSources(parts).resolve({ service: 'shop', ref });
  const outcome = await createBuilder({ ...parts, artifacts }).build({ service: 'shop', ...revision });
  if (outcome.kind === 'refused') throw new Error(`${outcome.reason}\n${outcome.gates.at(-1)?.log ?? ''}`);
  return { artifact: outcome.artifact, archive: await artifacts.fetch(outcome.artifact.digest) };
}

/** A built shop that serves on a free port and is ended with the tests of the file; `told` are more variables for it. */
export async function startShop(archive: string, directory: string, told: NodeJS.ProcessEnv = {}) {
  const cwd = mkdtempSync(join(directory, 'instance-'));
  await tar.extract({ file: archive, cwd });
  const env = { ...told, PATH: process.env['PATH'], PORT: String(await aFreePort()) };
  const child = spawn('node', ['server.mjs'], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.stdout.resume();
  return { url: `http://127.0.0.1:${env.PORT}`, child };
}

async function aFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
