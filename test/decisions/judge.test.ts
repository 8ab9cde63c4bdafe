import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { judgeWindow } from '../../src/domain/decisions/judge.js';
import { beginWatch, figures, lookAgain, quantile, slowerThan, type Watch } from '../../src/domain/decisions/watch.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { LaneCounters, LaneSample } from '../../src/domain/sample.js';
import type { Criterion } from '../../src/domain/strategy.js';
import { aWindow, tuesday } from '../support/orders.js';

const points: Criterion = { kind: 'within-baseline', metric: 'error-rate', mode: 'points', within: 0.05 };
const relative: Criterion = { ...points, mode: 'relative' };
const p95: Criterion = { kind: 'at-most', metric: 'latency-p95', bound: 300 };

/** `answered` requests, all within 10 ms unless said otherwise. */
const lane = (requests: number, errors = 0, slow = 0): LaneCounters => ({
  requests,
  errors,
  latency: [
    { le: 10, count: requests - slow },
    { le: 300, count: requests - slow },
    { le: 1_000, count: requests },
    { le: -1, count: requests },
  ],
});
const at = (second: number, stable: LaneCounters, candidate: LaneCounters): LaneSample => ({
  at: after(tuesday, seconds(second)),
  stable,
  candidate,
});

/** A window watched to its end, in which the lanes answered this. */
function watched(stable: LaneCounters, candidate: LaneCounters, before = lane(0)): Watch {
  const begun = beginWatch(at(0, before, lane(0)));
  const end = at(
    2,
    { ...stable, requests: stable.requests + before.requests, errors: stable.errors + before.errors },
    candidate,
  );
  return lookAgain(begun, end, seconds(2));
}
const judged = (criterion: Criterion, watch: Watch, compared = true) =>
  judgeWindow(aWindow({ criteria: [criterion], minSamples: 50 }), watch, compared).verdict;

describe('SPEC-0701, Success Criteria: error rates within baseline ±5 %', () => {
  const table: [string, Criterion, LaneCounters, LaneCounters, string][] = [
    ['points, at the bound: 7 % beside 2 %', points, lane(1000, 20), lane(1000, 70), 'pass'],
    ['points, above it: 7.1 % beside 2 %', points, lane(1000, 20), lane(1000, 71), 'fail'],
    ['relative, at the bound: 2.1 % beside 2 %', relative, lane(1000, 20), lane(1000, 21), 'pass'],
    ['relative, above it: 2.2 % beside 2 %', relative, lane(1000, 20), lane(1000, 22), 'fail'],
    ['relative, no errors in the baseline allow none', relative, lane(1000, 0), lane(1000, 1), 'fail'],
    ['a better candidate passes', relative, lane(1000, 50), lane(1000, 0), 'pass'],
  ];
  for (const [name, criterion, stable, candidate, want] of table)
    it(name, () => assert.equal(judged(criterion, watched(stable, candidate)).kind, want));

  it('falls back on what the stable lane answered before, where it answers nothing now', () => {
    const verdict = judged(points, watched(lane(0), lane(100, 20), lane(1000, 20)));
    assert.equal(verdict.kind, 'fail');
    assert.match(verdict.reason, /20 % is above 7 % .*before this window/);
  });

  it('has no data where the stable lane never answered', () => {
    assert.equal(judged(points, watched(lane(0), lane(100))).kind, 'no-data');
  });

  it('allows a first release the band itself', () => {
    assert.equal(judged(points, watched(lane(0), lane(100, 5)), false).kind, 'pass');
    assert.equal(judged(points, watched(lane(0), lane(100, 6)), false).kind, 'fail');
  });
});

describe('a window beside a fresh baseline', () => {
  const beside = (baseline: LaneCounters | undefined, candidate: LaneCounters, stable = lane(10_000, 3_000)): Watch => {
    const begun = beginWatch({ ...at(0, lane(10_000), lane(0)), baseline: lane(0) }, undefined, 'baseline');
    return lookAgain(begun, { ...at(2, stable, candidate), ...(baseline && { baseline }) }, seconds(2));
  };
  const table: [string, LaneCounters | undefined, LaneCounters, string, RegExp][] = [
    [
      'compares with it, whatever the stable lane answers',
      lane(1000, 20),
      lane(1000, 71),
      'fail',
      /7\.1 % is above 7 %/,
    ],
    ['passes beside it, whatever the stable lane answers', lane(1000, 20), lane(1000, 70), 'pass', /error-rate 7 %/],
    [
      'says whose figures they were',
      lane(1000, 20),
      lane(1000, 80),
      'fail',
      /the fresh baseline's 2 % in the same window/,
    ],
    ['too few on it', lane(49), lane(1000), 'inconclusive', /49 requests reached the fresh baseline; 50 are needed/],
    ['none on it', lane(0), lane(1000), 'no-data', /no request reached the fresh baseline/],
    ['it is gone', undefined, lane(1000), 'no-data', /no request reached the fresh baseline/],
  ];
  for (const [name, baseline, candidate, kind, reason] of table)
    it(name, () => {
      const verdict = judged(points, beside(baseline, candidate));
      assert.equal(verdict.kind, kind, verdict.reason);
      assert.match(verdict.reason, reason);
    });

  it('what a baseline had answered before the window counts neither way: it was another one', () => {
    const sample = (second: number, baseline: LaneCounters, candidate: LaneCounters) => ({
      ...at(second, lane(0), candidate),
      baseline,
    });
    const window = aWindow({ criteria: [{ ...points, alpha: 0.01 }], minSamples: 50 });
    const begun = beginWatch(sample(0, lane(5_000, 4_000), lane(0)), window, 'baseline');
    assert.deepEqual([begun.before.requests, begun.stable.requests], [0, 0]);
    const first = lookAgain(begun, sample(0.5, lane(5_050, 4_000), lane(50, 20)), seconds(1));
    const watch = lookAgain(first, sample(1, lane(5_100, 4_000), lane(100, 40)), seconds(1));
    assert.deepEqual(figures(watch.stable).errors, 0);
    const { verdict } = judgeWindow(window, watch, true);
    assert.match(verdict.reason, /^error-rate 40 % is above 5 %.*beside 0 of 100 on the fresh baseline/);
  });
});

describe('SPEC-0701, Success Criteria: P95 latency within SLO', () => {
  it('fault 27: passes at the bound and fails above it', () => {
    assert.equal(judged(p95, watched(lane(1000), lane(1000, 0, 50))).kind, 'pass');
    assert.equal(judged(p95, watched(lane(1000), lane(1000, 0, 51))).kind, 'fail');
  });

  it('names the figure met and the figure wanted', () => {
    assert.match(judged(p95, watched(lane(1000), lane(1000, 0, 500))).reason, /latency-p95 \d+ ms is above 300 ms/);
  });
});

describe('fault 26: silence is never success', () => {
  it('no request at all is no data', () => assert.equal(judged(points, watched(lane(1000), lane(0))).kind, 'no-data'));

  it('too few requests are inconclusive, and say how many are needed', () => {
    const verdict = judged(points, watched(lane(1000), lane(49)));
    assert.equal(verdict.kind, 'inconclusive');
    assert.match(verdict.reason, /49 requests .* 50 are needed/);
  });

  it('nothing is decided before the window is over, unless it is clearly bad', () => {
    const early = (errors: number) =>
      judgeWindow(
        aWindow({ for: seconds(60), criteria: [points], minSamples: 50 }),
        watched(lane(1000), lane(200, errors)),
        true,
      );
    assert.deepEqual([early(0).final, early(14).final, early(60).final], [false, false, true]);
    assert.equal(early(60).verdict.kind, 'fail');
  });

  it('whatever is counted, a pass has enough requests and no figure above its bound', () => {
    const count = fc.nat({ max: 500 });
    fc.assert(
      fc.property(count, count, count, count, (stable, stableErrors, candidate, errors) => {
        const watch = watched(
          lane(stable, Math.min(stable, stableErrors)),
          lane(candidate, Math.min(candidate, errors)),
        );
        if (judged(points, watch).kind !== 'pass') return;
        assert.ok(candidate >= 50 && stable > 0);
        assert.ok(Math.min(candidate, errors) / candidate <= Math.min(stable, stableErrors) / stable + 0.05 + 1e-9);
      }),
    );
  });
});

describe('a window', () => {
  it('counts time that nobody watched as one and a half periods at most: an outage prolongs it', () => {
    const begun = beginWatch(at(0, lane(0), lane(0)));
    assert.equal(lookAgain(begun, at(600, lane(10), lane(10)), seconds(1)).watchedMs, seconds(1.5));
  });

  it('loses nothing when a source starts counting again', () => {
    const first = lookAgain(beginWatch(at(0, lane(100), lane(40))), at(1, lane(150, 5), lane(60)), seconds(1));
    const again = lookAgain(first, at(2, lane(20, 1), lane(3)), seconds(1));
    assert.deepEqual([again.stable.requests, again.stable.errors, again.candidate.requests], [70, 6, 23]);
  });

  it('reads quantiles as Prometheus does, within the bucket', () => {
    const counters = {
      requests: 100,
      errors: 0,
      latency: [
        { le: 10, count: 90 },
        { le: 20, count: 100 },
        { le: -1, count: 100 },
      ],
    };
    assert.equal(quantile(counters, 0.95), 15);
    assert.equal(slowerThan(counters, 15), 5);
    assert.equal(quantile(lane(0), 0.95), undefined);
    assert.deepEqual(figures(lane(0)), { requests: 0, errors: 0 });
  });
});
