import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { clockFinding } from '../../src/cli/doctor-clock.js';
import { hours, seconds } from '../../src/domain/duration.js';

const cases: readonly (readonly [
  says: string,
  apart: number | undefined,
  well: boolean | undefined,
  found?: RegExp,
])[] = [
  ['the same', 0, true, /within 5 s/],
  ['some seconds apart', seconds(-4), true],
  ['an hour ahead', hours(1), false, /1 h ahead of the engine's/],
  ['an hour behind', -hours(1), false, /1 h behind the engine's/],
  ['unknown, as nobody works there', undefined, undefined],
];

describe("fault 33: slipway doctor looks at this machine's clock", () => {
  for (const [says, apart, well, found = /./] of cases)
    it(`that is ${says}`, () => {
      const [finding] = clockFinding(apart);
      assert.equal(finding?.well, well);
      if (finding) assert.match(finding.found, found);
    });
});
