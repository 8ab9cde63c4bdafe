import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  autocorrelation,
  effectSize,
  hodgesLehmann,
  mannWhitney,
  planSamples,
  samplesFor,
} from '../../../src/domain/decisions/judging/index.js';

/** Whole numbers, so that sums and differences are exact and ties are frequent. */
const sample = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 70 });
const seed = 1963;
const holds = <T extends [unknown, ...unknown[]]>(property: fc.IPropertyWithHooks<T>): void =>
  fc.assert(property, { seed, numRuns: 300 });

describe('the Mann–Whitney test', () => {
  it('does not mind which sample comes first', () => {
    holds(
      fc.property(sample, sample, (x, y) => {
        const [one, other] = [mannWhitney(x, y), mannWhitney(y, x)];
        assert.equal(one.u + other.u, x.length * y.length);
        assert.ok(Math.abs(one.pValue - other.pValue) < 1e-12);
        const greater = mannWhitney(x, y, { alternative: 'greater' }).pValue;
        assert.ok(Math.abs(greater - mannWhitney(y, x, { alternative: 'less' }).pValue) < 1e-12);
      }),
    );
  });

  it('does not mind order, shift or scale', () => {
    holds(
      fc.property(sample, sample, fc.integer({ min: 1, max: 9 }), (x, y, by) => {
        const moved = (values: readonly number[]) => values.toReversed().map((value) => value * by + 1000 * by);
        assert.equal(mannWhitney(moved(x), moved(y)).pValue, mannWhitney(x, y).pValue);
      }),
    );
  });

  it('counts no fewer pairs for a sample that is higher still', () => {
    holds(
      fc.property(sample, sample, fc.integer({ min: 1, max: 40 }), (x, y, by) => {
        const higher = x.map((value) => value + by);
        assert.ok(mannWhitney(higher, y).u >= mannWhitney(x, y).u);
      }),
    );
  });

  it('says 1 of equal values, and between 0 and 1 of any', () => {
    assert.equal(mannWhitney([3, 3, 3], [3, 3]).pValue, 1);
    holds(
      fc.property(sample, sample, (x, y) => {
        const { pValue } = mannWhitney(x, y);
        assert.ok(pValue >= 0 && pValue <= 1);
      }),
    );
  });

  it('refuses what it cannot rank', () => {
    for (const [x, says] of [
      [[], /met no values/],
      [[1, Number.NaN], /met NaN; wanted finite/],
      [[Infinity, 1], /met Infinity/],
    ] as const)
      assert.throws(() => mannWhitney(x, [1, 2]), says);
  });
});

describe('the Hodges–Lehmann shift', () => {
  it('is the median difference, and moves with the sample', () => {
    holds(
      fc.property(sample, sample, fc.integer({ min: -1000, max: 1000 }), (x, y, by) => {
        const all = x.flatMap((a) => y.map((b) => a - b)).sort((a, b) => a - b);
        const median = (all[(all.length - 1) >> 1]! + all[all.length >> 1]!) / 2;
        const shift = hodgesLehmann(x, y);
        assert.equal(shift.estimate, median);
        assert.equal(
          hodgesLehmann(
            x.map((value) => value + by),
            y,
          ).estimate,
          median + by,
        );
        assert.ok(shift.low <= median && median <= shift.high);
      }),
    );
  });

  it('turns around with the samples', () => {
    holds(
      fc.property(sample, sample, (x, y) => {
        const [one, other] = [hodgesLehmann(x, y), hodgesLehmann(y, x)];
        assert.deepEqual([one.estimate + other.estimate, one.low + other.high, one.high + other.low], [0, 0, 0]);
      }),
    );
  });

  it('is less sure at a higher level, and of samples that repeat one another', () => {
    holds(
      fc.property(sample, sample, (x, y) => {
        const width = (options: Parameters<typeof hodgesLehmann>[2]) => {
          const { low, high } = hodgesLehmann(x, y, options);
          return high - low;
        };
        assert.ok(width({ level: 0.99 }) >= width({ level: 0.9 }));
        assert.ok(width({ method: 'asymptotic', inflation: 3 }) >= width({ method: 'asymptotic' }));
      }),
    );
  });
});

describe('effect sizes', () => {
  const cases: [string, readonly number[], readonly number[], number, number][] = [
    ['equal samples', [1, 2, 3], [1, 2, 3], 1, 0.5],
    ['all of the candidate higher', [1, 1], [10, 10], 10, 1],
    ['all of the candidate lower', [100, 100], [10, 10], 0.1, 0],
    ['a baseline of 0 has no ratio', [0, 0], [10, 10], Number.NaN, 1],
    ['a candidate of 0 has none either', [10, 10], [0, 0], Number.NaN, 0],
  ];
  for (const [name, stable, candidate, meanRatio, cles] of cases)
    it(name, () => assert.deepEqual(effectSize(stable, candidate), { meanRatio, cles, cliffsDelta: 2 * cles - 1 }));
});

describe('autocorrelation', () => {
  const run = (length: number, of: (i: number) => number) => Float64Array.from({ length }, (_, i) => of(i));
  const steps = (i: number) => Math.floor(i / 10) % 2;
  const noise = (i: number) => ((i * 7919) % 101) / 101;

  it('of long steps is high, and inflates the variance', () => {
    const { lagOne, inflation } = autocorrelation(
      run(60, noise),
      run(60, (i) => 10 * steps(i)),
    );
    assert.ok(lagOne > 0.7, `${lagOne}`);
    assert.equal(inflation, (1 + lagOne) / (1 - lagOne));
  });
  it('of what both lanes go through together is none', () => {
    const both = (shift: number) => run(60, (i) => 100 * steps(i) + noise(i + shift));
    assert.deepEqual(autocorrelation(both(0), both(31)), { lagOne: 0, inflation: 1 });
  });
  it('of alternating, constant or few samples is none', () => {
    for (const [stable, candidate] of [
      [run(60, noise), run(60, (i) => i % 2)],
      [run(60, () => 1), run(60, () => 1)],
      [run(5, (i) => i), run(5, (i) => 2 * i)],
      [run(0, noise), run(20, () => Number.NaN)],
    ] as const)
      assert.equal(autocorrelation(stable, candidate).inflation, 1);
  });
  it('is seen in lanes of unequal length and with gaps', () => {
    const gappy = run(80, (i) => (i % 13 === 0 ? Number.NaN : steps(i)));
    assert.ok(
      autocorrelation(
        run(60, (i) => 10 * steps(i) + noise(i)),
        gappy,
      ).lagOne > 0.6,
    );
  });
});

describe('planning a window', () => {
  it('says what it can bring, what is needed, and how to bring it', () => {
    const plan = planSamples({ window: 300_000, every: 15_000 });
    assert.deepEqual([plan.reachable, plan.wanted, plan.enough], [20, 39, false]);
    assert.equal(
      plan.says,
      '5 min at one sample every 15 s bring 20 samples a lane, and 39 are needed: a window of 10 min, or a sample every 7.7 s, would bring them',
    );
    assert.equal(planSamples({ window: 900_000, every: 15_000 }).enough, true);
  });
  it('asks for more where samples repeat one another, for a smaller shift and a rarer alarm', () => {
    assert.equal(planSamples({ window: 900_000, every: 15_000, lagOne: 0.5 }).wanted, 117);
    assert.match(planSamples({ window: 900_000, every: 15_000, lagOne: 0.5 }).says, /worth 20 independent ones/);
    assert.ok(samplesFor({ shift: 0.5 }) > samplesFor({}) && samplesFor({ alpha: 0.001 }) > samplesFor({}));
  });
});
