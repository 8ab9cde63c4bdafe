import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { createSmoke } from '../../src/adapters/checks/smoke.js';
import type { Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { startLoad, type Served } from '../../src/demo/load.js';
import { demoConfig, makeSampleShop } from '../../src/demo/sample-shop.js';
import { temporaryDirectory } from '../build/repository.js';
import { buildShop, startShop } from './a-running-shop.js';

const directory = temporaryDirectory();
const repository = join(directory, 'shop');
let config: Config;

before(async () => {
  await makeSampleShop(repository);
  writeFileSync(join(directory, 'slipway.yml'), demoConfig({ repository }));
  const loaded = await loadConfig(join(directory, 'slipway.yml'));
  assert(loaded.ok, JSON.stringify(loaded));
  config = loaded.config;
});

const git = (cwd: string, ...args: string[]): string => execFileSync('git', args, { cwd, encoding: 'utf8' }).trim();

const started = async (ref: string) => startShop((await buildShop(config, directory, ref)).archive, directory);

const smoked = (url: string) =>
  createSmoke({ config, directory, variables: process.env }).run({ service: 'shop', environment: 'dev', url });

describe('the sample shop', () => {
  it('has the same commits every time, and is left alone when it is there', async () => {
    const again = join(directory, 'again');
    await makeSampleShop(again);
    const tags = ['rev-parse', 'v1.0.0^{commit}', 'v1.1.0^{commit}', 'v1.2.0^{commit}', 'v1.3.0^{commit}', 'v1.3.0'];
    assert.equal(git(again, ...tags), git(repository, ...tags));
    const before = git(again, 'log', '-1', '--format=%H');
    await makeSampleShop(again);
    assert.equal(git(again, 'log', '-1', '--format=%H'), before);
    assert.equal(git(again, 'status', '--porcelain'), '');
  });

  it('tells which version it is, counts its requests, and finishes what is under way when it is told to stop', async () => {
    const { url, child } = await started('v1.0.0');
    const version = await (await fetch(`${url}/version`)).json();
    assert.deepEqual(version, { version: '1.0.0', commit: git(repository, 'rev-parse', 'v1.0.0^{commit}') });
    assert.match(
      await (await fetch(`${url}/metrics`)).text(),
      /http_requests_total\{route="GET \/version",status="200"\} 1/,
    );
    child.kill('SIGTERM');
    assert.deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('takes orders, shows them on every instance, and refuses what makes no sense', async () => {
    const [one, other] = await Promise.all([started('v1.1.0'), started('v1.0.0')]);
    const order = async (body: string) => fetch(`${one.url}/orders`, { method: 'POST', body });
    const taken = await order('{"items":[{"product":"assam","quantity":2}],"voucher":"WELCOME10"}');
    assert.equal(taken.status, 201);
    const { id, totalCents } = (await taken.json()) as { readonly id: string; readonly totalCents: number };
    assert.equal(totalCents, 1_240 - 124);
    assert.equal((await fetch(`${other.url}/orders/${id}`)).status, 200);
    for (const body of ['{', 'null', '{"items":[null]}', '{"items":[{"product":"coffee","quantity":1}]}'])
      assert.equal((await order(body)).status, 422, body);
  });
});

describe('the good versions and the bad one', () => {
  for (const version of ['v1.0.0', 'v1.1.0', 'v1.2.0', 'v1.3.0'])
    it(`${version} passes its quality gates and its smoke suite, twice in a row`, async () => {
      const { url } = await started(version);
      for (const run of [await smoked(url), await smoked(url)]) assert.equal(run.verdict.kind, 'pass', run.log);
    });

  it('v1.1.0 serves every customer, v1.2.0 fails at least a quarter of the orders a canary gets', async () => {
    const [good, bad] = await Promise.all([started('v1.1.0'), started('v1.2.0')]);
    const [served, canary] = await Promise.all([loaded(good.url, 100, 200), loaded(bad.url, 10, 40)]);
    assert.equal(served.failed, 0, JSON.stringify(served));
    const orders = canary.sent / 2;
    assert(canary.failed >= orders / 4, JSON.stringify(canary));
  });
});

/** What customers met until so many were sent. */
async function loaded(url: string, requestsPerSecond: number, requests: number): Promise<Served> {
  const from = new Date().toISOString();
  const load = startLoad({ url, requestsPerSecond });
  const met = (): Served => load.sentBetween(from, new Date().toISOString());
  while (met().sent < requests) await new Promise((resolve) => setTimeout(resolve, 50));
  await load.stop();
  return met();
}
