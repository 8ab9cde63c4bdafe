import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { latestOf, reminders, secretsStanding } from '../../src/domain/decisions/rotations.js';
import { after, days } from '../../src/domain/duration.js';
import type { KnownSecret, ReaderReport, ReaderStanding, RecordedRotation } from '../../src/domain/secret.js';
import { tuesday } from '../support/orders.js';

const daysAgo = (count: number): string => after(tuesday, -days(count));

const unplanned: KnownSecret = {
  ...{ name: 'SHOP_DATABASE_URL', kind: 'env' },
  uses: [{ purpose: 'database of shop in production', reader: 'environment/production' }],
};
const secret: KnownSecret = { ...unplanned, rotation: { every: days(90), owner: 'service-owner' } };

const sees = (value: string | undefined, shop = 'shop-1.0.0'): ReaderReport => ({
  reader: 'environment/production',
  fingerprints: value === undefined ? {} : { [secret.name]: value },
  running: { shop },
});

const rotated = (ago: number, found?: string): RecordedRotation => ({
  ...{ secret: secret.name, by: 'oscar', reason: 'it was due', at: daysAgo(ago), saidAt: daysAgo(ago) },
  ...{ purpose: 'database', changeId: 'change-20261124-01', reports: found === undefined ? [] : [sees(found)] },
});

const standing = (of: KnownSecret, rotations: readonly RecordedRotation[], reports: readonly ReaderReport[] = []) =>
  secretsStanding({ secrets: [of], rotations, reports }, tuesday).secrets[0]!;

describe('when a secret is due', () => {
  for (const [says, of, rotations, state] of [
    ['nobody has planned it', unplanned, [rotated(1)], 'unplanned'],
    ['it is planned, and no rotation was ever recorded', secret, [], 'unrecorded'],
    ['it was replaced today', secret, [rotated(0)], 'in-time'],
    ['15 days are left', secret, [rotated(75)], 'in-time'],
    ['14 days are left', secret, [rotated(76)], 'due-soon'],
    ['its day has come', secret, [rotated(90)], 'overdue'],
    ['only another secret was replaced', secret, [{ ...rotated(1), secret: 'OTHER' }], 'unrecorded'],
    ['an older rotation was recorded later', secret, [rotated(1), rotated(200)], 'in-time'],
  ] as const)
    it(`${says}: ${state}`, () => {
      assert.equal(standing(of, rotations).state, state);
    });

  it('is counted from when it was replaced, not from when that was said', () => {
    const said = { ...rotated(30), saidAt: tuesday };
    assert.equal(standing(secret, [said]).due, after(daysAgo(30), days(90)));
  });

  it('is counted, of two of one moment, from what was recorded later', () => {
    const [one, two] = [rotated(3), { ...rotated(3), by: 'grace' }];
    assert.equal(latestOf(secret.name, [one, two])?.by, 'grace');
  });
});

describe('whether a rotation has arrived, by keyed fingerprints', () => {
  const before = rotated(90, 'k:old');
  const table: readonly (readonly [
    string,
    readonly RecordedRotation[],
    ReaderReport | undefined,
    ReaderStanding['sees'],
    RegExp,
  ])[] = [
    ['its reader does not answer', [before], undefined, 'unheard', /no answer/],
    ['its reader finds nothing', [before], sees(undefined), 'missing', /find nothing there/],
    ['no rotation is recorded', [], sees('k:new'), 'unknown', /no rotation is recorded/],
    ['nothing was seen when it was said', [before, rotated(1)], sees('k:new'), 'unknown', /nothing was seen/],
    ['the key is another one', [before, rotated(1, 'k:new')], sees('x:new'), 'unknown', /another one/],
    ['it is the first that is recorded', [before], sees('k:old'), 'unknown', /what was before it is not known/],
    [
      'it was new when it was said, and is still',
      [before, rotated(1, 'k:new')],
      sees('k:new'),
      'new',
      /without a new version \(shop shop-1\.0\.0\)/,
    ],
    ['it came after it was said', [before, rotated(1, 'k:old')], sees('k:new'), 'new', /came after it was said/],
    [
      'it still is the one from before',
      [before, rotated(1, 'k:old')],
      sees('k:old'),
      'former',
      /a variable is read at their start/,
    ],
    ['it has gone back to the one from before', [before, rotated(1, 'k:new')], sees('k:old'), 'former', /from before/],
    ['it is a third one', [before, rotated(1, 'k:new')], sees('k:newer'), 'changed', /it was replaced again/],
    [
      'a version was released since',
      [before, rotated(1, 'k:new')],
      sees('k:new', 'shop-2.0.0'),
      'new',
      /released since: shop/,
    ],
  ];
  for (const [says, rotations, now, wanted, reason] of table)
    it(`${says}: ${wanted}`, () => {
      const [reader] = standing(secret, rotations, now ? [now] : []).readers;
      assert.equal(reader?.sees, wanted, reader?.reason);
      assert.match(reader.reason, reason);
    });
});

describe('people are reminded', () => {
  for (const [ago, text] of [
    [0, undefined],
    [75, undefined],
    [76, /is to be replaced by/],
    [77, undefined],
    [83, /is to be replaced by/],
    [89, /is to be replaced by/],
    [90, /should have been replaced by/],
    [100, /should have been replaced by/],
    [undefined, /no rotation of it is recorded/],
  ] as const)
    it(`${ago === undefined ? 'where none is recorded' : `${90 - ago} days before its day`}: ${text ? 'yes' : 'no'}`, () => {
      const rotations = ago === undefined ? [] : [rotated(ago)];
      const [notice] = reminders(secretsStanding({ secrets: [secret], rotations, reports: [] }, tuesday));
      if (!text) assert.equal(notice, undefined);
      else
        assert.match(
          notice?.text ?? '',
          new RegExp(`${text.source}.*service-owner replaces it, then: slipway rotated SHOP`),
        );
    });

  it('not of a secret that nobody has planned', () => {
    assert.deepEqual(reminders(secretsStanding({ secrets: [unplanned], rotations: [], reports: [] }, tuesday)), []);
  });
});
