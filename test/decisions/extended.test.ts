import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeExtended } from '../../src/domain/decisions/extended.js';
import { beginWatch, lookAgain } from '../../src/domain/decisions/watch.js';
import { after, type Milliseconds, minutes } from '../../src/domain/duration.js';
import type { LaneCounters } from '../../src/domain/sample.js';
import type { WhenInconclusive } from '../../src/domain/strategy.js';
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
  const { verdict, final, extended: goesOn = false } = judgeExtended(window, watch, { compared: false, extended });
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
      judgeExtended(window, watch, { compared: false }).verdict.reason,
      '7 requests reached the candidate in 15 min and 7 requests; 50 are needed to judge; extended to 30 min',
    );
  });
});
