import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { oldBackups } from '../../src/domain/decisions/old-backups.js';
import { hours } from '../../src/domain/duration.js';
import { tuesday } from '../support/orders.js';

/** Days ago, in any order; which of them are discarded where ninety days are kept. */
const table: readonly [readonly number[], readonly number[]][] = [
  [[], []],
  [[400, 300, 200], []],
  [[400, 300, 200, 100], [400]],
  [
    [100, 1, 400, 2, 3],
    [100, 400],
  ],
  [[1, 2, 3, 90], []],
  [[1, 2, 3, 91], [91]],
];

describe('backups, of which ninety days and the latest three are kept', () => {
  for (const [ages, gone] of table)
    it(`taken ${ages.join(', ') || 'never'} days ago: ${gone.join(', ') || 'none'} had their time`, () => {
      const takenAt = (age: number) => new Date(Date.parse(tuesday) - hours(24 * age)).toISOString();
      const backups = ages.map((age) => ({ age, takenAt: takenAt(age) }));
      const discarded = oldBackups(backups, { at: tuesday, keepFor: hours(24 * 90) }).map(({ age }) => age);
      assert.deepEqual(discarded.toSorted(), gone.toSorted());
    });
});
