import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import { createPrometheusMetrics, type Running } from '../../src/adapters/prometheus/metrics.js';
import type { PrometheusConfig } from '../../src/config/config.js';
import { seconds } from '../../src/domain/duration.js';
import type { Lane } from '../../src/domain/rollout.js';
import type { LaneSample } from '../../src/domain/sample.js';
import { Unmeasured } from '../../src/domain/unmeasured.js';
import type { Fleet } from '../../src/ports/fleet.js';
import type { Traffic } from '../../src/ports/traffic.js';
import { isHere, openPrometheus } from '../support/alertmanager.js';
import { eventually } from '../support/eventually.js';
import { openGuarded } from '../support/guarded.js';
import { requestOf } from '../support/load.js';
import { localWorld, place } from '../support/local-world.js';
import { anArtifact } from '../support/orders.js';
import { openTargets, type Targets } from '../support/targets.js';
import { metricsSuite } from './metrics-suite.js';

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });

/** Sends all users to one lane, or half of them to the candidate: a baseline has the other half then. */
function switching(traffic: Traffic): (lane: Lane | 'half') => Promise<unknown> {
  let step = 0;
  const shares = { stable: 0, candidate: 100, half: 50 };
  return (lane) => traffic.shift({ place, share: shares[lane], fence: fence(2, `shift-${++step}`) });
}

async function twoVersions(fleet: Fleet, of: (version: string) => Promise<Parameters<Fleet['start']>[0]['artifact']>) {
  const [v1, v2] = [await of('1.0.0'), await of('2.0.0')];
  await fleet.start({ place, artifact: v1, instances: 1, fence: fence(1, '01-start') });
  await fleet.adopt({ place, digest: v1.digest, fence: fence(1, '02-adopt') });
  await fleet.start({ place, artifact: v2, instances: 1, fence: fence(2, '01-start') });
  return { stable: v1.digest, candidate: v2.digest };
}

const orders = 'sum(orders{service="{{service}}",lane="{{lane}}",version="{{version}}"})';

metricsSuite('in memory', async () => {
  const world = createMemoryWorld();
  const digests = await twoVersions(createMemoryFleet(world), (version) => Promise.resolve(anArtifact(version, 'web')));
  const to = switching(createMemoryTraffic(world));
  return {
    metrics: createMemoryMetrics(world),
    place,
    answer: async (lane, requests, errors = 0) => {
      await to(lane);
      for (const [n, rate] of [
        [requests - errors, 0],
        [errors, 1],
      ] as const) {
        world.conduct(digests[lane], { errors: rate });
        world.send(place, n);
      }
    },
    baseline: async (requests, errors) => {
      await createMemoryFleet(world).startBaseline({
        ...{ place, artifact: anArtifact('1.0.0', 'web'), instances: 1, fence: fence(2, 'baseline') },
      });
      await to('half');
      world.conduct(digests.stable, { errors: errors / requests });
      world.conduct(digests.candidate, { errors: 0 });
      world.send(place, 2 * requests);
    },
    queries: {
      one: orders,
      wrong: 'sum(',
      tell: (lane, value) => {
        const wrong = new Unmeasured('bad-query', 'sum( is not closed');
        world.tell(place, { query: 'sum(', lane }, wrong);
        world.tell(place, { query: orders, lane }, value);
        return Promise.resolve();
      },
    },
    close: () => Promise.resolve(),
  };
});

metricsSuite('of the proxy on this machine', async () => {
  const world = await localWorld();
  await twoVersions(world.fleet, (version) => world.artifact(version));
  const to = switching(world.traffic);
  const { url } = await world.traffic.read(place);
  return {
    metrics: world.metrics,
    place,
    answer: async (lane, requests, errors = 0) => {
      await to(lane);
      const paths = Array.from({ length: requests }, (_, i) => (i < errors ? '/fault' : '/'));
      await Promise.all(paths.map((path) => requestOf({ url: new URL(path, url).href })));
    },
    baseline: async (requests, errors) => {
      const artifact = await world.artifact('1.0.0');
      await world.fleet.startBaseline({ place, artifact, instances: 1, fence: fence(2, 'baseline') });
      await to('half');
      // Candidate and baseline take turns, the candidate first.
      for (let n = 0; n < 2 * requests; n += 1)
        await requestOf({ url: new URL(n % 2 === 1 && n < 2 * errors ? '/fault' : '/', url).href });
    },
    close: () => world.end(),
  };
});

const lanes = 'service="{{service}}",environment="{{environment}}",lane="{{lane}}",version="{{version}}"';
const versions = { stable: '1.0.0', candidate: '2.0.0' };

const aSource = (url: string, more: Partial<PrometheusConfig> = {}): PrometheusConfig => ({
  url,
  timeout: seconds(10),
  scrapeInterval: seconds(1),
  delay: 0,
  queries: {
    requests: `http_requests_total{${lanes}}`,
    errors: `http_requests_total{${lanes},code=~"5.."}`,
    latency: `http_seconds_bucket{${lanes}}`,
  },
  ...more,
});

const metricsOf = (source: PrometheusConfig, running: Awaited<ReturnType<Running>> = versions, variables = {}) =>
  createPrometheusMetrics({ source, variables, running: () => Promise.resolve(running) });

/** A real Prometheus that scrapes these targets twice a second. */
async function scraping(targets: Targets) {
  const scrape = `scrape_configs: [{ job_name: t, honor_labels: true, static_configs: [{ targets: ["${targets.host}"] }] }]`;
  const prometheus = await openPrometheus({
    'prometheus.yml': `global: { scrape_interval: 500ms, scrape_timeout: 400ms }\n${scrape}\n`,
    'rules.yml': 'groups: []\n',
  });
  /** Waits until it has this for an instant query. */
  const has = (query: string, wanted: string | undefined) =>
    eventually(`${query} is ${wanted ?? 'gone'}`, async () => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(query)}`);
      const { data } = (await answer.json()) as { data: { result: readonly { value: [number, string] }[] } };
      return data.result[0]?.value[1] === wanted || undefined;
    });
  return { ...prometheus, has };
}

const here = await isHere('prometheus');

metricsSuite(
  'of a real Prometheus',
  async () => {
    const targets = await openTargets();
    const prometheus = await scraping(targets);
    const counted = { stable: 0, candidate: 0 };
    const runs: { -readonly [lane in keyof Awaited<ReturnType<Running>>]: string } = { ...versions };
    const answer = async (lane: Lane, requests: number, errors = 0) => {
      targets.count({ ...place, lane, version: versions[lane], pod: `${lane}-1` }, requests, errors);
      counted[lane] += requests;
      await prometheus.has(`sum(http_requests_total{service="web",lane="${lane}"})`, String(counted[lane]));
    };
    await answer('stable', 0);
    await answer('candidate', 0);
    const running: Running = () => Promise.resolve(runs);
    return {
      metrics: createPrometheusMetrics({ source: aSource(prometheus.url), variables: {}, running }),
      place,
      answer,
      baseline: async (requests, errors) => {
        runs.baseline = versions.stable;
        const labels = { ...place, lane: 'baseline', version: versions.stable, pod: 'baseline-1' };
        targets.count(labels, requests, errors);
        await prometheus.has('sum(http_requests_total{service="web",lane="baseline"})', String(requests));
      },
      queries: {
        one: orders,
        wrong: 'sum(orders{',
        tell: async (lane, value) => {
          targets.tell({ ...place, lane, version: versions[lane], pod: 'a' }, String(value), 'orders');
          await prometheus.has(`sum(orders{lane="${lane}"})`, String(value));
        },
      },
      close: async () => {
        await prometheus.close();
        await targets.close();
      },
    };
  },
  !here,
);

/** Has the source say why it brings no figures. */
async function unmeasured(asked: Promise<LaneSample>, kind: Unmeasured['kind'], says: RegExp): Promise<void> {
  await assert.rejects(asked, (fault) => {
    assert.ok(fault instanceof Unmeasured, String(fault));
    assert.match(fault.message, says);
    assert.equal(fault.kind, kind, fault.message);
    return true;
  });
}

describe('metrics: what a real Prometheus tells of instances', { skip: !here, concurrency: 1 }, () => {
  let targets: Targets;
  let prometheus: Awaited<ReturnType<typeof scraping>>;
  const at = (lane: Lane, pod: string) => ({ ...place, lane, version: versions[lane], pod });
  const total = (lane: Lane, wanted: string | undefined) =>
    prometheus.has(`sum(http_requests_total{service="web",lane="${lane}"})`, wanted);
  before(async () => {
    targets = await openTargets();
    prometheus = await scraping(targets);
  });
  after(async () => {
    await prometheus.close();
    await targets.close();
  });
  const sample = (last?: LaneSample) => metricsOf(aSource(prometheus.url)).sample(place, last);

  it('an instance that ends takes nothing away, one that begins anew counts on, and a new one counts from its first request', async () => {
    targets.count(at('stable', 'a'), 1_000, 10);
    targets.count(at('stable', 'b'), 500);
    await total('stable', '1500');
    const first = await sample();
    assert.deepEqual([first.stable.requests, first.stable.errors], [1_500, 10]);

    targets.forget({ pod: 'a' });
    targets.forget({ pod: 'b' });
    targets.count(at('stable', 'b'), 30, 1);
    targets.count(at('stable', 'c'), 7);
    await total('stable', '37');
    const next = await sample(first);
    assert.deepEqual([next.stable.requests, next.stable.errors], [1_537, 11]);
  });

  it('a lane that runs and has no series yet has zeros, beside one that has', async () => {
    assert.deepEqual((await sample()).candidate, { requests: 0, errors: 0, latency: [] });
  });

  it('where nothing runs there are zeros, once it could be asked', async () => {
    const { stable } = await metricsOf(aSource(prometheus.url), {}).sample(place);
    assert.equal(stable.requests, 0);
    await unmeasured(metricsOf(aSource('http://127.0.0.1:1'), {}).sample(place), 'down', /ECONNREFUSED/);
  });

  it('no series of what runs: with what was asked for', async () => {
    const other = { ...place, service: 'cart' };
    const asked = metricsOf(aSource(prometheus.url)).sample(other);
    await unmeasured(asked, 'no-series', /has no series of http_requests_total\{service="cart",.*though cart runs$/);
  });

  it('bad PromQL: in its own words', async () => {
    const queries = { requests: 'http_requests_total{lane=}', errors: 'x{lane="{{lane}}"}' };
    const asked = metricsOf(aSource(prometheus.url, { queries })).sample(place);
    await unmeasured(asked, 'bad-query', /does not take http_requests_total\{lane=\}\[\d+s\]: .*unexpected/);
  });

  it('NaN, and a rate where a counter is wanted: with what was met', async () => {
    for (const value of ['NaN', '0.25', '-1']) {
      const version = { ...versions, candidate: `3.0.0-${value}` };
      targets.tell({ ...at('candidate', value), version: version.candidate }, value);
      await eventually(value, () =>
        unmeasured(
          metricsOf(aSource(prometheus.url), version).sample(place),
          'no-number',
          new RegExp(`holds ${value}; wanted a counter`),
        ).then(() => true),
      );
    }
  });

  it('more errors than requests: they are not counted of the same', async () => {
    const queries = { requests: `http_requests_total{${lanes},code="500"}`, errors: `http_requests_total{${lanes}}` };
    const asked = metricsOf(aSource(prometheus.url, { queries })).sample(place);
    await unmeasured(asked, 'no-number', /38 errors of 1 requests|\d+ errors of \d+ requests on the stable lane/);
  });

  it('queries: 0 of 0 is no number, and several numbers are none', async () => {
    targets.tell(at('stable', 'a'), '3', 'visits');
    targets.tell(at('stable', 'b'), '4', 'visits');
    await prometheus.has('sum(visits)', '7');
    const ask = (query: string) => ({ query, lane: 'stable', at: new Date().toISOString() }) as const;
    const asked = [
      'visits',
      'sum(visits) / sum(visits)',
      'sum(visits - visits) / 0',
      'scalar(sum(visits))',
      'visits[1m]',
    ];
    const answers = await metricsOf(aSource(prometheus.url)).ask(place, asked.map(ask));
    assert.deepEqual(answers.slice(1, 4), [1, null, 7]);
    const [several, range] = [answers[0], answers[4]];
    assert.ok(several instanceof Unmeasured && range instanceof Unmeasured);
    assert.match(several.message, /^visits answers 2 numbers; wanted one: sum\(…\) adds them up$/);
    assert.match(range.message, /^visits\[1m\] answers a matrix; wanted one number$/);
  });

  it('TLS under its own authority and a bearer: with both it is asked, and without either it says which', async () => {
    const guarded = await openGuarded(prometheus.url, 'sesame');
    try {
      const { url, ca } = guarded;
      const bearer = { kind: 'env', name: 'PROMETHEUS_TOKEN' } as const;
      const ask = (more: Partial<PrometheusConfig>, variables = {}) =>
        metricsOf(aSource(url, more), versions, variables).sample(place);
      assert.ok((await ask({ ca, bearer }, { PROMETHEUS_TOKEN: 'sesame' })).stable.requests > 0);
      await unmeasured(
        ask({ bearer }, { PROMETHEUS_TOKEN: 'sesame' }),
        'refused',
        /is not trusted \(.*name its authority under ca/,
      );
      await unmeasured(
        ask({ ca, bearer }, { PROMETHEUS_TOKEN: 'wrong' }),
        'refused',
        /answered 401: see that its bearer may ask it/,
      );
      await unmeasured(ask({ ca }), 'refused', /answered 401/);
      await unmeasured(
        ask({ ca, bearer }),
        'refused',
        /environment variable PROMETHEUS_TOKEN for the Prometheus at .* holds nothing/,
      );
      await unmeasured(ask({ ca: '/nowhere/ca.pem' }), 'refused', /cannot be read from \/nowhere\/ca\.pem \(ENOENT\)/);
    } finally {
      await guarded.close();
    }
  });

  it('stale: once three scrapes have failed, and until the next one comes; then nothing is lost', async () => {
    const last = await sample();
    targets.hang(true);
    await eventually('it is stale', () =>
      unmeasured(
        sample(last),
        'stale',
        /^the newest sample of the stable lane is .* old; wanted at most 3 s, 3 scrapes/,
      ).then(() => true),
    );
    targets.count(at('stable', 'c'), 100);
    targets.hang(false);
    const next = await eventually('it is fresh', () => sample(last));
    assert.equal(next.stable.requests - last.stable.requests, 100);
  });

  it('delayed: the lanes are read as of so long ago, and what has happened since comes later', async () => {
    targets.count(at('stable', 'c'), 0);
    const delayed = metricsOf(aSource(prometheus.url, { delay: seconds(8) }));
    const both = (last?: Record<'soon' | 'late', LaneSample>) =>
      Promise.all([sample(last?.soon), delayed.sample(place, last?.late)]).then(([soon, late]) => ({ soon, late }));
    const before = await eventually('both see the same', async () => {
      const seen = await both();
      return seen.soon.stable.requests === seen.late.stable.requests ? seen : undefined;
    });
    targets.count(at('stable', 'c'), 11);
    const added = async () => {
      const seen = await both(before);
      return {
        soon: seen.soon.stable.requests - before.soon.stable.requests,
        late: seen.late.stable.requests - before.late.stable.requests,
      };
    };
    const first = await eventually('it is there', async () => {
      const seen = await added();
      return seen.soon > 0 ? seen : undefined;
    });
    assert.deepEqual(first, { soon: 11, late: 0 });
    await eventually('it comes', async () => ((await added()).late === 11 ? true : undefined));
  });
});

describe('metrics: a Prometheus', () => {
  it('that is down', async () => {
    const asked = metricsOf(aSource('http://127.0.0.1:1')).sample(place);
    await unmeasured(asked, 'down', /^the Prometheus at http:\/\/127\.0\.0\.1:1 does not answer \(ECONNREFUSED\)$/);
  });

  it('that does not answer in time', async () => {
    const silent = createServer();
    await new Promise<void>((listening) => silent.listen(0, '127.0.0.1', listening));
    const { port } = silent.address() as AddressInfo;
    const source = aSource(`http://127.0.0.1:${port}`, { timeout: 200 });
    await unmeasured(metricsOf(source).sample(place), 'timeout', /did not answer within 200 ms$/);
    silent.close();
  });
});
