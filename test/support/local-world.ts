import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create } from 'tar';
import { ensureHost, hostStatus, stopHost } from '../../src/adapters/local/ensure-host.js';
import { createLocalFleet } from '../../src/adapters/local/fleet.js';
import { createLocalMetrics } from '../../src/adapters/local/metrics.js';
import { createLocalTraffic } from '../../src/adapters/local/traffic.js';
import type { Config } from '../../src/config/config.js';
import { artifactTag } from '../../src/domain/artifact.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { seconds } from '../../src/domain/duration.js';
import { Refused } from '../../src/domain/failure.js';

/** A service that tells who it is, and does what its manner says. */
const program = (manner: Manner) => `
  const { createServer } = require('node:http');
  const manner = ${JSON.stringify(manner)};
  if (manner === 'crashing') { console.error('no database here'); process.exit(3); }
  const { PORT, HOST, SLIPWAY_VERSION, SLIPWAY_DIGEST } = process.env;
  const digest = manner === 'stale' ? 'sha256:0ld' : SLIPWAY_DIGEST;
  const server = createServer((request, response) => {
    const path = new URL(request.url, 'http://x').pathname;
    if (path === '/ready') return response.writeHead(manner === 'unready' ? 503 : 200).end();
    if (path === '/health') return response.writeHead(200, { 'slipway-digest': digest }).end('ok');
    if (path === '/told') return response.end(JSON.stringify(process.env));
    if (path === '/say') { console.log('somebody has spoken'); return response.end(); }
    if (path === '/fault') return response.writeHead(500).end();
    if (path === '/slow') return setTimeout(() => response.end(SLIPWAY_VERSION), 400);
    if (path === '/seen') return response.end(JSON.stringify(request.headers));
    if (path === '/break') { response.write('half'); return setTimeout(() => response.destroy(), 20); }
    request.pipe(response.writeHead(200, { 'x-version': SLIPWAY_VERSION }));
    if (request.method === 'GET') response.write(SLIPWAY_VERSION);
  });
  server.on('upgrade', (request, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\\r\\nupgrade: websocket\\r\\nconnection: Upgrade\\r\\n\\r\\n');
    socket.on('error', () => undefined).pipe(socket);
  });
  server.listen(Number(PORT), HOST);
  process.on('SIGTERM', () => { if (manner !== 'stubborn') { server.close(); server.closeAllConnections(); } });
`;

export type Manner = 'good' | 'unready' | 'crashing' | 'stubborn' | 'stale';

export const place = { service: 'web', environment: 'staging' };

/** A local platform in a folder of its own. `end` leaves nothing behind. */
export async function localWorld(change: { readonly startWithin?: number; readonly stopWithin?: number } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-'));
  const dataDir = join(folder, 'data');
  const archives = new Map<string, string>();
  const config = configOf(folder, change);

  const artifact = async (version: string, manner: Manner = 'good'): Promise<Artifact> => {
    const room = join(folder, 'build', `${version}-${manner}`);
    await mkdir(room, { recursive: true });
    await writeFile(join(room, 'server.cjs'), `// ${version}\n${program(manner)}`);
    const archive = join(folder, `${version}-${manner}.tar.gz`);
    await create({ file: archive, cwd: room, gzip: true, portable: true, mtime: new Date(0) }, ['server.cjs']);
    const digest = `sha256:${createHash('sha256')
      .update(await readFile(archive))
      .digest('hex')}`;
    archives.set(digest, archive);
    const built = { service: 'web', version, commit: 'a'.repeat(40), digest, builtAt: '2026-11-24T03:00:00.000Z' };
    return { ...built, tag: artifactTag(built) };
  };
  const fetch = (digest: string): Promise<string> => {
    const archive = archives.get(digest);
    return archive ? Promise.resolve(archive) : Promise.reject(new Refused('not-found', `no artifact ${digest}`));
  };
  const platform = { dataDir, config };
  const name = { dataDir, environment: place.environment };
  return {
    dataDir,
    config,
    folder,
    name,
    artifact,
    fleet: createLocalFleet({ ...platform, artifacts: { fetch, admit: ({ digest }) => fetch(digest) } }),
    traffic: createLocalTraffic(platform),
    metrics: createLocalMetrics(platform),
    ensure: () => ensureHost(name),
    status: () => hostStatus(name),
    end: async () => {
      await stopHost(name);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(
  folder: string,
  {
    startWithin = seconds(15),
    stopWithin = seconds(5),
  }: { readonly startWithin?: number; readonly stopWithin?: number },
): Pick<Config, 'services' | 'environments'> {
  const policy = { roles: [], requesterMayApprove: true, expiresAfter: seconds(60) };
  const strategy = { kind: 'rolling', batches: 1 } as const;
  const service: Config['services'][string] = {
    name: 'web',
    repository: folder,
    build: { gates: [], output: '.', timeout: seconds(60) },
    process: { run: `${process.execPath} server.cjs`, health: '/health', ready: '/ready', startWithin, stopWithin },
    smoke: [],
    stages: { staging: { instances: 2, strategy, port: 0, variables: { COLOUR: 'blue' } } },
    smokeWithin: seconds(60),
    rollbackPatience: seconds(60),
    whenBusy: 'queue',
  };
  return {
    environments: [
      {
        name: 'staging',
        tier: 'staging',
        approval: policy,
        variables: { COLOUR: 'red', STAGE: 'yes' },
        onHold: 'stop',
      },
    ],
    services: { web: service },
  };
}
