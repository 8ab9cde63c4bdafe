import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, it } from 'node:test';
import { birthOf, isRunning } from '../../src/adapters/local/host/os-process.js';
import { createLocalFleet } from '../../src/adapters/local/fleet.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { requestOf } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { until } from '../support/until.js';

type World = Awaited<ReturnType<typeof localWorld>>;

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });

interface Written {
  readonly baseline?: {
    readonly instances: readonly { readonly process: { readonly pid: number; readonly birth: string } }[];
  };
}

/** A baseline is processes like any other lane's: they outlive their host, and are found again. */
describe('a baseline on this machine', { concurrency: false }, () => {
  let world: World;
  let v1: Artifact;
  before(async () => {
    world = await localWorld({ startWithin: 3_000 });
    const { fleet, traffic } = world;
    const v2 = await world.artifact('2.0.0');
    v1 = await world.artifact('1.0.0');
    await fleet.start({ place, artifact: v1, instances: 1, fence: fence(1, 'start') });
    await traffic.shift({ place, share: 100, fence: fence(1, 'shift') });
    await fleet.adopt({ place, digest: v1.digest, fence: fence(1, 'adopt') });
    await fleet.start({ place, artifact: v2, instances: 1, fence: fence(2, 'start') });
  });
  after(() => world.end());

  const processes = async () => {
    const path = `${world.dataDir}/hosts/staging/places/web.json`;
    const { baseline } = JSON.parse(await readFile(path, 'utf8')) as Written;
    return baseline?.instances.map(({ process }) => process) ?? [];
  };

  it('that cannot be started is refused, with its last words, and leaves nothing once it is stopped', async () => {
    const { web } = world.config.services;
    assert.ok(web);
    const unready = { ...web, process: { ...web.process, ready: '/fault' } };
    const fleet = createLocalFleet({
      ...{ dataDir: world.dataDir, config: { ...world.config, services: { web: unready } } },
      artifacts: { fetch: () => archive(), admit: () => archive() },
    });
    const started = fleet.startBaseline({ place, artifact: v1, instances: 1, fence: fence(2, 'baseline-0') });
    await assert.rejects(started, { code: 'unhealthy', message: /was not ready within 3 s/ });
    const left = await processes();
    assert.equal(left.length, 1);
    await world.fleet.stopBaseline({ place, fence: fence(2, 'stop-0') });
    assert.deepEqual([await processes(), left.filter(isRunning)], [[], []]);
  });

  it('is taken over by the next host, with its part of the traffic', async () => {
    const { fleet, traffic } = world;
    await fleet.startBaseline({ place, artifact: v1, instances: 1, fence: fence(2, 'baseline') });
    await traffic.shift({ place, share: 25, fence: fence(2, 'shift') });
    const [mine] = await processes();
    const { pid } = await world.ensure();
    process.kill(pid, 'SIGKILL');
    await until(() => birthOf(pid) === undefined);
    const { baseline } = await fleet.read(place);
    assert.deepEqual([baseline?.instances.length, await processes()], [1, [mine]]);
    const { url } = await traffic.read(place);
    await Promise.all(Array.from({ length: 200 }, () => requestOf({ url })));
    const { stable, candidate, baseline: counted } = await world.metrics.sample(place);
    assert.deepEqual([stable.requests, candidate.requests, counted?.requests], [100, 50, 50]);
  });

  it('is told to whoever scrapes, by its own lane', async () => {
    const { url } = await world.ensure();
    const { body } = await requestOf({ url: `${url}/metrics` });
    assert.match(body, /slipway_requests_total\{[^}]*lane="baseline",version="1\.0\.0",code="200"\} 50/);
    assert.match(body, /slipway_instance_up\{[^}]*lane="baseline"[^}]*\} 1/);
  });

  it('no request is lost where its only instance dies, nor where it is stopped; nothing of it runs on', async () => {
    const [mine] = await processes();
    assert.ok(mine);
    process.kill(mine.pid, 'SIGKILL');
    const { url } = await world.traffic.read(place);
    const answers = await Promise.all(Array.from({ length: 100 }, () => requestOf({ url })));
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    await world.fleet.stopBaseline({ place, fence: fence(2, 'stop') });
    assert.deepEqual(await processes(), []);
    assert.equal(isRunning(mine), false);
  });

  const archive = () => Promise.resolve(`${world.folder}/1.0.0-good.tar.gz`);
});
