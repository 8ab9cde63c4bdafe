import assert from 'node:assert/strict';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Load } from '../../src/demo/load.js';
import { isHere, openPrometheus } from '../support/alertmanager.js';
import { deployLogOf } from '../support/deploy-log.js';
import { opened } from '../support/opened.js';
import { openStage, type Stage, type View } from '../support/stage.js';

const canary = '{ kind: canary, shares: [25, 100], window: 8s, afterwards: 4s, every: 1s }';
const fresh = canary.replace(' }', ', baseline: fresh }');
const here = await isHere('prometheus');

/** A whole Slipway whose windows read a real Prometheus, which scrapes what the proxy counts. */
describe('releases judged by a Prometheus', { skip: !here, concurrency: 1, timeout: 300_000 }, () => {
  let folder: string;
  let prometheus: Awaited<ReturnType<typeof openPrometheus>>;
  let stage: Stage;
  let load: Load | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'slipway-'));
    const found = `file_sd_configs: [{ files: ["${folder}/targets/*.json"], refresh_interval: 1s }]`;
    prometheus = await openPrometheus({
      'prometheus.yml': `global: { scrape_interval: 500ms, scrape_timeout: 400ms }\nscrape_configs: [{ job_name: lanes, ${found} }]\n`,
      'rules.yml': 'groups: []\n',
    });
    const source = `metrics: { prometheus: { url: "${prometheus.url}", scrape-interval: 2s } }`;
    const options = { environments: ['production'], latency: '30s', production: source } as const;
    stage = await openStage({ shop: canary, cart: fresh }, options);
    await symlink(join(stage.dataDir, 'prometheus'), join(folder, 'targets'));
    load = await opened(stage, 'shop', { requestsPerSecond: 60 });
  });
  after(async () => {
    await load?.stop();
    await stage.close();
    await prometheus.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('a good one is adopted, by what it scraped of both lanes', async () => {
    const [first, last] = await seenBy(await stage.carry('shop', '1.1.0'), 'succeeded');
    assert.ok(first && last);
    assert.match(first.verdict.reason, /^\d+ requests; error-rate 0 %, at most 5 %/);
    assert.ok(first.stable.requests > first.candidate.requests && first.candidate.requests > 0);
    assert.ok((first.verdict.test?.p ?? 0) > 0.01);
    assert.ok((last.candidate.p95_ms ?? 0) > 0);
  });

  it('a bad one is stopped early, and the verdict says how sure it is', async () => {
    const [seen] = await seenBy(await stage.carry('shop', '2.0.0'), 'rolled-back');
    assert.match(
      seen?.verdict.reason ?? '',
      /more than chance brings \(p .+ over all looks, at most 0\.01 ends the window\)/,
    );
    assert.ok((seen?.verdict.test?.p ?? 1) <= 0.01);
  });

  it('beside a fresh baseline it tells the two apart by their lane, and both have had about as many users', async () => {
    const users = await opened(stage, 'cart', { requestsPerSecond: 40 });
    try {
      const [first, last] = await seenBy(await stage.carry('cart', '1.1.0'), 'succeeded');
      assert.ok(first && last);
      assert.deepEqual([first.compared_with, last.compared_with], ['a fresh baseline', undefined]);
      const [beside, given] = [first.stable.requests, first.candidate.requests];
      assert.ok(given >= 20 && Math.abs(beside - given) <= 4, `${beside} and ${given}`);
      assert.match(first.verdict.reason, /^\d+ requests; error-rate 0 %, at most 5 %/);
    } finally {
      await users.stop();
    }
  });

  it('fault 26: without its Prometheus none is adopted, however good: nobody saw anything', async () => {
    await prometheus.close();
    const [seen] = await seenBy(await stage.carry('shop', '1.2.0'), 'rolled-back');
    assert.equal(seen?.verdict.kind, 'error');
    assert.match(
      seen.verdict.reason,
      /^no figures at \d+ looks in .*: the Prometheus at .* does not answer \(ECONNREFUSED\)$/,
    );
  });

  /** The windows of a release as its deploy log has them. */
  const seenBy = async (view: View, wanted: string) => (await deployLogOf(stage, view, wanted)).observations;
});
