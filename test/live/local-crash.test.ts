import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { after, before, beforeEach, describe, it } from 'node:test';
import { pino } from 'pino';
import { ensureHost, stopHost } from '../../src/adapters/local/ensure-host.js';
import { keepHosts } from '../../src/adapters/local/keep-hosts.js';
import { birthOf } from '../../src/adapters/local/host/os-process.js';
import { requestOf, startLoad } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { until } from '../support/until.js';

type World = Awaited<ReturnType<typeof localWorld>>;

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });

interface Written {
  readonly stable?: { readonly instances: readonly { readonly process?: { readonly pid: number } }[] };
  readonly candidate?: Written['stable'];
  readonly port: number;
}

/** What the host has written down of the place. */
const written = async (world: World): Promise<Written> =>
  JSON.parse(await readFile(`${world.dataDir}/hosts/staging/places/web.json`, 'utf8')) as Written;

const pidsOf = async (world: World): Promise<readonly number[]> => {
  const { stable, candidate } = await written(world);
  return [...(stable?.instances ?? []), ...(candidate?.instances ?? [])].flatMap(({ process }) => process?.pid ?? []);
};

async function killHost(world: World): Promise<number> {
  const { pid } = await world.ensure();
  process.kill(pid, 'SIGKILL');
  await until(() => birthOf(pid) === undefined);
  return pid;
}

describe('a host that is killed', { concurrency: false }, () => {
  let world: World;
  let url = '';
  before(async () => {
    world = await localWorld();
    const { fleet, traffic } = world;
    const [v1, v2] = [await world.artifact('1.0.0'), await world.artifact('2.0.0')];
    await fleet.start({ place, artifact: v1, instances: 2, fence: fence(1, 'start') });
    await traffic.shift({ place, share: 100, fence: fence(1, 'shift') });
    await fleet.adopt({ place, digest: v1.digest, fence: fence(1, 'adopt') });
    await fleet.start({ place, artifact: v2, instances: 1, fence: fence(2, 'start') });
    await traffic.shift({ place, share: 25, fence: fence(2, 'shift') });
    url = (await traffic.read(place)).url;
  });
  after(() => world.end());

  it('leaves its instances serving; the next one takes them over, and knows share, port, generation and keys', async (t) => {
    const load = startLoad(url);
    t.after(load.stop);
    const pids = await pidsOf(world);
    const urls = (await world.fleet.read(place)).stable!.instances.map((i) => i.url);
    const former = await killHost(world);
    for (const instance of urls) assert.equal((await requestOf({ url: instance })).status, 200);

    const fleet = await world.fleet.read(place);
    assert.notEqual((await world.ensure()).pid, former);
    assert.deepEqual(await pidsOf(world), pids);
    assert.equal(fleet.generation, 2);
    assert.ok([...fleet.stable!.instances, ...fleet.candidate!.instances].every((i) => i.healthy));
    assert.deepEqual(await world.traffic.read(place), { share: 25, url });
    assert.equal((await world.traffic.shift({ place, share: 100, fence: fence(2, 'shift') })).share, 25);
    await assert.rejects(world.traffic.shift({ place, share: 0, fence: fence(1, 'late') }), { code: 'superseded' });
    await load.stop();
    const answers = await Promise.all(Array.from({ length: 100 }, () => requestOf({ url })));
    assert.ok(answers.every(({ status }) => status === 200));
  });

  it('is found again by an order that was cut off, and carries it out once', async () => {
    const artifact = await world.artifact('2.0.0');
    const order = world.fleet.start({ place, artifact, instances: 3, fence: fence(2, 'more') });
    await until(async () => (await written(world)).candidate?.instances.length === 3);
    await killHost(world);
    assert.equal((await order).candidate?.instances.length, 3);
    const ledger = await readFile(`${world.dataDir}/hosts/staging/ledger.jsonl`, 'utf8');
    assert.equal(ledger.split('\n').filter((line) => line.includes(fence(2, 'more').key)).length, 1);
    const pids = await pidsOf(world);
    assert.equal(new Set(pids).size, 5);
    assert.ok(pids.every((pid) => birthOf(pid) !== undefined));
  });

  it('starts again what died while nobody looked', async () => {
    const [pid = 0, ...others] = await pidsOf(world);
    await killHost(world);
    process.kill(pid, 'SIGKILL');
    await until(() => birthOf(pid) === undefined);
    await until(async () => (await world.fleet.read(place)).stable?.instances.every((i) => i.healthy));
    const pids = await until(async () => {
      const now = await pidsOf(world);
      return now.length === others.length + 1 && now;
    });
    assert.ok(!pids.includes(pid));
    assert.ok(others.every((other) => pids.includes(other)));
  });

  it('is followed by another without anybody giving an order, where somebody keeps it', async (t) => {
    const pid = await killHost(world);
    const keeper = keepHosts({ dataDir: world.dataDir, environments: ['staging'], log: pino({ level: 'silent' }) });
    t.after(keeper.close);
    await until(async () => (await requestOf({ url })).status === 200);
    assert.equal(birthOf(pid), undefined);
  });

  it('many who ask for it at once get the same one', async () => {
    await killHost(world);
    const handles = await Promise.all(Array.from({ length: 6 }, () => ensureHost(world.name)));
    assert.equal(new Set(handles.map(({ pid }) => pid)).size, 1);
  });
});

describe('an instance that is killed', { concurrency: false }, () => {
  let world: World;
  let url = '';
  before(async () => {
    world = await localWorld();
    const v1 = await world.artifact('1.0.0');
    await world.fleet.start({ place, artifact: v1, instances: 2, fence: fence(1, 'start') });
    await world.traffic.shift({ place, share: 100, fence: fence(1, 'shift') });
    await world.fleet.adopt({ place, digest: v1.digest, fence: fence(1, 'adopt') });
    url = (await world.traffic.read(place)).url;
  });
  beforeEach(() => until(async () => (await world.fleet.read(place)).stable?.instances.every((i) => i.healthy)));
  after(() => world.end());

  it('is started again, and no request that may be asked twice is lost', async (t) => {
    const load = startLoad(url, 4);
    t.after(load.stop);
    const [pid = 0] = await pidsOf(world);
    process.kill(pid, 'SIGKILL');
    await until(async () => {
      const pids = await pidsOf(world);
      return pids.length === 2 && !pids.includes(pid);
    });
    await until(async () => (await world.fleet.read(place)).stable?.instances.every((i) => i.healthy));
    const lost = (await load.stop()).filter(({ status }) => status !== 200);
    // A POST under way in the killed process may have done its work already: it is answered with 502, not asked again.
    assert.ok(lost.every(({ status }) => status === 502) && lost.length <= 2, JSON.stringify(lost));
  });

  it('alone in its lane leaves users with a 502 that is counted, and comes back by itself', async () => {
    const pids = await pidsOf(world);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    const problem = await until(async () => {
      const answer = await fetch(url);
      const body: unknown = await answer.json().catch(() => undefined);
      return answer.status === 502 && { type: answer.headers.get('content-type'), body };
    });
    assert.equal(problem.type, 'application/problem+json');
    assert.ok((await world.metrics.sample(place)).stable.errors > 0);
    await until(async () => (await requestOf({ url })).status === 200);
  });
});

describe('a host that is stopped', () => {
  it('leaves nothing running, and brings everything back when it is wanted again', async () => {
    const world = await localWorld();
    try {
      const v1 = await world.artifact('1.0.0');
      await world.fleet.start({ place, artifact: v1, instances: 1, fence: fence(1, 'start') });
      const [pid = 0] = await pidsOf(world);
      const host = await world.ensure();
      await stopHost(world.name);
      assert.deepEqual([birthOf(pid), birthOf(host.pid)], [undefined, undefined]);
      assert.equal(await world.status(), undefined);
      await until(async () => (await world.fleet.read(place)).candidate?.instances[0]?.healthy);
    } finally {
      await world.end();
    }
  });

  it('goes, with all it runs, when its folder is gone', async () => {
    const world = await localWorld();
    const v1 = await world.artifact('1.0.0');
    await world.fleet.start({ place, artifact: v1, instances: 1, fence: fence(1, 'start') });
    const [pid = 0] = await pidsOf(world);
    const host = await world.ensure();
    await rm(world.folder, { recursive: true, force: true });
    await until(() => birthOf(pid) === undefined && birthOf(host.pid) === undefined);
  });
});
