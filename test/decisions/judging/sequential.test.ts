import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  beginPairs,
  beginRates,
  classifyMetric,
  lookAtPair,
  lookAtRates,
  pairsP,
  type RatesTest,
  ratesP,
  type SequentialRates,
  type Tolerance,
} from '../../../src/domain/decisions/judging/index.js';

const evidence = ({ bets }: RatesTest): number => bets.logs.reduce((sum, log) => sum + Math.exp(log), 0);

/** Probability of `hits` of `n` at `rate`. */
function binomial(hits: number, n: number, rate: number): number {
  let p = (1 - rate) ** (n - hits) * rate ** hits;
  for (let i = 1; i <= hits; i += 1) p *= (n - hits + i) / i;
  return p;
}

/** The expectation of the evidence after one look, over everything that could have been answered. */
function expected(test: RatesTest, [m, n]: readonly [number, number], stable: number, candidate: number): number {
  let sum = 0;
  for (let i = 0; i <= m; i += 1)
    for (let j = 0; j <= n; j += 1) {
      const look = { stable: { requests: m, errors: i }, candidate: { requests: n, errors: j } };
      sum += binomial(i, m, stable) * binomial(j, n, candidate) * evidence(lookAtRates(test, look));
    }
  return sum;
}

describe('the sequential test of error rates', () => {
  const tolerances: readonly Tolerance[] = [
    { mode: 'relative', within: 0 },
    { mode: 'relative', within: 0.5 },
    { mode: 'points', within: 0.05 },
  ];
  const rates = [0.001, 0.02, 0.1, 0.3, 0.6, 0.9];

  it('is a fair bet: whatever is allowed, a look does not raise the evidence on average', () => {
    for (const tolerance of tolerances)
      for (const past of [
        { requests: 100, errors: 2 },
        { requests: 40, errors: 20 },
        { requests: 7, errors: 0 },
      ])
        for (const sizes of [
          [12, 5],
          [3, 9],
          [1, 1],
        ] as const)
          for (const stable of rates) {
            const bound = tolerance.mode === 'points' ? stable + tolerance.within : stable * (1 + tolerance.within);
            for (const part of [0.2, 0.7, 1]) {
              const candidate = Math.min(1, bound) * part;
              const mean = expected(beginRates(tolerance, past), sizes, stable, candidate);
              assert.ok(mean <= 1 + 1e-9, `${JSON.stringify({ tolerance, past, sizes, stable, candidate })}: ${mean}`);
            }
          }
  });

  it('gains where the candidate is worse than is allowed', () => {
    const test = beginRates(tolerances[0]!, { requests: 1000, errors: 20 });
    assert.ok(expected(test, [12, 12], 0.02, 0.2) > 1.1);
  });

  it('learns from the first look where nothing was known before it, and bets nothing on it', () => {
    const first = lookAtRates(beginRates(tolerances[0]!), {
      stable: { requests: 100, errors: 1 },
      candidate: { requests: 100, errors: 50 },
    });
    assert.deepEqual([ratesP(first), first.past], [1, { requests: 100, errors: 1 }]);
    const second = lookAtRates(first, {
      stable: { requests: 100, errors: 1 },
      candidate: { requests: 100, errors: 50 },
    });
    assert.ok(ratesP(second) < 1e-6);
  });

  it('does not take back what it has seen', () => {
    let test = beginRates(tolerances[0]!, { requests: 1000, errors: 10 });
    test = lookAtRates(test, { stable: { requests: 100, errors: 1 }, candidate: { requests: 100, errors: 20 } });
    const p = ratesP(test);
    for (let i = 0; i < 50; i += 1)
      test = lookAtRates(test, { stable: { requests: 100, errors: 1 }, candidate: { requests: 100, errors: 0 } });
    assert.equal(ratesP(test), p);
  });

  it('is plain data, as heartbeats carry it', () => {
    const test = beginRates(tolerances[2]!, { requests: 10, errors: 1 });
    assert.deepEqual(JSON.parse(JSON.stringify(test)), test);
  });

  const metric = (over: Partial<SequentialRates> = {}): SequentialRates => ({
    name: 'errors',
    test: 'sequential-rates',
    tolerance: { mode: 'relative', within: 0.05 },
    alpha: 0.01,
    minSamples: 100,
    stable: { requests: Array.from({ length: 20 }, () => 500), errors: Array.from({ length: 20 }, () => 5) },
    candidate: { requests: Array.from({ length: 20 }, () => 100), errors: Array.from({ length: 20 }, () => 1) },
    ...over,
  });
  const of = (requests: (number | null)[], errors: (number | null)[]) => ({ requests, errors });
  const twenty = (value: number | null) => Array.from({ length: 20 }, () => value);
  const table: [string, Partial<SequentialRates>, string, RegExp][] = [
    ['as many errors', {}, 'pass', /1 % of 2000 requests failed on the candidate, 1 % of 10000/],
    [
      'five times as many',
      { candidate: of(twenty(100), twenty(5)) },
      'fail',
      /clear at look \d of 20; p .* at every look/,
    ],
    [
      'errors where there were none',
      { stable: of(twenty(500), twenty(0)), candidate: of(twenty(100), twenty(3)) },
      'fail',
      /0 % of 10000 on the stable lane, 0 % is allowed/,
    ],
    [
      'a candidate without requests',
      { candidate: of(twenty(0), twenty(0)) },
      'no-data',
      /the candidate has brought no answer/,
    ],
    [
      'a stable lane without requests',
      { stable: of(twenty(0), twenty(0)) },
      'no-data',
      /the stable lane has brought no answer/,
    ],
    ['no looks', { stable: of([], []), candidate: of([], []) }, 'no-data', /neither lane/],
    ['nothing but gaps', { candidate: of(twenty(null), twenty(null)) }, 'no-data', /neither lane/],
    [
      'few requests',
      { candidate: of(twenty(1), twenty(0)) },
      'inconclusive',
      /20 requests reached the candidate; 100 are needed/,
    ],
    ['a source that is down', { error: 'timeout' }, 'error', /could not be asked: timeout/],
  ];
  for (const [name, over, kind, says] of table)
    it(`${name}: ${kind}`, () => {
      const verdict = classifyMetric(metric(over));
      assert.equal(verdict.kind, kind);
      assert.match(verdict.reason, says);
    });
});

describe('the sequential test of pairs', () => {
  const after = (pairs: readonly (readonly [number, number])[], tolerance: Tolerance = { mode: 'points', within: 0 }) =>
    pairs.reduce((test, [stable, candidate]) => lookAtPair(test, stable, candidate), beginPairs('increase', tolerance));

  it('is a fair bet: heads and tails of one pair have a mean of 1', () => {
    const sum = [after([[1, 2]]), after([[2, 1]])].flatMap(({ rise }) => rise.logs.map((log) => Math.exp(log) / 2));
    assert.ok(Math.abs(sum.reduce((a, b) => a + b, 0) - 1) < 1e-12);
  });
  it('ends when the candidate is the worse one time after time; ties and better ones do not count', () => {
    assert.ok(pairsP(after(Array.from({ length: 20 }, () => [1, 2] as const))) < 0.001);
    assert.equal(pairsP(after(Array.from({ length: 50 }, () => [2, 2] as const))), 1);
    assert.equal(pairsP(after(Array.from({ length: 50 }, () => [2, 1] as const))), 1);
  });
  it('allows what is allowed', () => {
    const pairs = Array.from({ length: 50 }, () => [100, 104] as const);
    assert.equal(pairsP(after(pairs, { mode: 'relative', within: 0.05 })), 1);
    assert.ok(pairsP(after(pairs, { mode: 'relative', within: 0.03 })) < 0.001);
  });
});
