import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drillNotices } from '../../src/domain/decisions/drill-notices.js';
import { after, hours } from '../../src/domain/duration.js';
import type { Evidence } from '../../src/domain/readiness.js';
import { tuesday } from '../support/orders.js';

const day = hours(24);
const drilledAgo = (days: number): Evidence => ({
  ...{ item: 'rollback-rehearsed', at: after(tuesday, -days * day), by: 'slipway', source: 'system' },
  what: 'shop went back in 4 s',
});
const shop = (evidence: readonly Evidence[], maxAge?: number) => ({
  ...{ service: 'shop', production: ['production'], debts: [], evidence },
  policy: { 'rollback-rehearsed': maxAge === undefined ? {} : { maxAge } },
});
const year = 365 * day;

describe('fault 52: a drill falls due', () => {
  for (const [ago, text] of [
    [0, undefined],
    [334, undefined],
    [335, /counts until 2026-12-24T09:00:00\.000Z, 30 more days; then releases into production wait/],
    [336, undefined],
    [351, /14 more days/],
    [358, /7 more days/],
    [364, /one more day/],
    [
      365,
      /counts no more since 2026-11-24T09:00:00\.000Z: releases into production wait for another\. slipway drill shop$/,
    ],
    [366, undefined],
    [372, /counts no more/],
  ] as const)
    it(`${ago} days after the last one: ${text ? 'people are told' : 'nothing is said'}`, () => {
      const [notice] = drillNotices([shop([drilledAgo(ago)], year)], tuesday);
      if (text) assert.match(notice?.text ?? '', text);
      else assert.equal(notice, undefined);
    });

  it('by the latest one that was rehearsed', () => {
    assert.deepEqual(drillNotices([shop([drilledAgo(365), drilledAgo(10)], year)], tuesday), []);
  });

  it('never where none is asked for, where it is good for ever, and where there was none: the first release says so', () => {
    assert.deepEqual(drillNotices([{ ...shop([drilledAgo(365)]), policy: {} }], tuesday), []);
    assert.deepEqual(drillNotices([shop([drilledAgo(365)]), shop([], year)], tuesday), []);
  });
});
