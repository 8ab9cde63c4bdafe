import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeWindow } from '../../src/domain/decisions/judge.js';
import { judgeAgain, type RecordedWindow, windowAt } from '../../src/domain/decisions/replay.js';
import { noSeries, seenMore } from '../../src/domain/decisions/series.js';
import { beginWatch, lookAgain } from '../../src/domain/decisions/watch.js';
import { after, minutes } from '../../src/domain/duration.js';
import type { Control, LaneCounters } from '../../src/domain/sample.js';
import type { Window } from '../../src/domain/strategy.js';
import { aMetric, lanes, lookedAt } from '../support/metrics.js';
import { aBlueGreen, aCanary, aWindow, tuesday } from '../support/orders.js';

const within = { kind: 'within-baseline', metric: 'error-rate', mode: 'points', within: 0.05, alpha: 0.01 } as const;
const then = aWindow({ for: minutes(15), every: minutes(1), criteria: [within], minSamples: 50 });

const lane = (requests: number, errors: number): LaneCounters => ({
  ...{ requests, errors },
  latency: [
    { le: 100, count: requests },
    { le: -1, count: requests },
  ],
});

/** A window as it was judged then, look by look: 100 requests a minute to each lane, so many of the candidate's failed. */
function recorded(failed: number, window: Window = then, control?: Control): RecordedWindow {
  const beside = control && { baseline: lane(1_000, 0) };
  let watch = beginWatch({ at: tuesday, stable: lane(1_000, 0), candidate: lane(0, 0), ...beside }, window, control);
  let series = noSeries;
  for (let minute = 1; ; minute += 1) {
    const sample = { stable: lane(1_000 + 100 * minute, 0), candidate: lane(100 * minute, failed * minute) };
    // The stable lane does badly where a baseline is what counts.
    const other = control && { stable: lane(1_000 + 100 * minute, 100 * minute), baseline: sample.stable };
    const next = lookAgain(watch, { at: after(tuesday, minutes(minute)), ...sample, ...other }, window.every);
    series = seenMore(series, watch, next, []);
    watch = next;
    const { verdict, final } = judgeWindow(window, watch, true);
    if (!final) continue;
    const { watchedMs, before, stable, candidate } = watch;
    const lanesThen = { before, stable, candidate, ...(control && { control }) };
    const judgedBy = { window, compared: true, watchedMs, ...lanesThen, cause: 'judgement' } as const;
    return { from: tuesday, share: 25, verdict, judgedBy, series };
  }
}

const again = (window: RecordedWindow, today: Window | undefined): readonly [string, string] => {
  const { kind, reason } = judgeAgain(window, today);
  return [kind, reason];
};

describe('a window that is judged again', () => {
  it('by the same rules comes to the same verdict, at its end and before it', () => {
    for (const failed of [0, 3, 30]) {
      const window = recorded(failed);
      assert.deepEqual(again(window, then), [window.verdict.kind, window.verdict.reason], `${failed} of 100`);
    }
  });

  it('beside a fresh baseline comes to the same verdict too, in the same words', () => {
    for (const failed of [0, 3, 30]) {
      const window = recorded(failed, then, 'baseline');
      assert.equal(window.verdict.kind, failed === 30 ? 'fail' : 'pass');
      assert.deepEqual(again(window, then), [window.verdict.kind, window.verdict.reason], `${failed} of 100`);
    }
    assert.match(
      recorded(30, then, 'baseline').verdict.reason,
      /the fresh baseline's 0 % .* of \d+ on the fresh baseline/,
    );
  });

  it('by stricter rules fails where it had passed; by wider ones passes where it had failed', () => {
    const at3 = recorded(3);
    assert.equal(at3.verdict.kind, 'pass');
    const strict = { ...then, criteria: [{ kind: 'at-most', metric: 'error-rate', bound: 0.01 } as const] };
    assert.match(again(at3, strict).join(': '), /^fail: error-rate 3 % is above 1 % \(as configured\)/);
    const slow = { ...then, criteria: [{ kind: 'at-most', metric: 'latency-p95', bound: 50 } as const] };
    assert.match(again(at3, slow).join(': '), /^fail: latency-p95 95 ms is above 50 ms/);
    const at6 = recorded(6, { ...then, criteria: [{ ...within, alpha: 1e-9 }] });
    assert.equal(at6.verdict.kind, 'fail');
    assert.equal(again(at6, { ...then, criteria: [{ ...within, within: 0.1 }] })[0], 'pass');
  });

  it('ends earlier where it would, as its series tells', () => {
    const patient = recorded(30, { ...then, criteria: [{ kind: 'at-most', metric: 'error-rate', bound: 0.9 }] });
    assert.equal(patient.verdict.kind, 'pass');
    assert.match(again(patient, then).join(': '), /^fail: .*, after [1-5] min and \d00 requests$/);
  });

  describe('with metrics', () => {
    const orders = aMetric({ rule: { kind: 'bounds', atLeast: 90, statistic: 'median' } });
    const shop = { ...then, metrics: [orders] };
    const sold = (value: number): RecordedWindow => ({
      ...recorded(0, shop),
      metrics: [{ name: 'orders', points: lookedAt(orders, lanes(15, 1, value)).points }],
    });

    it('comes to what its figures come to', () => {
      assert.match(again(sold(100), shop).join(': '), /^pass: .*; orders: median 10\d, wanted at least 90/);
      const stricter = { ...shop, metrics: [{ ...orders, rule: { ...orders.rule, atLeast: 110 } as const }] };
      assert.match(again(sold(100), stricter).join(': '), /^fail: orders: /);
      assert.match(again(sold(100), then).join(': '), /^pass: [^;]*; error-rate [^;]*$/);
    });

    it('ends at the look at which it would', () => {
      const limited = { ...shop, metrics: [{ ...orders, limits: { consecutiveErrors: 4, failures: 3 } }] };
      assert.match(again(sold(50), limited).join(': '), /^fail: orders: 4 looks failed; at most 3 may; .*4 of 4 looks/);
    });

    it('says which figures nobody had asked for then', () => {
      const sales = { ...shop, metrics: [orders, aMetric({ name: 'sales' })] };
      assert.deepEqual(again(sold(100), sales), ['no-data', 'sales was not asked for then']);
      const other = { ...shop, metrics: [{ ...orders, query: 'sum(orders)' }] };
      assert.deepEqual(again(sold(100), other), [
        'no-data',
        `orders was asked for by another query then: ${orders.query}`,
      ]);
    });
  });

  it('says nothing of what is not recorded: one that had ended early and would go on', () => {
    const early = recorded(30);
    assert.match(early.verdict.reason, /more than chance brings/);
    const loose = { ...then, criteria: [{ ...within, within: 0.4 }] };
    assert.match(
      again(early, loose).join(': '),
      /^inconclusive: it would go on after \d min .*no more of it is recorded$/,
    );
  });

  it('that was shorter than today is judged by what there is, and says so', () => {
    const [kind, reason] = again(recorded(0), { ...then, for: minutes(60) });
    assert.equal(kind, 'pass');
    assert.match(reason, /; 15 min are recorded, today's lasts 1 h$/);
  });

  it('that has seen too little by the rules of today is inconclusive', () => {
    assert.equal(again(recorded(0), { ...then, minSamples: 5_000 })[0], 'inconclusive');
  });

  it('that something else than figures had ended stays as it was', () => {
    const { judgedBy, ...window } = recorded(0);
    const sick = { ...window, verdict: { kind: 'fail', reason: 'failed health check: shop-1' } } as const;
    const kept = { ...sick, judgedBy: { ...judgedBy!, cause: 'health' as const } };
    assert.deepEqual(again(kept, then), ['fail', 'failed health check: shop-1']);
  });

  it('is none where it was recorded before its counters were kept, or where none would be opened today', () => {
    const { judgedBy, ...old } = recorded(0);
    assert.ok(judgedBy);
    assert.match(again(old, then).join(': '), /^no-data: it was recorded before/);
    assert.match(again(recorded(0), undefined).join(': '), /^no-data: no window is opened here/);
  });

  it('is compared with the window that is opened at its share', () => {
    const [first, last] = [aWindow({ minSamples: 1 }), aWindow({ minSamples: 2 })];
    const canary = aCanary({ shares: [5, 100], window: first, afterwards: last });
    assert.deepEqual([windowAt(canary, 5), windowAt(canary, 100)], [first, last]);
    assert.equal(windowAt(aBlueGreen({ afterwards: last }), 100), last);
  });
});
