import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { judgeMetrics, together } from '../../src/domain/decisions/metrics/judge-metrics.js';
import { canFail, planMetric } from '../../src/domain/decisions/metrics/plan-samples.js';
import { isDue, mostSamples, type MetricLook } from '../../src/domain/decisions/metrics/seen.js';
import { minutes, seconds } from '../../src/domain/duration.js';
import { fail, pass, type Verdict } from '../../src/domain/verdict.js';
import type { MetricLimits, MetricRule, WindowMetric } from '../../src/domain/window-metric.js';
import { chanceOf } from '../support/chance.js';
import { aWindow } from '../support/orders.js';
import { aMetric, judgedBy, lanes, lookedAt, unanswered, values } from '../support/metrics.js';

const points = { mode: 'points', within: 0 } as const;
const atMost: MetricRule = { kind: 'bounds', atMost: 50, statistic: 'median' };
const between: MetricRule = { kind: 'bounds', atMost: 50, atLeast: 10, statistic: 'median' };
const lastWeek: MetricRule = {
  kind: 'forecast',
  from: { ago: minutes(7 * 24 * 60) },
  direction: 'decrease',
  tolerance: { mode: 'relative', within: 0.2 },
  statistic: 'median',
};
const silent: readonly MetricLook[] = Array.from({ length: 12 }, () => ({ value: null, other: 100 }));
const steady = (value: number, looks = 12) => values(...Array.from({ length: looks }, (_, i) => value + (i % 3) / 10));
const beside = (value: number, other: number, looks = 12): readonly MetricLook[] =>
  Array.from({ length: looks }, () => ({ value, other }));

describe('a metric at the end of its window', () => {
  const table: readonly (readonly [string, Partial<WindowMetric>, readonly MetricLook[], Verdict['kind'], RegExp])[] = [
    [
      'as good as the stable lane',
      {},
      lanes(12, 1),
      'pass',
      /^orders: not worse beyond .*p \S+, 12 samples against 12$/,
    ],
    ['fewer than the band allows', {}, lanes(12, 0.5), 'fail', /lower by|worse than the stable lane at more looks/],
    ['more, where fewer are bad', {}, lanes(12, 2), 'pass', /not worse/],
    [
      'too few samples',
      {},
      lanes(9, 0.2),
      'inconclusive',
      /9 samples of the stable lane and 9 of the candidate; 10 of each are needed/,
    ],
    ['no sample of the candidate', {}, silent, 'no-data', /the candidate has brought no value/],
    [
      'none, where it must have data',
      { mustHaveData: true },
      silent,
      'fail',
      /brought no value, and it must have data$/,
    ],
    ['never asked', {}, [], 'no-data', /neither lane has brought a value/],
    [
      'a source that never answered',
      { limits: { consecutiveErrors: 99 } },
      unanswered(12),
      'error',
      /could not be asked: the Prometheus does not take it/,
    ],
    ['below a bound', { rule: atMost }, steady(42), 'pass', /median 42\.1, wanted at most 50; 12 samples/],
    ['at a bound', { rule: atMost }, values(...Array.from({ length: 12 }, () => 50)), 'pass', /wanted at most 50/],
    ['above a bound', { rule: atMost }, steady(51), 'fail', /worse than allowed at more looks than chance|is above 50/],
    ['between two bounds', { rule: between }, steady(20), 'pass', /wanted at most 50 and at least 10/],
    ['below the lower of two', { rule: between }, steady(9), 'fail', /below 10|worse than allowed/],
    ['as last week', { rule: lastWeek }, beside(90, 100), 'pass', /20 % of the forecast's 100/],
    [
      'fewer than last week',
      { rule: lastWeek },
      beside(70, 100),
      'fail',
      /worse than allowed at more looks than chance|below/,
    ],
    [
      'no last week',
      { rule: lastWeek },
      beside(70, Number.NaN).map(() => ({ value: 70, other: null })),
      'no-data',
      /there is no forecast for any of the looks/,
    ],
  ];
  for (const [name, more, looks, kind, says] of table)
    it(name, () => {
      const { verdict, reports } = judgedBy([[aMetric(more), looks]]);
      assert.equal(verdict.kind, kind, verdict.reason);
      assert.match(verdict.reason, says);
      assert.equal(reports[0]?.reason, verdict.reason);
    });

  it('carries the numbers met and wanted, the samples, p and the effect', () => {
    const [report] = judgedBy([[aMetric({ unit: '€' }), lanes(20, 1)]]).reports;
    const { samples, p = 2, alpha, met, wanted, cles, shift, low, unit, decides } = report ?? { samples: undefined };
    assert.deepEqual([samples, alpha, unit, decides], [{ candidate: 20, stable: 20 }, 0.01, '€', true]);
    assert.ok(p > 0.01 && p <= 1);
    for (const figure of [met, wanted, cles, shift, low]) assert.ok(Number.isFinite(figure));
  });

  it('is held against what the stable version answered before, where all users are on the candidate', () => {
    const before = Array.from({ length: 14 }, (_, i) => 100 + (i % 5));
    const metric = aMetric();
    const by = (value: number) => {
      const looks = before.slice(0, 12).map((other, i) => ({ value: value + (i % 4), other }));
      const seen = [{ ...lookedAt(metric, looks, false), before }];
      return judgeMetrics({ window: aWindow({ metrics: [metric] }), seen, over: true, compared: true });
    };
    assert.equal(by(100)?.verdict.kind, 'pass');
    assert.equal(by(80)?.verdict.kind, 'fail');
    assert.deepEqual(by(80)?.reports[0]?.samples, { candidate: 12, stable: 14 });
  });
});

describe('a metric beside a fresh baseline', () => {
  it('is told of by the name of what it was held against', () => {
    const metric = aMetric();
    const seen = [lookedAt(metric, lanes(20, 0.5), false)];
    const ask = { window: aWindow({ metrics: [metric] }), seen, over: true, compared: true } as const;
    const [usual, fresh] = [judgeMetrics(ask), judgeMetrics({ ...ask, control: 'baseline' })];
    assert.equal(fresh?.verdict.kind, 'fail');
    assert.match(fresh.verdict.reason, /than the fresh baseline's/);
    assert.equal(fresh.reports[0]?.reason, fresh.verdict.reason);
    assert.equal(usual?.verdict.reason.replaceAll('the stable lane', 'the fresh baseline'), fresh.verdict.reason);
  });
});

describe('a metric whose samples repeat one another', () => {
  // One lane that creeps: each difference is near the one before it.
  const creeping = Array.from({ length: 16 }, (_, i) => ({ value: 100 + Math.sin(i / 4), other: 100 }));

  it('is not judged by what is worth too few, unless each sample is of a stretch of its own', () => {
    const { verdict } = judgedBy([[aMetric(), creeping]]);
    assert.equal(verdict.kind, 'inconclusive');
    assert.match(verdict.reason, /successive samples repeat one another/);
    assert.equal(judgedBy([[aMetric({ range: minutes(1) }), creeping]]).verdict.kind, 'pass');
    assert.equal(judgedBy([[aMetric({ range: minutes(4) }), creeping]]).verdict.kind, 'inconclusive');
  });
});

describe('a metric before the end of its window', () => {
  const ended = (metric: WindowMetric, looks: readonly MetricLook[]) => judgedBy([[metric, looks]], { over: false });

  it('ends it once chance explains it no more, and not before its samples are there', () => {
    assert.equal(ended(aMetric(), lanes(9, 0.2)).final, false);
    const { verdict, final } = ended(aMetric(), lanes(12, 0.2));
    assert.deepEqual([final, verdict.kind], [true, 'fail']);
    assert.match(
      verdict.reason,
      /^orders: worse than the stable lane at more looks than chance brings \(p 0\.\d+ over all looks, at most 0\.01 ends the window\); last .* beside .*, 12 of 12 looks beyond it$/,
    );
  });

  it('does not end it where it is as good, or better', () => {
    for (const times of [1, 0.97, 3]) assert.equal(ended(aMetric(), lanes(60, times)).final, false);
  });

  it('takes only pairs whose queries do not look back over the same time', () => {
    const rate = aMetric({ range: minutes(4), every: minutes(1) });
    assert.equal(ended(rate, lanes(20, 0.2)).final, false);
    assert.equal(ended(rate, lanes(60, 0.2)).final, true);
  });

  it('leaves a mean to the end: many looks a little beyond a bound may meet it', () => {
    const mean = aMetric({ rule: { kind: 'bounds', atMost: 50, statistic: 'mean' } });
    const looks = Array.from({ length: 40 }, (_, i) => ({ value: i % 10 === 0 ? 1 : 51 }));
    assert.equal(ended(mean, looks).final, false);
    assert.equal(judgedBy([[mean, looks]]).verdict.kind, 'pass');
  });

  it('stops a candidate that is as good no more often than alpha says, over 60 looks', () => {
    const chance = chanceOf(7);
    let stopped = 0;
    for (let run = 0; run < 400; run += 1) {
      const looks = Array.from({ length: 60 }, () => ({ value: chance(), other: chance() }));
      const metric = aMetric({ alpha: 0.05, rule: { kind: 'stable', direction: 'either', tolerance: points } });
      if (ended(metric, looks).final) stopped += 1;
    }
    assert.ok(stopped <= 400 * 0.05, `${stopped} of 400`);
  });
});

describe('limits of a metric, a look at a time', () => {
  const limited = (limits: Partial<MetricLimits>) =>
    aMetric({ rule: atMost, limits: { consecutiveErrors: 4, ...limits } });
  const table: readonly (readonly [
    string,
    Partial<MetricLimits>,
    readonly MetricLook[],
    Verdict['kind'] | undefined,
    RegExp?,
  ])[] = [
    ['failures: as many as may be', { failures: 2 }, values(60, 40, 60, 40), undefined],
    [
      'failures: one more',
      { failures: 2 },
      values(60, 40, 60, 40, 60),
      'fail',
      /^orders: 3 looks failed; at most 2 may; last 60, 3 of 5 looks beyond it$/,
    ],
    ['none may', { failures: 0 }, values(60), 'fail', /1 look failed; at most 0 may/],
    ['failures in a row: interrupted', { consecutiveFailures: 1 }, values(60, 40, 60, 40), undefined],
    [
      'failures in a row: one more',
      { consecutiveFailures: 1 },
      values(60, 60),
      'fail',
      /2 looks in a row failed; at most 1 may/,
    ],
    ['silence does not interrupt them', { consecutiveFailures: 1 }, values(60, null, 60), 'fail'],
    ['errors in a row: four, unless said', {}, unanswered(4), undefined],
    [
      'errors in a row: a fifth',
      {},
      unanswered(5),
      'error',
      /5 looks in a row could not be asked; at most 4 may: the Prometheus does not take it/,
    ],
    ['errors that an answer interrupts', {}, [...unanswered(4), { value: 1 }, ...unanswered(4)], undefined],
    [
      'looks without a number',
      { inconclusive: 1 },
      values(null, 40, null),
      'inconclusive',
      /2 looks brought no number; at most 1 may/,
    ],
  ];
  for (const [name, limits, looks, kind, says = /./] of table)
    it(name, () => {
      const { verdict, final } = judgedBy([[limited(limits), looks]], { over: false });
      assert.equal(final, kind !== undefined, verdict.reason);
      if (kind === undefined) return;
      assert.equal(verdict.kind, kind);
      assert.match(verdict.reason, says);
    });

  it('once exceeded it stays so, whatever comes', () => {
    const { verdict } = judgedBy([[limited({ consecutiveFailures: 1 }), [...values(60, 60), ...steady(40, 20)]]]);
    assert.equal(verdict.kind, 'fail');
  });

  it('looks in a row that must have met it: inconclusive without them', () => {
    const metric = limited({ consecutiveSuccesses: 5 });
    const broken = values(40, 40, 40, 60, 40, 40, 40, 40, 60, 40, 40, 40);
    const { verdict } = judgedBy([[metric, broken]]);
    assert.equal(verdict.kind, 'inconclusive');
    assert.match(verdict.reason, /only 4 looks in a row met it; 5 are needed$/);
    assert.equal(judgedBy([[metric, steady(40)]]).verdict.kind, 'pass');
  });
});

describe('metrics of a window together', () => {
  const good = [aMetric({ name: 'good' }), lanes(12, 1)] as const;
  const bad = [aMetric({ name: 'bad' }), lanes(12, 0.3)] as const;

  it('each must pass, and the gravest is told', () => {
    const { verdict } = judgedBy([good, bad, [aMetric({ name: 'silent' }), silent]]);
    assert.equal(verdict.kind, 'fail');
    assert.match(verdict.reason, /^bad:/);
    assert.match(judgedBy([good, [aMetric({ name: 'other' }), lanes(12, 1)]]).verdict.reason, /^good: .*; other: /);
  });

  it('one that runs dry is judged and shown, and neither ends the window nor fails it', () => {
    const dry = [aMetric({ name: 'dry', dryRun: true }), lanes(12, 0.2)] as const;
    assert.equal(judgedBy([good, dry], { over: false }).final, false);
    const { verdict, reports } = judgedBy([good, dry]);
    assert.equal(verdict.kind, 'pass');
    assert.deepEqual(
      reports.map(({ name, kind, decides }) => [name, kind, decides]),
      [
        ['good', 'pass', true],
        ['dry', 'fail', undefined],
      ],
    );
  });

  it('a first release has nothing to be compared with: what would be is only shown, and bounds hold', () => {
    const { verdict, reports } = judgedBy([bad], { compared: false });
    assert.equal(verdict.kind, 'pass');
    assert.match(reports[0]?.reason ?? '', /nothing ran here before to compare with; only shown/);
    assert.equal(judgedBy([[aMetric({ rule: atMost }), steady(60)]], { compared: false }).verdict.kind, 'fail');
  });

  const scoring = { mode: 'strict', pass: 75, marginal: 50 } as const;
  const four = (failing: number, more: Partial<WindowMetric> = {}) =>
    [0, 1, 2, 3].map(
      (i) => [aMetric({ name: `m${i}`, ...(i === 0 && more) }), lanes(12, i < failing ? 0.3 : 1)] as const,
    );

  it('scored, so many of a hundred pass', () => {
    const table = [
      [0, 'pass', 100],
      [1, 'pass', 75],
      [2, 'inconclusive', 50],
      [3, 'fail', 25],
    ] as const;
    for (const [failing, kind, score] of table) {
      const judged = judgedBy(four(failing), { scoring });
      assert.deepEqual([judged.verdict.kind, judged.score?.score], [kind, score], judged.verdict.reason);
    }
  });

  it('scored, one that fails ends no window early, and decides nothing alone, unless it is critical', () => {
    assert.equal(judgedBy(four(1), { scoring, over: false }).final, false);
    assert.equal(judgedBy(four(1, { critical: true }), { scoring, over: false }).final, true);
    assert.equal(judgedBy(four(1, { critical: true }), { scoring }).verdict.kind, 'fail');
  });

  it('scored by groups and their weights', () => {
    const [a, b] = [
      [aMetric({ name: 'a', group: 'money' }), lanes(12, 0.3)],
      [aMetric({ name: 'b', group: 'rest' }), lanes(12, 1)],
    ] as const;
    const by = (money: number) => judgedBy([a, b], { scoring: { ...scoring, weights: { money, rest: 100 - money } } });
    assert.deepEqual([by(20).verdict.kind, by(20).score?.score], ['pass', 80]);
    assert.deepEqual([by(60).verdict.kind, by(60).score?.score], ['fail', 40]);
  });

  it("by Kayenta's rules: its test, its score, and here too no judgement of too few samples", () => {
    const kayenta = { ...scoring, mode: 'kayenta' } as const;
    const { verdict, reports, score } = judgedBy(four(1), { scoring: kayenta });
    assert.deepEqual([verdict.kind, score?.score], ['pass', 75]);
    assert.match(reports[0]?.reason ?? '', /low by Kayenta's rule/);
    const few = four(0).map(([metric], i) => [metric, i === 0 ? lanes(5, 0.2) : lanes(12, 1)] as const);
    assert.equal(judgedBy(few, { scoring: { ...kayenta, pass: 90, marginal: 60 } }).verdict.kind, 'inconclusive');
    assert.equal(judgedBy(four(4), { scoring: kayenta }).verdict.kind, 'fail');
  });

  it('silence never passes, whatever is silent and however it is judged', () => {
    const looks = fc.array(fc.constantFrom<MetricLook>({ value: null }, { value: null, other: 1 }, { error: 'away' }), {
      maxLength: 30,
    });
    const rule = fc.constantFrom<MetricRule>(aMetric().rule, atMost, lastWeek);
    const mode = fc.constantFrom(undefined, scoring, { ...scoring, mode: 'kayenta' } as const);
    fc.assert(
      fc.property(looks, rule, mode, fc.boolean(), (seen, by, scored, replace) => {
        const metric = aMetric({ rule: by, ...(replace && { nanStrategy: 'replace' }) });
        const { verdict } = judgedBy([[metric, seen]], { ...(scored && { scoring: scored }) });
        assert.notEqual(verdict.kind, 'pass', verdict.reason);
      }),
    );
  });
});

describe('a window that requests and metrics judge', () => {
  const by = (kind: Verdict['kind'], final = true) => ({ verdict: { kind, reason: kind }, final, reports: [] });
  const test = { p: 0.5, alpha: 0.01, stable: { requests: 9, errors: 0 }, candidate: { requests: 9, errors: 0 } };
  const requests = (verdict: Verdict, final = true) => ({ verdict: { ...verdict, test }, final });

  it('passes where both do, and says both', () => {
    const { verdict, final } = together(requests(pass('90 requests')), by('pass'), true);
    assert.deepEqual([verdict, final], [{ kind: 'pass', reason: '90 requests; pass', test }, true]);
  });

  it('comes to the graver of the two at its end', () => {
    assert.equal(together(requests(pass('well')), by('no-data'), true).verdict.reason, 'no-data');
    assert.equal(together(requests(fail('errors')), by('inconclusive'), true).verdict.reason, 'errors');
  });

  it('is ended early by either', () => {
    const watching = requests({ kind: 'inconclusive', reason: 'watching' }, false);
    assert.equal(together(watching, by('inconclusive', false), false).final, false);
    assert.deepEqual(together(watching, by('fail'), false), {
      verdict: { kind: 'fail', reason: 'fail', test },
      final: true,
    });
    assert.equal(together(requests(fail('errors')), by('inconclusive', false), false).verdict.reason, 'errors');
  });
});

describe('samples of a metric', () => {
  it('are taken as often as it says, after its delay, whatever the looks', () => {
    const metric = aMetric({ every: seconds(60), initialDelay: seconds(30) });
    const taken: number[] = [];
    let seen = lookedAt(metric, []);
    for (let at = 0; at <= 240; at += 15) {
      if (!isDue(metric, seen, seconds(at) + 40, seconds(15))) continue;
      taken.push(at);
      seen = { ...seen, points: [...seen.points, [seconds(at) + 40, 1]] };
    }
    assert.deepEqual(taken, [30, 90, 150, 210]);
  });

  it('are bounded in what is carried, whatever the length', () => {
    const { points: carried, tally } = lookedAt(aMetric(), lanes(2 * mostSamples, 1));
    assert.equal(carried.length, mostSamples);
    assert.equal(tally.failures + tally.longestSuccess > 0, true);
    assert.ok(judgedBy([[aMetric(), lanes(mostSamples, 1)]]).reports.every(({ points: kept }) => kept.length <= 60));
  });

  const plans: readonly (readonly [string, Partial<WindowMetric>, number, string | true])[] = [
    ['enough', {}, 15, true],
    [
      'too short a window',
      {},
      5,
      '5 min at one sample every 1 min bring 5 samples of orders, and 10 are needed: a window of 10 min would bring them',
    ],
    [
      'a delay that leaves too little',
      { initialDelay: minutes(6) },
      15,
      '15 min, 6 min of it waited for, at one sample every 1 min bring 9 samples of orders, and 10 are needed: a window of 16 min would bring them',
    ],
    [
      'samples that repeat one another',
      { range: minutes(4) },
      15,
      '15 min at one sample every 1 min bring 15 samples of orders, worth 2 independent ones since each looks back 4 min, and 8 independent ones are needed: a window of 56 min would bring them',
    ],
  ];
  for (const [name, more, length, want] of plans)
    it(`planned for: ${name}`, () => {
      const { enough, says } = planMetric(minutes(length), aMetric(more));
      assert.equal(enough || says, want);
    });

  it('so few that ranks can never tell lanes apart are not planned for', () => {
    const either: MetricRule = { kind: 'stable', direction: 'either', tolerance: points };
    assert.deepEqual(
      [4, 5].map((minSamples) => canFail(aMetric({ minSamples }))),
      [false, true],
    );
    assert.equal(canFail(aMetric({ minSamples: 4, rule: either })), false);
    assert.equal(canFail(aMetric({ minSamples: 1, rule: atMost })), true);
  });
});
