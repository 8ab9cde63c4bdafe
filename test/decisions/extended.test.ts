import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeExtended } from '../../src/domain/decisions/extended.js';
import { beginWatch, lookAgain } from '../../src/domain/decisions/watch.js';
import { after, type Milliseconds, minutes } from '../../src/domain/duration.js';
import type { LaneCounters } from '../../src/domain/sample.js';
import type { WhenInconclusive } from '../../src/domain/strategy.js';
import { aMetric, lanes, lookedAt } from '../support/metrics.js';
import { aWindow, tuesday } from '../support/orders.js';

const criteria = [{ kind: 'at-most', metric: 'error-rate', bound: 0.05 }] as const;
const lane = (requests: number, errors = 0): LaneCounters => ({ requests, errors, latency: [] });

/** What a window of 15 minutes comes to that has seen so many requests, so many of them failed, after so long. */
function judged(
  length: Milliseconds,
  candidate: LaneCounters,
  { inconclusive, extended = false }: { readonly inconclusive?: WhenInconclusive; readonly extended?: boolean },
) {
  const window = aWindow({ for: minutes(15), criteria, minSamples: 50, ...(inconclusive && { inconclusive }) });
  const begun = beginWatch({ at: tuesday, stable: lane(0), candidate: lane(0) });
  const watch = lookAgain(begun, { at: after(tuesday, length), stable: lane(0), candidate }, length);
  const {
    verdict,
    final,
    extended: goesOn = false,
  } = judgeExtended(window, { watch, ...(extended && { extended }) }, false);
  return [verdict.kind, final, goesOn];
}

const extend = { kind: 'extend' } as const;
const hold = { kind: 'hold', patience: minutes(60) } as const;

describe('a window of 15 minutes that needs 50 requests', () => {
  const table: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
    ['is over after 15, without a policy', judged(minutes(15), lane(49), {}), ['inconclusive', true, false]],
    [
      'is over after 15 where people decide',
      judged(minutes(15), lane(49), { inconclusive: hold }),
      ['inconclusive', true, false],
    ],
    ['is extended', judged(minutes(15), lane(49), { inconclusive: extend }), ['inconclusive', false, true]],
    [
      'is extended with 1 request',
      judged(minutes(15), lane(1), { inconclusive: extend }),
      ['inconclusive', false, true],
    ],
    [
      'is not, where it saw none at all',
      judged(minutes(15), lane(0), { inconclusive: extend }),
      ['no-data', true, false],
    ],
    ['is not, where it saw enough', judged(minutes(15), lane(50), { inconclusive: extend }), ['pass', true, false]],
    ['is not before its end', judged(minutes(14), lane(49), { inconclusive: extend }), ['inconclusive', false, false]],
    [
      'passes as soon as it has seen enough',
      judged(minutes(21), lane(50), { inconclusive: extend, extended: true }),
      ['pass', true, true],
    ],
    [
      'fails as soon as that',
      judged(minutes(21), lane(50, 3), { inconclusive: extend, extended: true }),
      ['fail', true, true],
    ],
    [
      'goes on until then',
      judged(minutes(29), lane(49), { inconclusive: extend, extended: true }),
      ['inconclusive', false, true],
    ],
    [
      'is over after 30, and is extended once',
      judged(minutes(30), lane(49), { inconclusive: extend, extended: true }),
      ['inconclusive', true, true],
    ],
  ];
  for (const [what, met, wanted] of table) it(what, () => assert.deepEqual(met, wanted));

  it('says that it was extended, and how long it may last', () => {
    const window = aWindow({ for: minutes(15), criteria, minSamples: 50, inconclusive: extend });
    const begun = beginWatch({ at: tuesday, stable: lane(0), candidate: lane(0) });
    const watch = lookAgain(
      begun,
      { at: after(tuesday, minutes(15)), stable: lane(0), candidate: lane(7) },
      minutes(15),
    );
    assert.equal(
      judgeExtended(window, { watch }, false).verdict.reason,
      '7 requests reached the candidate in 15 min and 7 requests; 50 are needed to judge; extended to 30 min',
    );
  });
});

/** Orders of both lanes, a look a minute: too few to be judged at 15 minutes, and the candidate's so many times as many. */
describe('a window of 15 minutes that metrics judge too', () => {
  const orders = aMetric({ minSamples: 20 });
  const window = aWindow({ for: minutes(15), criteria, minSamples: 50, inconclusive: extend, metrics: [orders] });
  const at = (minute: number, times: number, metric = orders) => {
    const begun = beginWatch({ at: tuesday, stable: lane(0), candidate: lane(0) });
    const counted = { at: after(tuesday, minutes(minute)), stable: lane(0), candidate: lane(100) };
    const watch = lookAgain(begun, counted, minutes(minute));
    const metrics = [lookedAt(metric, lanes(minute, times))];
    const seen = { watch, metrics, ...(minute > 15 && { extended: true as const }) };
    const { verdict, final, extended = false } = judgeExtended({ ...window, metrics: [metric] }, seen, true);
    return [verdict.kind, final, extended] as const;
  };

  it('is extended where they have brought too little', () => {
    assert.deepEqual(at(15, 1), ['inconclusive', false, true]);
  });

  it('is judged at the new end and not before it: what they say by then depends on their values', () => {
    assert.deepEqual(at(21, 1), ['inconclusive', false, true]);
    assert.deepEqual(at(30, 1), ['pass', true, true]);
    assert.deepEqual(at(30, 0.96, aMetric({ minSamples: 31 })), ['inconclusive', true, true]);
  });

  it('still ends early by what ends any window early', () => {
    assert.deepEqual(at(21, 0.3), ['fail', true, true]);
    const impatient = aMetric({ minSamples: 20, limits: { consecutiveErrors: 4, consecutiveFailures: 2 } });
    assert.deepEqual(at(16, 0.3, impatient), ['fail', true, true]);
  });
});
