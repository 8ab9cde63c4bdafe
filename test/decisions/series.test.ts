import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { boundsOf } from '../../src/domain/decisions/judge.js';
import { mostPoints, noSeries, seenMore, withLook } from '../../src/domain/decisions/series.js';
import { beginWatch, lookAgain } from '../../src/domain/decisions/watch.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { LaneCounters, LaneSample } from '../../src/domain/sample.js';
import type { LanePoint, Series, SeriesPoint } from '../../src/domain/series.js';
import { aWindow, tuesday } from '../support/orders.js';

const lane = (requests: number, errors = 0, slow = 0): LaneCounters => ({
  requests,
  errors,
  latency: [
    { le: 100, count: requests - slow },
    { le: 300, count: requests },
    { le: -1, count: requests },
  ],
});
const at = (second: number, stable: LaneCounters, candidate: LaneCounters): LaneSample => ({
  at: after(tuesday, seconds(second)),
  stable,
  candidate,
});

/** A window that has seen these samples, a second apart. */
function seriesOf(...samples: readonly LaneSample[]): Series {
  const window = aWindow({ minSamples: 10 });
  const [first, ...others] = samples;
  let watch = beginWatch(first!);
  let series = noSeries;
  for (const sample of others) {
    const next = lookAgain(watch, sample, seconds(1));
    series = seenMore(series, watch, next, boundsOf(window, next, true));
    watch = next;
  }
  return series;
}

/** So many looks, one a second, each of which has seen one more request than the one before. */
function looks(count: number): readonly SeriesPoint[] {
  let points: readonly SeriesPoint[] = [];
  for (let nth = 1; nth <= count; nth++) points = withLook(points, [seconds(nth), [nth, 1, nth], [1, 0]], nth);
  return points;
}

describe('what a window has seen, look by look', () => {
  it('is what both lanes have added since the look before, and their p95 in between', () => {
    const { points } = seriesOf(
      at(0, lane(100, 7), lane(50)),
      at(1, lane(120, 8), lane(60)),
      at(2, lane(140, 8), lane(80, 4, 20)),
    );
    assert.deepEqual(points, [
      [1_000, [20, 1, 95], [10, 0, 95]],
      [2_000, [20, 0, 95], [20, 4, 290]],
    ]);
  });

  it('has no p95 where nothing was answered, and counts anew where a source began again', () => {
    const { points } = seriesOf(at(0, lane(0), lane(0)), at(1, lane(30), lane(0)), at(2, lane(5, 1), lane(1)));
    assert.deepEqual(points, [
      [1_000, [30, 0, 95], [0, 0]],
      [2_000, [5, 1, 95], [1, 0, 95]],
    ]);
  });

  it('keeps the bounds that it was judged by, as they were at its last look', () => {
    const { bounds } = seriesOf(at(0, lane(0), lane(0)), at(1, lane(100), lane(20)), at(2, lane(200, 4), lane(40)));
    assert.deepEqual(bounds, [
      { metric: 'error-rate', bound: 0.07 },
      { metric: 'latency-p95', bound: 300 },
    ]);
  });

  it('has no bound where there is nothing to compare with', () => {
    const { bounds } = seriesOf(at(0, lane(0), lane(0)), at(1, lane(0), lane(20)));
    assert.deepEqual(bounds, [{ metric: 'latency-p95', bound: 300 }]);
  });
});

describe('a window of any length has a bounded series', () => {
  const table: readonly [looks: number, points: number, each: number][] = [
    [1, 1, 1],
    [60, 60, 1],
    [61, 31, 2],
    [120, 60, 2],
    [121, 31, 4],
    [240, 60, 4],
    [5_760, 45, 128],
  ];
  for (const [count, wanted, each] of table)
    it(`${count} looks are ${wanted} points of ${each}`, () => {
      const points = looks(count);
      assert.equal(points.length, wanted);
      assert.deepEqual(
        points.slice(0, -1).map(([until]) => until),
        points.slice(0, -1).map((_, i) => seconds((i + 1) * each)),
      );
      assert.equal(points.at(-1)?.[0], seconds(count));
    });

  it('merging sums, and keeps the higher p95, or none where none could be told', () => {
    const [first] = looks(61);
    assert.deepEqual(first, [2_000, [1 + 2, 2, 2], [2, 0]]);
  });

  it('a point stays under 60 bytes', () => {
    const busy: LanePoint = [99_999_999, 9_999_999, 1_234.5];
    assert.ok(JSON.stringify([86_400_000, busy, busy] satisfies SeriesPoint).length < 70);
    const usual: LanePoint = [12_345, 1_234, 1_234.5];
    assert.ok(JSON.stringify([86_400_000, usual, usual] satisfies SeriesPoint).length < 60);
  });

  it('whatever is seen: never more than 60, nothing is lost, and time only goes on', () => {
    const seen = fc.tuple(
      fc.nat({ max: 500 }),
      fc.nat({ max: 20 }),
      fc.option(fc.nat({ max: 900 }), { nil: undefined }),
    );
    const point = ([requests, errors, p95]: readonly [number, number, number | undefined]): LanePoint =>
      p95 === undefined ? [requests, errors] : [requests, errors, p95];
    fc.assert(
      fc.property(fc.array(fc.tuple(seen, seen, fc.integer({ min: 1, max: 90_000 })), { maxLength: 400 }), (all) => {
        let points: readonly SeriesPoint[] = [];
        let until = 0;
        for (const [index, [stable, candidate, gap]] of all.entries()) {
          until += gap;
          points = withLook(points, [until, point(stable), point(candidate)], index + 1);
          assert.ok(points.length <= mostPoints);
        }
        for (const [which, lane] of [1, 2].map(
          (i) => [i, all.map((looked) => looked[i - 1] as (typeof all)[0][0])] as const,
        )) {
          const kept = points.map((p) => p[which] as LanePoint);
          assert.equal(sum(kept.map(([n]) => n)), sum(lane.map(([n]) => n)));
          assert.equal(sum(kept.map(([, n]) => n)), sum(lane.map(([, n]) => n)));
          assert.equal(highest(kept.map(([, , ms]) => ms)), highest(lane.map(([, , ms]) => ms)));
        }
        const times = points.map(([t]) => t);
        assert.deepEqual(
          times,
          [...new Set(times)].toSorted((a, b) => a - b),
        );
        assert.equal(times.at(-1) ?? 0, until);
      }),
    );
  });
});

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
const highest = (numbers: readonly (number | undefined)[]): number =>
  Math.max(-1, ...numbers.filter((n) => n !== undefined));
