import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { seconds } from '../../src/domain/duration.js';
import { aFile, load, problemsOf } from './support.js';

const and = (more: string, sections = {}): string => `${aFile(sections)}\n${more}`;
const url = 'url: "https://prometheus.example:9090/"';
const tiers = (production: string) =>
  `{ dev: { tier: development, metrics: embedded }, staging: { tier: staging }, production: { tier: production${production} } }`;

async function sourcesOf(file: string) {
  const loaded = await load(file);
  assert.ok(loaded.ok, loaded.ok ? '' : loaded.problems.map(({ message }) => message).join('\n'));
  const entries = loaded.config.environments.map(({ name, metrics }) => [name, metrics] as const);
  return { sources: Object.fromEntries(entries), folder: loaded.folder };
}

describe('metrics', () => {
  it('that nothing is written of are what the built-in platform counts', async () => {
    const { sources } = await sourcesOf(aFile());
    assert.deepEqual(sources, { dev: undefined, staging: undefined, production: undefined });
  });

  it('of a Prometheus are those of every environment that says nothing else', async () => {
    const own = ', metrics: { prometheus: { url: "http://127.0.0.1:9091", delay: 30s } }';
    const { sources } = await sourcesOf(and(`metrics: { prometheus: { ${url} } }`, { environments: tiers(own) }));
    assert.equal(sources['dev'], undefined);
    assert.deepEqual([sources['staging']?.url, sources['staging']?.delay], ['https://prometheus.example:9090', 0]);
    const { url: at, delay } = sources['production'] ?? {};
    assert.deepEqual([at, delay], ['http://127.0.0.1:9091', seconds(30)]);
  });

  it('are asked for what the built-in proxy counts, where no queries are written', async () => {
    const { sources } = await sourcesOf(and(`metrics: { prometheus: { ${url} } }`));
    const lane = 'service="{{service}}", environment="{{environment}}", lane="{{lane}}"';
    assert.deepEqual(sources['production']?.queries, {
      requests: `slipway_requests_total{${lane}}`,
      errors: `slipway_requests_total{${lane}, code=~"5.."}`,
      latency: `slipway_request_duration_seconds_bucket{${lane}}`,
    });
  });

  it('are read with bearer, authority, patience and queries; files are found from the folder of slipway.yml', async () => {
    const queries = `{ requests: 'r{lane="{{lane}}"}', errors: 'e{v="{{version}}"}' }`;
    const more = `bearer: { env: TOKEN }, ca: ca.pem, timeout: 2s, scrape-interval: 30s, queries: ${queries}`;
    const { sources, folder } = await sourcesOf(and(`metrics: { prometheus: { ${url}, ${more} } }`));
    assert.deepEqual(sources['production'], {
      url: 'https://prometheus.example:9090',
      bearer: { kind: 'env', name: 'TOKEN' },
      ca: join(folder, 'ca.pem'),
      timeout: seconds(2),
      scrapeInterval: seconds(30),
      delay: 0,
      queries: { requests: 'r{lane="{{lane}}"}', errors: 'e{v="{{version}}"}' },
    });
  });

  const selector =
    'wanted a selector of counters that names the lane, such as http_requests_total{service="{{service}}", lane="{{lane}}"}, with {{service}}, {{environment}}, {{lane}}, {{version}} and nothing around it: what it finds is added up';
  const errors = `errors: 'e{lane="{{lane}}"}'`;
  const refused: readonly (readonly [says: string, file: string, ...reads: string[]])[] = [
    [
      'a query that adds up itself',
      and(`metrics: { prometheus: { ${url}, queries: { requests: 'sum(r{lane="{{lane}}"})', ${errors} } } }`),
      `slipway.yml:10:88 metrics.prometheus.queries.requests: met "sum(r{lane=\\"{{lane}}\\"})"; ${selector}`,
    ],
    [
      'a query that is the same for both lanes',
      and(`metrics: { prometheus: { ${url}, queries: { requests: 'r{service="{{service}}"}', ${errors} } } }`),
      `slipway.yml:10:88 metrics.prometheus.queries.requests: met "r{service=\\"{{service}}\\"}"; ${selector}`,
    ],
    [
      'a word that nothing is filled in for',
      and(`metrics: { prometheus: { ${url}, queries: { requests: 'r{l="{{lane}}",p="{{pod}}"}', ${errors} } } }`),
      `slipway.yml:10:88 metrics.prometheus.queries.requests: met "r{l=\\"{{lane}}\\",p=\\"{{pod}}\\"}"; ${selector}`,
    ],
    [
      'a bearer that would go over a network in the clear',
      and('metrics: { prometheus: { url: "http://prometheus:9090", bearer: { env: TOKEN } } }'),
      'slipway.yml:10:31 metrics.prometheus.url: met "http://prometheus:9090"; wanted https: a bearer goes over a network under TLS only',
    ],
    [
      'a bearer in the place of a reference to it',
      and(`metrics: { prometheus: { ${url}, bearer: hunter2 } }`),
      'slipway.yml:10:75 metrics.prometheus.bearer: met "hunter2"; wanted a reference, { env: SHOP_DATABASE_URL } or { file: /run/secrets/shop }, never the value (SPEC-0701 §Secrets Management)',
    ],
    [
      'a patience that no look has',
      and(`metrics: { prometheus: { ${url}, timeout: 1m } }`),
      'slipway.yml:10:76 metrics.prometheus.timeout: met "1m"; wanted at most 10s: a look waits for it',
    ],
    [
      'a latency that is judged by and read nowhere',
      and(`metrics: { prometheus: { ${url}, queries: { requests: 'r{lane="{{lane}}"}', ${errors} } } }`, {
        service: 'criteria: { latency-p95: { at-most: 300ms } }',
      }),
      'slipway.yml:10:67 metrics.prometheus.queries: met no latency; wanted latency: the buckets of a histogram in seconds, as shop is judged by latency-p95 in production',
    ],
  ];
  for (const [says, file, ...reads] of refused)
    it(`refuse ${says}`, async () => assert.deepEqual(await problemsOf(file), reads));
});
