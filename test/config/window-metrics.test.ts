import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stageOrders } from '../../src/config/orders.js';
import { lookBack } from '../../src/config/meant-window-metrics.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import type { Window } from '../../src/domain/strategy.js';
import { aFile, configOf, problemsOf } from './support.js';

const board =
  '{ alice: { roles: [implementation-wrangler] }, grace: { roles: [governance-sentinel] }, oscar: { roles: [service-owner, on-call] }, gina: { roles: [governance-board] }, gus: { roles: [governance-board] } }';
const prometheus = 'metrics: { prometheus: { url: "http://127.0.0.1:9090" } }';
const query = `query: 'sum(rate(orders_total{version="{{version}}"}[1m]))'`;
const gauge = `query: 'queue{lane="{{lane}}"}'`;
const whole = `query: 'sum(rate(orders_total[1m]))'`;
const file = (metrics: string, more = '', sections: Parameters<typeof aFile>[0] = {}): string =>
  `${aFile({ ...sections, service: `criteria: { metrics: ${metrics}${more} }` })}\n${prometheus}`;

async function windowsOf(text: string): Promise<{ readonly window: Window; readonly afterwards: Window }> {
  const { production } = (await configOf(text)).services['shop']?.stages ?? {};
  assert.ok(production?.strategy.kind === 'canary');
  return production.strategy;
}

async function metricOf(written: string) {
  const { window } = await windowsOf(file(`{ orders: { ${written} } }`));
  const [metric] = window.metrics ?? [];
  assert.ok(metric);
  return metric;
}

describe('a metric that windows are judged by', () => {
  it('is compared with the stable lane, 5 % either way, a sample as often as its query looks back, and not before that', async () => {
    assert.deepEqual(await metricOf(query), {
      name: 'orders',
      query: 'sum(rate(orders_total{version="{{version}}"}[1m]))',
      rule: { kind: 'stable', direction: 'either', tolerance: { mode: 'relative', within: 0.05 } },
      alpha: 0.01,
      minSamples: 10,
      every: minutes(1),
      initialDelay: minutes(1),
      range: minutes(1),
      limits: { consecutiveErrors: 4 },
    });
  });

  it('is sampled at every look where its query does not look back, and in a long window as often as can be carried', async () => {
    const { window, afterwards } = await windowsOf(file(`{ queue: { ${gauge}, at-most: 100 } }`));
    assert.deepEqual([window.metrics?.[0]?.every, afterwards.metrics?.[0]?.every], [seconds(15), seconds(15)]);
    const day =
      'strategy: { kind: canary, window: 24h }\ncriteria: { metrics: { queue: { query: up, at-most: 100 } } }';
    const long = await windowsOf(`${aFile({ service: day })}\n${prometheus}`);
    assert.deepEqual([long.window.metrics?.[0]?.every, long.window.metrics?.[0]?.initialDelay], [minutes(6), 0]);
  });

  it('has bounds, a forecast, limits and standing as written', async () => {
    const limits =
      'limits: { failures: 3, consecutive-failures: 2, consecutive-errors: 1, consecutive-successes: 4, inconclusive: 5 }';
    const bounded = await metricOf(
      `${whole}, at-most: 5, at-least: 1, statistic: p95, unit: ms, ${limits}, critical: true, group: money`,
    );
    assert.deepEqual(bounded.rule, { kind: 'bounds', atMost: 5, atLeast: 1, statistic: 'p95' });
    assert.deepEqual(bounded.limits, {
      failures: 3,
      consecutiveFailures: 2,
      consecutiveErrors: 1,
      consecutiveSuccesses: 4,
      inconclusive: 5,
    });
    assert.deepEqual([bounded.unit, bounded.critical, bounded.group, bounded.dryRun], ['ms', true, 'money', undefined]);
    const same = await metricOf(
      `${whole}, forecast: { same: 1w, within: 20% }, direction: decrease, dry-run: true, must-have-data: true`,
    );
    const tolerance = { mode: 'relative', within: 0.2 } as const;
    assert.deepEqual(same.rule, {
      kind: 'forecast',
      from: { ago: hours(168) },
      direction: 'decrease',
      tolerance,
      statistic: 'median',
    });
    assert.deepEqual([same.dryRun, same.mustHaveData], [true, true]);
    const other = await metricOf(`${whole}, forecast: { query: 'orders:forecast', within: 20% }`);
    assert.deepEqual(other.rule.kind === 'forecast' && other.rule.from, { query: 'orders:forecast' });
  });

  it('is scored beside the others where that is said', async () => {
    const judge = ', judge: { mode: kayenta, pass: 95, marginal: 75, groups: { money: 60 } }';
    const written = `{ orders: { ${query}, group: money, effect-size: { allowed-increase: 1.1 } }, queue: { ${gauge}, at-most: 9 } }`;
    const { window } = await windowsOf(file(written, judge));
    assert.deepEqual(window.scoring, { mode: 'kayenta', pass: 95, marginal: 75, weights: { money: 60 } });
    assert.deepEqual(
      window.metrics?.map(({ effectSize }) => effectSize),
      [{ allowedIncrease: 1.1 }, undefined],
    );
  });

  it('belongs to no window before there is one, and not to the aftercare', async () => {
    const config = await configOf(file(`{ orders: { ${query} } }`));
    const service = config.services['shop'];
    assert.ok(service);
    const orders = stageOrders(config, service);
    assert.equal(
      orders.some(({ aftercare }) => aftercare !== undefined && 'metrics' in aftercare),
      false,
    );
    const { window } = await windowsOf(aFile());
    assert.equal('metrics' in window || 'scoring' in window, false);
  });

  it('is only shown in an emergency whose windows are too short for it', async () => {
    const config = await configOf(
      file(`{ orders: { ${query} }, queue: { ${gauge}, at-most: 9 } }`, '', { people: board }),
    );
    const service = config.services['shop'];
    assert.ok(service);
    const last = stageOrders(config, service, 'emergency').at(-1)?.strategy.afterwards;
    assert.equal(last?.for, minutes(5));
    assert.deepEqual(
      last.metrics?.map(({ name, dryRun }) => [name, dryRun]),
      [
        ['orders', true],
        ['queue', undefined],
      ],
    );
  });

  it('looks back as far as its ranges say', () => {
    const table: readonly (readonly [string, number])[] = [
      ['up', 0],
      ['rate(a[1m]) / rate(b[5m])', minutes(5)],
      ['rate(a[1h30m])', minutes(90)],
      ['max_over_time(rate(a[1m])[5m:15s])', minutes(6)],
      ['a{code=~"[45].."}', 0],
    ];
    for (const [promQL, back] of table) assert.equal(lookBack(promQL), back, promQL);
  });

  const at = 'services.shop.criteria.metrics.orders';
  const refused: readonly (readonly [says: string, text: string, ...reads: string[]])[] = [
    [
      'a word that nothing is filled in for',
      file(`{ orders: { query: 'a{pod="{{pod}}"}' } }`),
      `slipway.yml:9:45 ${at}.query: met "a{pod=\\"{{pod}}\\"}"; wanted PromQL that answers one number, such as sum(rate(orders_total{version="{{version}}"}[1m])), with {{service}}, {{environment}}, {{lane}}, {{version}}`,
    ],
    [
      'lanes that the query does not tell apart',
      file(`{ orders: { ${whole} } }`),
      `slipway.yml:9:45 ${at}.query: met "sum(rate(orders_total[1m]))"; wanted {{lane}} or {{version}} in it, as it is compared with the stable lane; at-most, at-least or forecast need neither`,
    ],
    [
      'a forecast of one lane',
      file(`{ orders: { ${gauge}, forecast: { same: 1w, within: 5% } } }`),
      `slipway.yml:9:45 ${at}.query: met "queue{lane=\\"{{lane}}\\"}"; wanted neither {{lane}} nor {{version}}: a forecast is of the whole service`,
    ],
    [
      'bounds beside a forecast, and a tolerance beside bounds',
      file(`{ orders: { ${whole}, at-most: 5, forecast: { same: 1w, within: 5% }, tolerance: 5% } }`),
      `slipway.yml:9:98 ${at}.forecast: met {"same":"1w","within":"5%"}; wanted no forecast beside at-most and at-least: a second metric with the same query may have it`,
      `slipway.yml:9:135 ${at}.tolerance: met "5%"; wanted nothing here beside at-most and at-least: a second metric with the same query may have it`,
    ],
    [
      'a lower bound above the upper',
      file(`{ orders: { ${whole}, at-most: 5, at-least: 6 } }`),
      `slipway.yml:9:98 ${at}.at-least: met 6; wanted no more than at-most, 5`,
    ],
    [
      'a forecast from nowhere',
      file(`{ orders: { ${whole}, forecast: { within: 5% } } }`),
      `slipway.yml:9:86 ${at}.forecast: met {"within":"5%"}; wanted either same: 1w, or a query of its own`,
    ],
    [
      'a window that cannot bring the samples',
      file(`{ orders: { ${query}, min-samples: 20 } }`),
      `slipway.yml:9:28 ${at}: met 15 min, 1 min of it waited for, at one sample every 1 min bring 14 samples of orders, and 20 are needed: a window of 21 min would bring them; wanted windows in production that can bring the samples of orders`,
    ],
    [
      'samples that are worth too few, since each repeats the one before',
      file(`{ orders: { query: 'rate(a{lane="{{lane}}"}[2m])', every: 15s } }`),
      `slipway.yml:9:28 ${at}: met 15 min, 2 min of it waited for, at one sample every 15 s bring 52 samples of orders, worth 3 independent ones since each looks back 2 min, and 8 independent ones are needed: a window of 32 min would bring them; wanted windows in production that can bring the samples of orders`,
    ],
    [
      'samples too few for any test of ranks',
      file(`{ orders: { ${query}, min-samples: 4 } }`),
      `slipway.yml:9:28 ${at}: met min-samples of 4; wanted at least 5: fewer samples of two lanes are never told apart at an alpha of 0.01`,
    ],
    [
      'a critical metric that an emergency has no time for',
      file(`{ orders: { ${query}, critical: true } }`, '', { people: board }),
      `slipway.yml:9:28 ${at}: met 5 min, 1 min of it waited for, at one sample every 1 min bring 4 samples of orders, and 10 are needed: a window of 11 min would bring them (emergency: window); what is critical is judged there too; wanted windows in production that can bring the samples of orders`,
    ],
    [
      'an environment without a Prometheus',
      aFile({ service: `criteria: { metrics: { orders: { ${query} } } }` }),
      'slipway.yml:9:17 services.shop.criteria.metrics: met no Prometheus in production; wanted metrics: { prometheus: { url: … } } for production, whose windows would ask these queries',
    ],
    [
      "Kayenta's words without its mode, a group that no metric has, and weights of more than all",
      file(`{ orders: { ${query}, effect-size: { allowed-increase: 2 } } }`, ', judge: { groups: { money: 60 } }'),
      `slipway.yml:9:99 ${at}.effect-size: met an effect-size; wanted none but in judge: { mode: kayenta }, which asks about it`,
      'slipway.yml:9:160 services.shop.criteria.judge.groups.money: met the unknown group money; possible: all',
    ],
    [
      'a score of nothing, and one that is marginal above its pass',
      aFile({ service: 'criteria: { judge: { pass: 50, marginal: 60, groups: { a: 60, b: 50 } } }' }),
      'slipway.yml:9:46 services.shop.criteria.judge.marginal: met 60; wanted at most what passes, 50',
      'slipway.yml:9:58 services.shop.criteria.judge.groups: met {"a":60,"b":50}; wanted weights of 100 together at most, not 110',
    ],
    [
      'a score without metrics',
      aFile({ service: 'criteria: { judge: { pass: 95 } }' }),
      'slipway.yml:9:17 services.shop.criteria.judge: met no metrics; wanted metrics beside it, which it would score',
    ],
  ];
  for (const [says, text, ...reads] of refused)
    it(`refuse ${says}`, async () => assert.deepEqual(await problemsOf(text), reads));
});
