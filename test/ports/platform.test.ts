import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import { artifactTag } from '../../src/domain/artifact.js';
import { requestOf } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { platformSuite } from './platform-suite.js';
import type { Platform } from './platform-suite.js';

platformSuite('in memory', () => {
  const world = createMemoryWorld();
  const versions = new Map<string, string>();
  return Promise.resolve<Platform>({
    fleet: createMemoryFleet(world),
    traffic: createMemoryTraffic(world),
    metrics: createMemoryMetrics(world),
    place,
    artifact: (version, manner = 'good') => {
      const digest = `sha256:${createHash('sha256').update(version).digest('hex')}`;
      versions.set(digest, version);
      world.conduct(digest, { healthy: manner === 'good' });
      const built = { service: 'web', version, commit: 'a'.repeat(40), digest, builtAt: '2026-11-24T03:00:00.000Z' };
      return Promise.resolve({ ...built, tag: artifactTag(built) });
    },
    send: (requests) => Promise.resolve(world.send(place, requests).map((digest) => versions.get(digest) ?? 'unknown')),
    ledger: () => Promise.resolve(world.ledger),
    end: () => Promise.resolve(),
  });
});

platformSuite('on this machine', async () => {
  const world = await localWorld({ startWithin: 4_000 });
  return {
    ...world,
    place,
    send: async (requests) => {
      const { url } = await world.traffic.read(place);
      const agent = new Agent({ keepAlive: true, maxSockets: 8 });
      const answers = await Promise.all(Array.from({ length: requests }, () => requestOf({ url, agent })));
      agent.destroy();
      return answers.filter(({ status }) => status === 200).map(({ body }) => body);
    },
    ledger: async () => {
      const text = await readFile(`${world.dataDir}/hosts/${place.environment}/ledger.jsonl`, 'utf8');
      return text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { key: string });
    },
  };
});
