import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { judgeBlind } from '../../src/domain/decisions/blind.js';
import { after, minutes, seconds } from '../../src/domain/duration.js';
import { Unmeasured, type UnmeasuredKind } from '../../src/domain/unmeasured.js';
import { aWindow, tuesday } from '../support/orders.js';

const window = aWindow({ for: minutes(15), every: seconds(15) });
const judged = (kind: UnmeasuredKind, looks: number, lasted: number) =>
  judgeBlind(window, { since: tuesday, looks }, new Unmeasured(kind, 'why'), after(tuesday, lasted));

describe('fault 26: looks that bring no figures', () => {
  const table: readonly (readonly [UnmeasuredKind, 'no-data' | 'error', endsAfter: string])[] = [
    ['down', 'error', 'a third of the window'],
    ['timeout', 'error', 'a third of the window'],
    ['stale', 'no-data', 'a third of the window'],
    ['no-series', 'no-data', 'a third of the window'],
    ['refused', 'error', 'five looks'],
    ['bad-query', 'error', 'five looks'],
    ['no-number', 'error', 'five looks'],
  ];
  for (const [kind, verdict, endsAfter] of table)
    it(`${kind}: ${verdict}, after ${endsAfter}, and never a pass`, () => {
      assert.equal(judged(kind, 5, minutes(14)).final, false);
      assert.equal(judged(kind, 6, seconds(75)).final, endsAfter === 'five looks');
      const { verdict: met, final } = judged(kind, 21, minutes(5));
      assert.deepEqual([met.kind, final], [verdict, true]);
      assert.equal(met.reason, 'no figures at 21 looks in 5 min: why');
    });
});
