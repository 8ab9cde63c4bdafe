import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeWindow } from '../../src/domain/decisions/judge.js';
import { beginWatch, lookAgain, type Watch } from '../../src/domain/decisions/watch.js';
import { after, minutes, seconds } from '../../src/domain/duration.js';
import type { LaneCounters } from '../../src/domain/sample.js';
import type { Criterion } from '../../src/domain/strategy.js';
import type { Verdict } from '../../src/domain/verdict.js';
import { type Chance, chanceOf } from '../support/chance.js';
import { aWindow, tuesday } from '../support/orders.js';
import { failures } from '../support/series.js';

const alpha = 0.05;
const relative = {
  kind: 'within-baseline',
  metric: 'error-rate',
  mode: 'relative',
  within: 0.05,
  alpha,
} as const satisfies Criterion;
const window = aWindow({ for: minutes(15), every: seconds(15), criteria: [relative], minSamples: 50 });
const looks = window.for / window.every;

const lane = (requests: number, errors = 0): LaneCounters => ({ requests, errors, latency: [] });

/** A window that has begun, and what its lanes answer from one look to the next. */
function watching(stable: LaneCounters, candidate: LaneCounters, of = window) {
  let [watch, all] = [beginWatch({ at: tuesday, stable, candidate }, of), { stable, candidate }];
  const plus = (a: LaneCounters, [requests, errors]: readonly [number, number]) =>
    lane(a.requests + requests, a.errors + errors);
  return (more: {
    readonly stable: readonly [number, number];
    readonly candidate: readonly [number, number];
  }): Watch => {
    all = { stable: plus(all.stable, more.stable), candidate: plus(all.candidate, more.candidate) };
    watch = lookAgain(watch, { at: after(watch.last.at, of.every), ...all }, of.every);
    return watch;
  };
}

/** The candidate's share of 200 requests a look, in per cent, and the part of each lane's that fails. */
interface Lanes {
  readonly share: number;
  readonly stable: number;
  readonly candidate: number;
}

/** The look at which a window of these rates ended before its time, Infinity where it did not. */
function earlyEnd(chance: Chance, of: Lanes, judgedBy = window) {
  const total = 200;
  const [n, m] = [(total * of.share) / 100, (total * (100 - of.share)) / 100];
  const next = watching(lane(10_000, failures(chance, 10_000, of.stable)), lane(0), judgedBy);
  for (let look = 1; look < looks; look += 1) {
    const stable = [m, failures(chance, m, of.stable)] as const;
    const candidate = [n, failures(chance, n, of.candidate)] as const;
    const { final, verdict } = judgeWindow(judgedBy, next({ stable, candidate }), true);
    if (final) return { look, verdict };
  }
  return { look: Infinity };
}

function ends(seed: number, windows: number, of: Lanes, judgedBy = window): readonly number[] {
  const chance = chanceOf(seed);
  return Array.from({ length: windows }, () => earlyEnd(chance, of, judgedBy).look).sort((a, b) => a - b);
}

const early = (found: readonly number[]): number => found.filter((look) => look < Infinity).length / found.length;

/** Monte Carlo with fixed seeds, in the names: the same draws in every run. Ends are in rising order. */
describe('a window of 60 looks is ended early by chance alone', () => {
  const table: [string, number, Lanes][] = [
    ['at a share of 5 %, both lanes failing 2 % (seed 11)', 11, { share: 5, stable: 0.02, candidate: 0.02 }],
    [
      'at a share of 25 %, at the very bound: 2.1 % beside 2 % (seed 12)',
      12,
      { share: 25, stable: 0.02, candidate: 0.021 },
    ],
    ['at a share of 75 %, both lanes failing 2 % (seed 13)', 13, { share: 75, stable: 0.02, candidate: 0.02 }],
    [
      'at a share of 25 %, both lanes failing one time in 1000 (seed 14)',
      14,
      { share: 25, stable: 0.001, candidate: 0.001 },
    ],
  ];
  for (const [name, seed, of] of table)
    it(`in at most alpha of 400 windows ${name}`, () => {
      const rate = early(ends(seed, 400, of));
      assert.ok(rate <= alpha, `${rate}`);
    });

  it('and in far more than alpha of them where each look is judged for itself: the lanes are drawn so that it matters (seed 13)', () => {
    const untested: Criterion = { kind: 'within-baseline', metric: 'error-rate', mode: 'relative', within: 0.05 };
    const rate = early(
      ends(13, 400, { share: 75, stable: 0.02, candidate: 0.02 }, { ...window, criteria: [untested] }),
    );
    assert.ok(rate > 5 * alpha, `${rate}`);
  });
});

describe('a candidate that is clearly bad is stopped early', () => {
  it('five times the errors end half of the windows within a third, nearly all before the end (seed 15)', () => {
    const found = ends(15, 100, { share: 25, stable: 0.02, candidate: 0.1 });
    assert.ok(found[50]! <= looks / 3, `at look ${found[50]}`);
    assert.ok(early(found) >= 0.95, `${early(found)}`);
  });

  it('at once where every second request fails (seed 16)', () => {
    const { look } = earlyEnd(chanceOf(16), { share: 25, stable: 0.02, candidate: 0.5 });
    assert.equal(look, 1);
  });

  it('with a sentence for who is called, and p, alpha and the counts of both lanes', () => {
    const next = watching(lane(1_000, 20), lane(0));
    const { verdict, final } = judgeWindow(window, next({ stable: [600, 12], candidate: [200, 40] }), true);
    assert.deepEqual([verdict.kind, final], ['fail', true]);
    assert.match(
      verdict.reason,
      /^error-rate 20 % is above 2\.1 % \(5 % above the stable lane's 2 % in the same window\); 40 of 200 requests failed, beside 12 of 600 on the stable lane: more than chance brings \(p .+ over all looks, at most 0\.05 ends the window\), after 15 s and 200 requests$/,
    );
    const { p, ...rest } = verdict.test!;
    assert.ok(p > 0 && p < 1e-9, `${p}`);
    const counts = { stable: { requests: 600, errors: 12 }, candidate: { requests: 200, errors: 40 } };
    assert.deepEqual(rest, { alpha, ...counts });
  });
});

describe('a window with a sequential test', () => {
  const judged = (watch: Watch, compared = true): readonly [Verdict, boolean] => {
    const { verdict, final } = judgeWindow(window, watch, compared);
    return [verdict, final];
  };

  it('does not end for one error beside none, though the exact rule allows none: that is for its end to say', () => {
    const next = watching(lane(1_000), lane(0));
    const [verdict, final] = judged(next({ stable: [950, 0], candidate: [50, 1] }));
    assert.deepEqual([verdict.kind, final], ['inconclusive', false]);
    const whole = { ...next({ stable: [950, 0], candidate: [50, 0] }), watchedMs: window.for };
    const [atEnd, isEnd] = judged(whole);
    assert.deepEqual([atEnd.kind, isEnd], ['fail', true]);
    assert.match(atEnd.reason, /^error-rate 1 % is above 0 %/);
    assert.ok(atEnd.test!.p > alpha);
  });

  it('does not end below its minimum of samples, however clear', () => {
    const next = watching(lane(1_000), lane(0));
    assert.equal(judged(next({ stable: [1_000, 0], candidate: [49, 49] }))[1], false);
    assert.equal(judged(next({ stable: [1_000, 0], candidate: [1, 1] }))[1], true);
  });

  it('is ended by the bound from before where the stable lane answers nothing in it: there is nothing to test against', () => {
    const next = watching(lane(1_000, 20), lane(0));
    const [verdict, final] = judged(next({ stable: [0, 0], candidate: [200, 60] }));
    assert.deepEqual([verdict.kind, final, verdict.test], ['fail', true, undefined]);
    assert.match(verdict.reason, /before this window\); 60 of 200 requests failed, clearly, after/);
  });

  it('is ended by the band itself where nothing ran before', () => {
    const next = watching(lane(0), lane(0));
    const [verdict, final] = judged(next({ stable: [0, 0], candidate: [200, 60] }), false);
    assert.deepEqual([final, verdict.test], [true, undefined]);
  });

  it('that began before there were tests goes on as it was begun', () => {
    const { evidence, ...older } = watching(lane(1_000), lane(0))({ stable: [950, 0], candidate: [50, 25] });
    assert.ok(evidence);
    const [verdict, final] = judged(older);
    assert.deepEqual([final, verdict.test], [true, undefined]);
    assert.match(verdict.reason, /clearly/);
  });

  it('carries some twelve numbers from look to look, whatever it has seen', () => {
    const next = watching(lane(1_000_000, 5), lane(0));
    let watch = next({ stable: [950, 3], candidate: [50, 1] });
    for (let look = 0; look < 100; look += 1) watch = next({ stable: [950, 3], candidate: [50, 1] });
    const carried = JSON.stringify(watch.evidence);
    assert.deepEqual(JSON.parse(carried), watch.evidence);
    assert.ok(carried.length < 600, `${carried.length}`);
  });
});
