import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, readdir, stat } from 'node:fs/promises';
import { request } from 'node:http';
import type { Duplex } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { birthOf } from '../../src/adapters/local/host/os-process.js';
import { requestOf, startLoad } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { until } from '../support/until.js';

type World = Awaited<ReturnType<typeof localWorld>>;

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });

/** Version 1.0.0 is stable with this many instances; generation 1 is used up. */
async function withStable(world: World, instances: number): Promise<string> {
  const { fleet, traffic } = world;
  const v1 = await world.artifact('1.0.0');
  await fleet.start({ place, artifact: v1, instances, fence: fence(1, 'start') });
  await traffic.shift({ place, share: 100, fence: fence(1, 'shift') });
  await fleet.adopt({ place, digest: v1.digest, fence: fence(1, 'adopt') });
  return (await traffic.read(place)).url;
}

const upgraded = async (url: string): Promise<Duplex> => {
  const sent = request(url, { headers: { connection: 'Upgrade', upgrade: 'websocket' } });
  sent.end();
  const [, socket] = (await once(sent, 'upgrade')) as [unknown, Duplex];
  return socket;
};

const failures = (answers: readonly { status: number }[]) => answers.filter(({ status }) => status !== 200);

describe('no request is lost', { concurrency: false }, () => {
  let world: World;
  let url = '';
  before(async () => {
    world = await localWorld();
    url = await withStable(world, 2);
  });
  after(() => world.end());

  it('by starts, shifts, an adoption and a stop under kept-alive load', async (t) => {
    const { fleet, traffic } = world;
    const load = startLoad(url);
    t.after(load.stop);
    const v2 = await world.artifact('2.0.0');
    await fleet.start({ place, artifact: v2, instances: 2, fence: fence(2, 'start') });
    for (const share of [5, 25, 100]) await traffic.shift({ place, share, fence: fence(2, `shift-${share}`) });
    await fleet.adopt({ place, digest: v2.digest, fence: fence(2, 'adopt') });
    await fleet.start({ place, artifact: await world.artifact('3.0.0'), instances: 1, fence: fence(3, 'start') });
    await traffic.shift({ place, share: 50, fence: fence(3, 'shift') });
    await traffic.shift({ place, share: 0, fence: fence(4, 'shift') });
    await fleet.stop({ place, fence: fence(4, 'stop') });
    const answers = await load.stop();
    assert.deepEqual(failures(answers), []);
    assert.ok(answers.length > 100, `only ${answers.length} requests`);
    const { stable, candidate } = await world.metrics.sample(place);
    assert.equal(stable.errors + candidate.errors, 0);
  });

  it('by a rolling replacement and its way back under kept-alive load', async (t) => {
    const load = startLoad(url);
    t.after(load.stop);
    const [from, to] = [await world.artifact('2.0.0'), await world.artifact('4.0.0')];
    const order = { place, of: 2, instances: 2, from, to };
    await world.fleet.replace({ ...order, batch: 1, fence: fence(5, 'batch-1') });
    await world.fleet.replace({ ...order, batch: 2, fence: fence(5, 'batch-2') });
    await world.fleet.replace({ ...order, batch: 0, fence: fence(6, 'batch-0') });
    const answers = await load.stop();
    assert.deepEqual(failures(answers), []);
    assert.ok(answers.some(({ body }) => body.startsWith('4.0.0')));
  });

  it('an answer that takes its time is waited for before its instance is stopped', async () => {
    const { fleet, traffic } = world;
    await fleet.start({ place, artifact: await world.artifact('5.0.0'), instances: 1, fence: fence(7, 'start') });
    await traffic.shift({ place, share: 100, fence: fence(7, 'shift') });
    const before = (await traffic.read(place)).share;
    const slow = requestOf({ url: `${url}/slow` });
    await until(async () => (await world.status())?.places[0]?.traffic.share === before);
    await traffic.shift({ place, share: 0, fence: fence(8, 'shift') });
    await fleet.stop({ place, fence: fence(8, 'stop') });
    assert.deepEqual(await slow, { status: 200, body: '5.0.0' });
  });

  it('an answer of 500 is passed on and counted as an error, and so is one broken off', async () => {
    const before = (await world.metrics.sample(place)).stable;
    assert.equal((await requestOf({ url: `${url}/fault` })).status, 500);
    assert.equal((await requestOf({ url: `${url}/break` })).status, 0);
    const after = await until(async () => {
      const { stable } = await world.metrics.sample(place);
      return stable.requests === before.requests + 2 && stable;
    });
    assert.equal(after.errors, before.errors + 2);
  });

  it('a body of any size reaches the instance and comes back', async () => {
    const send = Buffer.alloc(2_000_000, 'slipway ');
    const { status, body } = await requestOf({ url, method: 'POST', send });
    assert.deepEqual([status, body.length], [200, send.length]);
  });

  it('the instance hears for whom the proxy asks', async () => {
    const { body } = await requestOf({ url: `${url}/seen` });
    const headers = JSON.parse(body) as Record<string, string>;
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-host'], new URL(url).host);
  });
});

describe('a connection that stays', { concurrency: false }, () => {
  let world: World;
  let url = '';
  before(async () => {
    world = await localWorld({ stopWithin: 300 });
    url = (await world.traffic.read(place)).url;
  });
  after(() => world.end());

  it('before anything has traffic, users get a problem that says so', async () => {
    const answer = await fetch(url);
    assert.deepEqual([answer.status, answer.headers.get('content-type')], [503, 'application/problem+json']);
    assert.equal(((await answer.json()) as { status: number }).status, 503);
  });

  it('a WebSocket reaches one instance, keeps to it, and is ended with it', async () => {
    await withStable(world, 1);
    const socket = await upgraded(url);
    socket.write('hello');
    assert.equal(String((await once(socket, 'data'))[0]), 'hello');
    const v2 = await world.artifact('2.0.0');
    await world.fleet.start({ place, artifact: v2, instances: 1, fence: fence(2, 'start') });
    await world.traffic.shift({ place, share: 100, fence: fence(2, 'shift') });
    socket.write('still there');
    assert.equal(String((await once(socket, 'data'))[0]), 'still there');
    const closed = once(socket, 'close');
    await world.fleet.adopt({ place, digest: v2.digest, fence: fence(2, 'adopt') });
    await closed;
  });

  it('a host that ends finishes what is under way, and its instances stay', async () => {
    const slow = requestOf({ url: `${url}/slow` });
    const { pid } = await world.ensure();
    await until(async () => (await requestOf({ url })).status === 200);
    process.kill(pid, 'SIGTERM');
    assert.deepEqual(await slow, { status: 200, body: '2.0.0' });
    await until(() => birthOf(pid) === undefined);
    assert.equal((await world.fleet.read(place)).stable?.instances[0]?.healthy, true);
    assert.equal((await world.status())?.places[0]?.restarts, 0);
  });
});

describe('what an instance is', { concurrency: false }, () => {
  let world: World;
  let url = '';
  before(async () => {
    world = await localWorld({ startWithin: 8_000, stopWithin: 1_000 });
    url = await withStable(world, 1);
  });
  after(() => world.end());

  it('it is told its configuration and what it is, and nothing of what the host knows', async () => {
    const told = JSON.parse((await requestOf({ url: `${url}/told` })).body) as Record<string, string>;
    const { stable } = await world.fleet.read(place);
    assert.equal(told['COLOUR'], 'blue');
    assert.equal(told['STAGE'], 'yes');
    assert.equal(told['HOST'], '127.0.0.1');
    assert.equal(told['SLIPWAY_VERSION'], '1.0.0');
    assert.equal(told['SLIPWAY_DIGEST'], stable?.artifact.digest);
    assert.equal(told['SLIPWAY_ENVIRONMENT'], 'staging');
    assert.equal(told['SLIPWAY_INSTANCE'], stable?.instances[0]?.id);
    const strangers = Object.keys(told).filter((name) => !known.has(name) && !name.startsWith('SLIPWAY_'));
    assert.deepEqual(strangers, []);
  });

  it('one that ends at its start fails the start at once, with its last words', async () => {
    const artifact = await world.artifact('2.0.0', 'crashing');
    const start = world.fleet.start({ place, artifact, instances: 2, fence: fence(2, 'start') });
    await assert.rejects(start, { code: 'unhealthy', message: /ended with 3[\s\S]*no database here/ });
    await world.fleet.stop({ place, fence: fence(3, 'stop') });
  });

  it('a hanging start does not hold up a newer generation', async () => {
    const artifact = await world.artifact('2.0.0', 'unready');
    const start = world.fleet.start({ place, artifact, instances: 1, fence: fence(4, 'start') });
    const refused = assert.rejects(start, { code: 'superseded' });
    await until(async () => (await world.fleet.read(place)).candidate?.instances.length === 1);
    assert.equal((await world.fleet.stop({ place, fence: fence(5, 'stop') })).candidate, undefined);
    await refused;
  });

  it('fault 10: what it says itself that it runs: one that runs another digest than it was started from is not adopted', async () => {
    const artifact = await world.artifact('2.0.0', 'stale');
    const { candidate } = await world.fleet.start({ place, artifact, instances: 1, fence: fence(6, 'start-stale') });
    assert.equal(candidate?.instances[0]?.digest, 'sha256:0ld');
    const adopt = world.fleet.adopt({ place, digest: artifact.digest, fence: fence(6, 'adopt') });
    await assert.rejects(adopt, { code: 'moved-by-others' });
    await world.fleet.stop({ place, fence: fence(7, 'stop-stale') });
  });

  it('one that does not listen to SIGTERM is ended all the same, and its folder with it', async () => {
    const artifact = await world.artifact('3.0.0', 'stubborn');
    const { candidate } = await world.fleet.start({ place, artifact, instances: 1, fence: fence(8, 'start') });
    const id = candidate!.instances[0]!.id;
    await world.fleet.stop({ place, fence: fence(9, 'stop') });
    assert.equal((await requestOf({ url: candidate!.instances[0]!.url })).status, 0);
    const folder = `${world.dataDir}/hosts/staging`;
    assert.ok(!(await readdir(`${folder}/instances`)).some((name) => name.startsWith(id)));
    assert.ok((await stat(`${folder}/logs/${id}.log`)).isFile());
  });

  it('the host takes orders only from who knows its token', async () => {
    const { url: admin } = await world.ensure();
    for (const authorization of ['', 'Bearer wrong', `Bearer ${'0'.repeat(64)}`]) {
      const answer = await fetch(`${admin}/status`, { headers: { authorization } });
      assert.deepEqual([answer.status, answer.headers.get('content-type')], [401, 'application/problem+json']);
    }
    assert.equal((await fetch(`${admin}/orders`, { method: 'POST', body: '{}' })).status, 401);
    assert.equal((await fetch(`${admin}/healthz`)).status, 200);
  });

  it('Prometheus is told of requests, shares and instances without a token', async () => {
    await requestOf({ url });
    const told = await readFile(`${world.dataDir}/prometheus/staging.json`, 'utf8');
    const [{ targets }] = JSON.parse(told) as [{ targets: readonly string[] }];
    const text = await (await fetch(`http://${targets[0]}/metrics`)).text();
    assert.match(
      text,
      /slipway_requests_total\{service="web",environment="staging",lane="stable",version="1.0.0",code="200"\} \d+/,
    );
    assert.match(text, /slipway_request_duration_seconds_bucket\{le="0.005"/);
    assert.match(text, /slipway_candidate_share\{service="web",environment="staging"\} 0/);
    assert.match(
      text,
      /slipway_instance_up\{service="web",environment="staging",lane="stable",instance="web-1.0.0-[0-9a-f]+"\} 1/,
    );
  });

  it('what the host keeps is for its owner only', async () => {
    const folder = `${world.dataDir}/hosts/staging`;
    for (const file of ['host.json', 'places/web.json'])
      assert.equal((await stat(`${folder}/${file}`)).mode & 0o077, 0);
    assert.doesNotMatch(await readFile(`${folder}/host.log`, 'utf8'), /token/);
  });
});

const known = new Set([
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
]);
for (const own of ['PORT', 'HOST', 'COLOUR', 'STAGE', 'PWD', 'OLDPWD', 'SHLVL', '_']) known.add(own);
