import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  beginRates,
  classifyMetric,
  lookAtRates,
  ratesP,
  type Series,
} from '../../../src/domain/decisions/judging/index.js';
import { chanceOf } from '../../support/chance.js';
import { autoregressive, failures } from '../../support/series.js';

/** Monte Carlo with fixed seeds, in the names: the same draws in every run. Tables of many more are in `npm run bench -- judge`. */
const alpha = 0.05;

function rateOfFailing(
  seed: number,
  rounds: number,
  lanes: (chance: () => number) => readonly [Series, Series],
): number {
  const chance = chanceOf(seed);
  let failed = 0;
  for (let round = 0; round < rounds; round += 1) {
    const [stable, candidate] = lanes(chance);
    const { kind } = classifyMetric({
      name: 'metric',
      test: 'compare',
      direction: 'increase',
      tolerance: { mode: 'points', within: 0 },
      alpha,
      minSamples: 20,
      stable,
      candidate,
    });
    if (kind === 'fail') failed += 1;
  }
  return failed / rounds;
}

describe('how often a comparison of 60 samples a lane is wrong', () => {
  it('false alarms of independent samples: at most 1.25 alpha (seed 1)', () => {
    const rate = rateOfFailing(1, 2000, (chance) => [autoregressive(chance, 60, 0), autoregressive(chance, 60, 0)]);
    assert.ok(rate <= 1.25 * alpha, `${rate}`);
  });
  it('false alarms at autocorrelation 0.5: at most 2 alpha (seed 2)', () => {
    const rate = rateOfFailing(2, 2000, (chance) => [autoregressive(chance, 60, 0.5), autoregressive(chance, 60, 0.5)]);
    assert.ok(rate <= 2 * alpha, `${rate}`);
  });
  it('one standard deviation worse is found 95 times in 100 (seed 3)', () => {
    const rate = rateOfFailing(3, 500, (chance) => [autoregressive(chance, 60, 0), autoregressive(chance, 60, 0, 1)]);
    assert.ok(rate >= 0.95, `${rate}`);
  });
});

describe('how often the sequential test of error rates is wrong, looking 60 times at 60 and 540 requests', () => {
  /** The look at which each window ended, Infinity where none did, in rising order. */
  function ends(seed: number, windows: number, worse: number): readonly number[] {
    const chance = chanceOf(seed);
    const endOf = (): number => {
      let test = beginRates({ mode: 'relative', within: 0 });
      for (let look = 1; look <= 60; look += 1) {
        const stable = { requests: 540, errors: failures(chance, 540, 0.02) };
        const candidate = { requests: 60, errors: failures(chance, 60, 0.02 * worse) };
        test = lookAtRates(test, { stable, candidate });
        if (ratesP(test) <= alpha) return look;
      }
      return Infinity;
    };
    return Array.from({ length: windows }, endOf).sort((a, b) => a - b);
  }

  it('false alarms over all looks: at most alpha (seed 4)', () => {
    const rate = ends(4, 500, 1).filter((look) => look < Infinity).length / 500;
    assert.ok(rate <= alpha, `${rate}`);
  });
  it('a doubled rate ends half of the windows within a third (seed 5)', () => {
    const median = ends(5, 101, 2)[50]!;
    assert.ok(median <= 20, `at look ${median}`);
  });
});
