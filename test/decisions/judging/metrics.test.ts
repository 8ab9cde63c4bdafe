import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  classifyMetric,
  type Comparison,
  type Direction,
  type Series,
  type ThresholdMetric,
} from '../../../src/domain/decisions/judging/index.js';

/** Sixty values about `middle` that never repeat and do not follow from one another. */
const about = (middle: number, spread = 1, length = 60): readonly number[] =>
  Array.from({ length }, (_, i) => middle + spread * (((i * 7919 + 31 * middle) % 211) / 105.5 - 1));
const always = (value: number | null, length = 60): Series => Array.from({ length }, () => value);

/** Twenty looks low, twenty high, beginning somewhere in between. */
const stepping = (from: number): Series => about(100).map((value, i) => value + 50 * (Math.floor((i + from) / 20) % 2));

const compared = (stable: Series, candidate: Series, over: Partial<Comparison> = {}) =>
  classifyMetric({
    name: 'latency',
    unit: 'ms',
    test: 'compare',
    direction: 'either',
    tolerance: { mode: 'relative', within: 0.05 },
    alpha: 0.01,
    minSamples: 20,
    stable,
    candidate,
    ...over,
  });

describe('a comparison of both lanes', () => {
  const up: Direction = 'increase';
  const down: Direction = 'decrease';
  const table: [string, Series, Series, Partial<Comparison>, string, string, RegExp][] = [
    [
      'equal lanes',
      about(100),
      about(100),
      {},
      'pass',
      'pass',
      /^latency: not worse beyond 4\.999 ms \(5 % of 99\.97 ms\); the candidate differs by 0 ms/,
    ],
    [
      'a clear rise',
      about(100),
      about(110),
      {},
      'fail',
      'high',
      /the candidate is higher by 1\d(\.\d+)? ms .* 98|99 % confidence/,
    ],
    ['a clear fall', about(100), about(90), {}, 'fail', 'low', /the candidate is lower by/],
    ['a rise where only a fall is worse', about(100), about(110), { direction: down }, 'pass', 'pass', /not worse/],
    ['a fall where only a rise is worse', about(100), about(90), { direction: up }, 'pass', 'pass', /not worse/],
    ['a clear rise within the tolerance', about(100), about(103), {}, 'pass', 'pass', /differs by/],
    [
      'the same, in points',
      about(100),
      about(103),
      { tolerance: { mode: 'points', within: 1 } },
      'fail',
      'high',
      /allowed is 1 ms/,
    ],
    ['no value on either side', always(null), always(null), {}, 'no-data', 'no-data', /neither lane/],
    ['no samples at all', [], [], {}, 'no-data', 'no-data', /neither lane/],
    ['a silent candidate', about(100), always(null), {}, 'no-data', 'no-data', /the candidate has brought no value/],
    [
      'NaN and infinity are no values',
      about(100),
      always(Number.NaN).map((_, i) => (i % 2 ? Infinity : Number.NaN)),
      {},
      'no-data',
      'no-data',
      /the candidate/,
    ],
    [
      'a silent stable lane',
      always(null),
      about(100),
      {},
      'no-data',
      'no-data',
      /the stable lane has brought no value to compare with/,
    ],
    [
      'a silent lane, gaps replaced',
      about(100),
      always(null),
      { nanStrategy: 'replace' },
      'no-data',
      'no-data',
      /the candidate/,
    ],
    [
      'gaps replaced by 0 beside numbers',
      about(100),
      about(100).map((v, i) => (i % 3 ? null : v)),
      { nanStrategy: 'replace' },
      'fail',
      'low',
      /lower/,
    ],
    [
      'too few samples, though they differ',
      about(100, 1, 60),
      about(200, 1, 10),
      {},
      'inconclusive',
      'inconclusive',
      /60 samples of the stable lane and 10 of the candidate; 20 of each are needed/,
    ],
    ['both lanes constant and equal', always(0), always(0), {}, 'pass', 'pass', /5 % of a baseline of 0/],
    [
      'a baseline of 0 allows nothing',
      always(0),
      about(5),
      { direction: up },
      'fail',
      'high',
      /allowed is nothing \(5 % of a baseline of 0\)/,
    ],
    [
      'a baseline of 0, points allowed',
      always(0),
      about(0.5, 0.4),
      { tolerance: { mode: 'points', within: 1 } },
      'pass',
      'pass',
      /beyond 1 ms/,
    ],
    [
      'constant lanes that differ beyond the tolerance',
      always(100),
      always(106),
      {},
      'fail',
      'high',
      /higher by 6 ms \(6 to 6 ms/,
    ],
    [
      'constant lanes that differ by exactly the tolerance',
      always(100),
      always(105),
      {},
      'pass',
      'pass',
      /differs by 5 ms/,
    ],
    [
      'a lane that stands still, where it must move',
      about(100),
      always(100),
      { mustVary: true },
      'no-data',
      'no-data',
      /the candidate never moved/,
    ],
    [
      'samples that repeat one another',
      stepping(0),
      stepping(10),
      {},
      'inconclusive',
      'inconclusive',
      /successive samples repeat one another \(lag one 0\.\d+\): 60 are worth \d\.\d/,
    ],
    [
      'harm that is not excluded',
      about(100, 40),
      about(103, 40),
      { passes: 'proven' },
      'inconclusive',
      'inconclusive',
      /is not excluded/,
    ],
    ['harm that is excluded', about(100), about(101), { passes: 'proven' }, 'pass', 'pass', /not worse/],
    ['a source that is down', about(100), about(100), { error: '503' }, 'error', 'error', /could not be asked: 503/],
  ];
  for (const [name, stable, candidate, over, kind, classification, says] of table)
    it(`${name}: ${kind}`, () => {
      const verdict = compared(stable, candidate, over);
      assert.deepEqual([verdict.kind, verdict.classification], [kind, classification], verdict.reason);
      assert.match(verdict.reason, says);
    });

  it('carries its figures', () => {
    const { figures, groups, criticalFailure, dryRun } = compared(about(100), about(110), { critical: true });
    const { samples, shift = 0, low = 0, high = 0, wanted = 0, pValue = 1, level, alpha, effect } = figures;
    assert.deepEqual([samples.stable, samples.candidate, level, alpha], [60, 60, 0.99, 0.01]);
    assert.ok(low < shift && shift < high && low > wanted && pValue < 1e-6 && effect?.cliffsDelta === 1);
    assert.deepEqual([groups, criticalFailure, dryRun], [['all'], true, false]);
  });

  it('fails exactly where the interval lies beyond what is allowed', () => {
    for (let step = 0; step <= 20; step += 1) {
      const { kind, figures } = compared(about(100, 10), about(100 + step, 10), { direction: 'increase' });
      assert.equal(kind === 'fail', figures.low! > figures.wanted!, `a rise by ${step}`);
    }
  });

  it('takes outliers out where it is told to', () => {
    // Fences are never nearer than the 99th percentile: of fewer than a hundred samples nothing lies beyond them.
    const wild = about(100, 1, 200).map((value, i) => (i === 7 ? 1e9 : value));
    const rule = { outliers: { strategy: 'remove', factor: 3 } } as const;
    assert.equal(compared(wild, about(100), rule).figures.samples.stable, 199);
    assert.equal(compared(wild, about(100)).figures.samples.stable, 200);
  });
});

describe('a threshold', () => {
  const held = (bound: ThresholdMetric['bound'], candidate: Series, over: Partial<ThresholdMetric> = {}) =>
    classifyMetric({ name: 'rate', test: 'threshold', bound, statistic: 'mean', minSamples: 1, candidate, ...over });
  const within = (mode: 'relative' | 'points', by: number, direction: Direction) =>
    ({ kind: 'baseline', tolerance: { mode, within: by }, direction }) as const;
  const forecast = (series: Series) =>
    ({ kind: 'forecast', series, tolerance: { mode: 'relative', within: 0.1 }, direction: 'decrease' }) as const;

  const table: [string, ThresholdMetric['bound'], Series, Partial<ThresholdMetric>, string, RegExp][] = [
    ['at the bound', { kind: 'at-most', value: 0.3 }, [0.1 + 0.2], {}, 'pass', /mean 0\.3, wanted at most 0\.3/],
    ['above it', { kind: 'at-most', value: 0.3 }, [0.3001], {}, 'fail', /mean 0\.3001 is above 0\.3/],
    ['below the least', { kind: 'at-least', value: 99 }, [98, 99], {}, 'fail', /mean 98\.5 is below 99/],
    [
      'at the baseline’s bound in points',
      within('points', 0.05, 'increase'),
      [0.07],
      { stable: [0.02] },
      'pass',
      /at most 0\.07 \(0\.05 of the stable lane's 0\.02\)/,
    ],
    ['above it', within('points', 0.05, 'increase'), [0.0701], { stable: [0.02] }, 'fail', /above 0\.07/],
    [
      'at the relative bound',
      within('relative', 0.05, 'increase'),
      [0.021],
      { stable: [0.02] },
      'pass',
      /5 % of the stable lane's 0\.02/,
    ],
    [
      'a relative baseline of 0 allows nothing',
      within('relative', 0.05, 'increase'),
      [0.001],
      { stable: [0, 0] },
      'fail',
      /above 0 /,
    ],
    [
      'too low counts only where it is worse',
      within('relative', 0.05, 'either'),
      [0.01],
      { stable: [0.02] },
      'fail',
      /below 0\.019/,
    ],
    [
      'no value of the candidate',
      { kind: 'at-most', value: 1 },
      [null, null],
      {},
      'no-data',
      /the candidate has brought no value/,
    ],
    [
      'no value of the stable lane',
      within('points', 1, 'increase'),
      [1],
      { stable: [null] },
      'no-data',
      /the stable lane/,
    ],
    [
      'too few',
      { kind: 'at-most', value: 1 },
      [1, 1],
      { minSamples: 3 },
      'inconclusive',
      /2 samples of the candidate; 3 are needed/,
    ],
    ['as forecast', forecast([100, 110, 120]), [90, 99, 108], {}, 'pass', /at least 99 \(10 % of the forecast's 110\)/],
    ['below the forecast', forecast([100, 110, 120]), [80, 90, 100], {}, 'fail', /is below 99/],
    ['a gap shifts no forecast', forecast([10, 1000]), [10, null], {}, 'pass', /the forecast's 10\)/],
    ['no forecast', forecast([null, null]), [10, 10], {}, 'no-data', /no forecast/],
  ];
  for (const [name, bound, candidate, over, kind, says] of table)
    it(`${name}: ${kind}`, () => {
      const verdict = held(bound, candidate, over);
      assert.equal(verdict.kind, kind, verdict.reason);
      assert.match(verdict.reason, says);
    });

  it('holds the figure that is asked for', () => {
    const met = (['mean', 'median', 'p95', 'max', 'last'] as const).map(
      (statistic) => held({ kind: 'at-most', value: 1 }, [1, 9, 2, null, 4, 3], { statistic }).figures.met,
    );
    assert.deepEqual(met, [3.8, 3, 9, 9, 3]);
  });
});

describe('pairs, looked at one after the other', () => {
  const paired = (stable: Series, candidate: Series, minSamples = 30) =>
    classifyMetric({
      name: 'latency',
      test: 'sequential',
      direction: 'increase',
      tolerance: { mode: 'points', within: 0 },
      alpha: 0.01,
      minSamples,
      stable,
      candidate,
    });
  const table: [string, Series, Series, string, RegExp][] = [
    ['a clear rise', about(100), about(110), 'fail', /clear at look \d+ of 60/],
    ['a clear fall', about(110), about(100), 'pass', /not worse/],
    ['few pairs', about(100, 1, 5), about(100, 1, 5), 'inconclusive', /5 looks brought a value of both lanes; 30/],
    ['never both at one look', [1, null, 1, null], [null, 1, null, 1], 'no-data', /no look brought a value of both/],
    ['no values', always(null), about(1), 'no-data', /the stable lane/],
  ];
  for (const [name, stable, candidate, kind, says] of table)
    it(`${name}: ${kind}`, () => {
      const verdict = paired(stable, candidate);
      assert.equal(verdict.kind, kind, verdict.reason);
      assert.match(verdict.reason, says);
    });
});
