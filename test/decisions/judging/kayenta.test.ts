import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  classifyMetric,
  type KayentaMetric,
  type MetricVerdict,
  scoreCanary,
  type Scoring,
  type Series,
} from '../../../src/domain/decisions/judging/index.js';

const about = (middle: number, length = 30): readonly number[] =>
  Array.from({ length }, (_, i) => middle + 2 * (((i * 7919 + 31 * middle) % 211) / 105.5 - 1));
const always = (value: number | null, length = 30): Series => Array.from({ length }, () => value);

const classified = (stable: Series, candidate: Series, over: Partial<KayentaMetric> = {}) =>
  classifyMetric({ name: 'cpu', test: 'kayenta', direction: 'either', stable, candidate, ...over });

describe('Kayenta’s classification', () => {
  const table: [string, Series, Series, Partial<KayentaMetric>, string, string][] = [
    ['the same level', about(10), about(10.1), {}, 'pass', 'pass'],
    ['twice as high', about(10), about(20), {}, 'high', 'fail'],
    ['half as high', about(20), about(10), {}, 'low', 'fail'],
    ['a fall where increases count', about(20), about(10), { direction: 'increase' }, 'pass', 'pass'],
    ['a rise where decreases count', about(10), about(20), { direction: 'decrease' }, 'pass', 'pass'],
    ['equal samples in another order', about(10), about(10).toReversed(), {}, 'pass', 'pass'],
    ['one value everywhere', always(3), always(3, 20), {}, 'pass', 'pass'],
    ['two constants', always(10), always(11), {}, 'high', 'fail'],
    ['constants below zero', always(-10), always(-11), { effectSize: { measure: 'cles' } }, 'low', 'fail'],
    ['an increase that is allowed', about(10), about(20), { effectSize: { allowedIncrease: 3 } }, 'pass', 'pass'],
    ['at what is allowed', always(10), always(20), { effectSize: { allowedIncrease: 2 } }, 'high', 'fail'],
    ['a decrease that is allowed', about(20), about(10), { effectSize: { allowedDecrease: 0.4 } }, 'pass', 'pass'],
    ['no ratio to zero: not asked about', always(0), about(20), { effectSize: { allowedIncrease: 9 } }, 'high', 'fail'],
    [
      'by the share of higher pairs',
      about(10),
      about(20),
      { effectSize: { measure: 'cles', allowedIncrease: 0.9 } },
      'high',
      'fail',
    ],
    ['nothing on one side', about(10), [], {}, 'no-data', 'no-data'],
    ['nothing but NaN', about(10), always(null), {}, 'no-data', 'no-data'],
    ['the same, and data are required', about(10), always(null), { mustHaveData: true }, 'no-data-fail', 'no-data'],
    ['required and critical', about(10), always(null), { mustHaveData: true, critical: true }, 'no-data', 'no-data'],
    [
      'an empty side with replace: a pass there, no data here',
      about(10),
      [],
      { nanStrategy: 'replace' },
      'pass',
      'no-data',
    ],
    ['zeros instead of NaN', always(null), about(10), { nanStrategy: 'replace' }, 'high', 'fail'],
    ['zeros on both sides', always(null), always(null), { nanStrategy: 'replace' }, 'pass', 'no-data'],
    ['a source that is down', about(10), about(10), { error: 'timeout' }, 'error', 'error'],
  ];
  for (const [name, stable, candidate, over, classification, kind] of table)
    it(`${name}: ${classification}`, () => {
      const verdict = classified(stable, candidate, over);
      assert.deepEqual([verdict.classification, verdict.kind], [classification, kind], verdict.reason);
    });

  it('lets a critical metric decide only beyond its critical effect', () => {
    const critical = (over: Partial<KayentaMetric>) =>
      classified(about(10), about(20), { critical: true, ...over }).criticalFailure;
    assert.equal(critical({}), true);
    assert.equal(critical({ effectSize: { criticalIncrease: 3 } }), false);
    assert.equal(classified(about(10), always(null), { critical: true }).criticalFailure, true);
    assert.equal(classified(about(10), about(10.1), { critical: true }).criticalFailure, false);
  });

  it('takes outliers out by the fences of three interquartile ranges', () => {
    const wild = [...about(10, 200), 1e6];
    const { figures } = classified(wild, about(10), { outliers: { strategy: 'remove', factor: 3 } });
    assert.equal(figures.samples.stable, 200);
  });
});

interface Brief extends Partial<MetricVerdict> {
  readonly is: MetricVerdict['classification'];
}

const kinds = { high: 'fail', low: 'fail', 'no-data-fail': 'no-data' } as const;
const verdicts = (metrics: readonly Brief[]): readonly MetricVerdict[] =>
  metrics.map(({ is, ...over }, i) => ({
    kind: is in kinds ? kinds[is as keyof typeof kinds] : (is as MetricVerdict['kind']),
    reason: `m${i}: ${is}`,
    name: `m${i}`,
    classification: is,
    criticalFailure: false,
    dryRun: false,
    groups: ['one'],
    figures: { samples: { stable: 1, candidate: 1 } },
    ...over,
  }));
const scored = (metrics: readonly Brief[], mode: Scoring['mode'], weights: Record<string, number> = {}) =>
  scoreCanary(verdicts(metrics), { mode, pass: 75, marginal: 50, weights });

const two = ['two'];
const half = { one: 50, two: 50 };

describe('Kayenta’s score', () => {
  const table: [string, readonly Brief[], Record<string, number>, number, string][] = [
    ['one that passes', [{ is: 'pass' }], {}, 100, 'pass'],
    ['one that is high', [{ is: 'high' }], {}, 0, 'fail'],
    ['half of them', [{ is: 'pass' }, { is: 'low' }], {}, 50, 'inconclusive'],
    ['a third of them', [{ is: 'pass' }, { is: 'high' }, { is: 'low' }], {}, 33.33, 'fail'],
    [
      'two groups by weight',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'high', groups: two }],
      { one: 75, two: 25 },
      75,
      'pass',
    ],
    ['equal weights', [{ is: 'pass' }, { is: 'high' }, { is: 'high', groups: two }], half, 25, 'fail'],
    [
      'groups without weight share the rest',
      [{ is: 'pass' }, { is: 'high', groups: two }, { is: 'pass', groups: ['three'] }],
      { one: 60 },
      80,
      'pass',
    ],
    [
      'a metric of two groups counts in both',
      [
        { is: 'pass', groups: ['one', 'two'] },
        { is: 'high', groups: two },
      ],
      half,
      75,
      'pass',
    ],
    [
      'without data it is left out',
      [{ is: 'pass' }, { is: 'no-data' }, { is: 'high', groups: two }],
      half,
      50,
      'inconclusive',
    ],
    [
      'a group without data scores 100',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'no-data', groups: two }],
      {},
      100,
      'pass',
    ],
    ['an error is left out too', [{ is: 'error' }, { is: 'pass', groups: two }], {}, 100, 'pass'],
    ['required data that is missing counts', [{ is: 'no-data-fail' }, { is: 'pass' }], {}, 50, 'inconclusive'],
    ['half without data', [{ is: 'no-data' }, { is: 'pass' }], {}, 0, 'fail'],
    ['a critical failure', [{ is: 'pass' }, { is: 'high', criticalFailure: true }], {}, 0, 'fail'],
    [
      'critical without data',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'no-data', criticalFailure: true }],
      {},
      0,
      'fail',
    ],
    ['muted metrics', [{ is: 'pass' }, { is: 'high', dryRun: true }], {}, 100, 'pass'],
    ['weights that leave something over', [{ is: 'pass' }], { one: 40 }, 40, 'fail'],
    ['none at all', [], {}, 0, 'fail'],
    ['nothing but errors passes there; here it is no data', [{ is: 'error' }], {}, 100, 'no-data'],
    ['nothing but silence counted as a pass', [{ is: 'pass', kind: 'no-data' }], {}, 100, 'no-data'],
  ];
  for (const [name, metrics, weights, score, kind] of table)
    it(`${name}: ${score}`, () => {
      const met = scored(metrics, 'kayenta', weights);
      assert.deepEqual([met.score, met.kind], [score, kind], met.reason);
    });

  it('names what it leaves out', () => {
    assert.deepEqual(scored([{ is: 'error' }, { is: 'pass' }, { is: 'pass' }], 'kayenta').unknown, ['m0']);
  });
});

describe('the strict score', () => {
  const table: [string, readonly Brief[], Record<string, number>, number, string, RegExp][] = [
    ['all pass', [{ is: 'pass' }, { is: 'pass' }], {}, 100, 'pass', /score 100/],
    [
      'three of four pass',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'pass' }, { is: 'high' }],
      {},
      75,
      'pass',
      /score 75/,
    ],
    ['half pass', [{ is: 'pass' }, { is: 'high' }], {}, 50, 'inconclusive', /m1: high/],
    ['none pass', [{ is: 'high' }, { is: 'low' }], {}, 0, 'fail', /m0: high/],
    [
      'silence counts against',
      [{ is: 'pass' }, { is: 'no-data' }],
      {},
      50,
      'no-data',
      /score 50 to 100, by what is unknown.*m1: no-data/,
    ],
    ['so does a source that is down', [{ is: 'pass' }, { is: 'error' }], {}, 50, 'error', /m1: error/],
    [
      'and a metric that cannot tell',
      [{ is: 'pass' }, { is: 'inconclusive' }],
      {},
      50,
      'inconclusive',
      /m1: inconclusive/,
    ],
    [
      'where the known ones suffice it passes',
      [...Array.from({ length: 4 }, () => ({ is: 'pass' as const })), { is: 'no-data' }],
      {},
      80,
      'pass',
      /80 to 100/,
    ],
    [
      'where nothing could save it, it fails',
      [{ is: 'high' }, { is: 'high' }, { is: 'high' }, { is: 'no-data' }],
      {},
      0,
      'fail',
      /0 to 25/,
    ],
    ['nothing but errors', [{ is: 'error' }], {}, 0, 'error', /m0: error/],
    ['nothing but silence', [{ is: 'no-data' }, { is: 'pass', kind: 'no-data' }], {}, 0, 'no-data', /no-data/],
    [
      'a critical failure',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'pass' }, { is: 'high', criticalFailure: true }],
      {},
      75,
      'fail',
      /a critical metric decides: m3/,
    ],
    [
      'a critical one without data',
      [{ is: 'pass' }, { is: 'pass' }, { is: 'pass' }, { is: 'no-data', criticalFailure: true }],
      {},
      75,
      'no-data',
      /decides: m3/,
    ],
    [
      'weights are shares of their sum',
      [{ is: 'pass' }, { is: 'high', groups: two }],
      { one: 60, two: 20 },
      75,
      'pass',
      /75/,
    ],
    ['dry runs alone', [{ is: 'pass', dryRun: true }], {}, 0, 'no-data', /no metric that counts/],
    ['none at all', [], {}, 0, 'no-data', /no metric that counts/],
  ];
  for (const [name, metrics, weights, score, kind, says] of table)
    it(`${name}: ${kind}`, () => {
      const met = scored(metrics, 'strict', weights);
      assert.deepEqual([met.score, met.kind], [score, kind], met.reason);
      assert.match(met.reason, says);
    });
});
