import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import { createMemoryFollowUps } from '../../src/adapters/memory/follow-ups.js';
import { auditedFollowUps } from '../../src/domain/decisions/audit/follow-ups.js';
import {
  followUpNotices,
  followUpStandings,
  overdueFindings,
  whyNotSaid,
} from '../../src/domain/decisions/follow-ups.js';
import { days } from '../../src/domain/duration.js';
import { type FollowUp, type FollowUpWord, usualFollowUps } from '../../src/domain/follow-up.js';
import { fail, pass, type Verdict } from '../../src/domain/verdict.js';
import { aRolledBackCanary, begun } from '../records/stories.js';
import { aClosing, aFollowUp } from '../support/follow-ups.js';
import { tuesday } from '../support/orders.js';

const on = (day: string): string => `${day}T12:00:00.000Z`;
const standing = (words: readonly FollowUpWord[], day: string, opened: readonly FollowUp[] = [aFollowUp()]) =>
  followUpStandings({ opened, words }, on(day));
const changed = (to: Partial<FollowUpWord>): FollowUpWord => ({
  ...{ id: 'FU-0001', kind: 'changed', by: 'alice', at: tuesday, comment: 'the library is late' },
  ...to,
});

describe('a follow-up', () => {
  for (const [says, words, day, wanted] of [
    ['is open until its day is over', [], '2026-12-11', ['open', 'grace', '2026-12-11']],
    ['is overdue the day after', [], '2026-12-12', ['overdue', 'grace', '2026-12-11']],
    ["is another's once that was said", [changed({ owner: 'oscar' })], '2026-12-01', ['open', 'oscar', '2026-12-11']],
    [
      'is in time by the last day that was said',
      [changed({ due: '2026-12-20' })],
      '2026-12-12',
      ['open', 'grace', '2026-12-20'],
    ],
    ['is closed for good', [aClosing()], '2027-12-12', ['closed', 'grace', '2026-12-11']],
    [
      'is not closed by what is said of another',
      [aClosing({ id: 'FU-0002' })],
      '2026-12-01',
      ['open', 'grace', '2026-12-11'],
    ],
  ] as const)
    it(says, () => {
      const [one] = standing(words, day);
      assert.deepEqual([one?.state, one?.owner, one?.due], wanted);
    });

  it('that was closed takes no further word, but the same one told again', () => {
    const [closed] = standing([aClosing()], '2026-12-01');
    assert.ok(closed);
    assert.match(
      whyNotSaid(closed, changed({ due: '2026-12-20', at: on('2026-12-02') })) ?? '',
      /FU-0001 was closed by grace at/,
    );
    assert.equal(whyNotSaid(closed, aClosing()), undefined);
    const [open] = standing([], '2026-12-01');
    assert.equal(open && whyNotSaid(open, aClosing()), undefined);
  });

  for (const [day, text] of [
    ['2026-12-03', undefined],
    [
      '2026-12-04',
      /FU-0001 of change-20261124-01 \(shop\) is due 2026-12-11, grace: bound the timeouts\. slipway follow-up close FU-0001/,
    ],
    ['2026-12-05', undefined],
    ['2026-12-10', /is due/],
    ['2026-12-11', /is due/],
    ['2026-12-12', /was due 2026-12-11, grace/],
    ['2026-12-13', undefined],
    ['2026-12-19', /was due/],
    ['2027-01-02', /was due/],
  ] as const)
    it(`on ${day}: ${text ? 'people are told' : 'nothing is said'}`, () => {
      const [notice, ...more] = followUpNotices(standing([], day), on(day));
      assert.deepEqual(more, []);
      if (text) assert.match(notice?.text ?? '', text);
      else assert.equal(notice, undefined);
      assert.deepEqual(followUpNotices(standing([aClosing()], day), on(day)), []);
    });

  it('that is overdue is a finding with the command that closes it, since the day after', () => {
    assert.deepEqual(overdueFindings(standing([], '2026-12-11')), []);
    const [finding] = overdueFindings(standing([], '2026-12-20'));
    assert.deepEqual(
      [finding?.kind, finding?.service, finding?.about, finding?.since, finding?.command],
      ['overdue', 'shop', 'FU-0001', '2026-12-12T00:00:00.000Z', 'slipway follow-up close FU-0001 --comment "…"'],
    );
  });

  it('is in the audit of the quarter it was opened and closed in, and of every one while it is open', () => {
    const late = standing([aClosing({ at: on('2026-12-12') })], '2027-01-02');
    const quarter = { from: '2026-10-01T00:00:00.000Z', to: '2027-01-01T00:00:00.000Z' };
    assert.deepEqual(auditedFollowUps(late, quarter), { opened: 1, closed: 1, late: 1, open: [] });
    const open = auditedFollowUps(standing([], '2027-01-02'), { from: quarter.to, to: '2027-04-01T00:00:00.000Z' });
    assert.deepEqual(
      [open.opened, open.closed, open.open.map(({ id, overdue }) => [id, overdue])],
      [0, 0, [['FU-0001', true]]],
    );
  });
});

/** What the records of a rollback leave to be done, and its row of the Change Log. */
async function leftBy(verification: Verdict | undefined, more: Parameters<typeof aRolledBackCanary>[0] = {}) {
  const told = aRolledBackCanary(more);
  const { demand, safeAt, timeToSafeMs } = told.outcome.rollback!;
  const rollback = { demand, safeAt, timeToSafeMs };
  const outcome = { ...told.outcome, rollback: { ...rollback, ...(verification && { verification }) } };
  const records = createMemoryRecords();
  await records.write({ kind: 'rollout-ended', eventId: 'a', rollout: { ...told, outcome } });
  const standings = await createMemoryFollowUps(records).standings(begun);
  return { standings, row: records.files.get('docs/change-log.md') ?? '', records };
}

describe('what a rollback leaves to be done', () => {
  for (const [says, verification, duties, row] of [
    [
      'verified',
      pass('3 of 3 checks passed'),
      ['restored', 'root-cause', 'decision'],
      /\| restored, pass \(3 of 3 checks passed\): /,
    ],
    [
      'not verified',
      fail('login: 500, wanted 200'),
      ['restored', 'verify', 'root-cause', 'decision'],
      /\| not verified, fail \(login: 500, wanted 200\), FU-0002: /,
    ],
    [
      'never looked at',
      undefined,
      ['restored', 'verify', 'root-cause', 'decision'],
      /\| not verified, nobody has looked, FU-0002: /,
    ],
  ] as const)
    it(`${says}: each with an owner, a day and the record it is from, and the row of the Change Log leads to all`, async () => {
      const left = await leftBy(verification);
      assert.deepEqual(
        left.standings.map(({ duty }) => duty),
        duties,
      );
      for (const { id, owner, due, from, by } of left.standings) {
        assert.ok(owner !== '' && /^2026-1[12]-\d\d$/.test(due) && by === 'slipway');
        assert.equal(from, 'artifacts/integration/incident-20261124T030400Z/incident.md');
        assert.ok(left.row.includes(`[${id}](../logs/follow-ups/${id}.json)`), left.row);
      }
      assert.match(left.row, row);
    });

  it('is whose slipway.yml says, by the day it says', async () => {
    const duties = { ...usualFollowUps.duties, 'root-cause': { owner: 'oscar', due: days(3) } };
    const { standings } = await leftBy(pass('fine'), { followUps: { ...usualFollowUps, duties } });
    const [cause] = standings.filter(({ duty }) => duty === 'root-cause');
    assert.deepEqual([cause?.owner, cause?.due], ['oscar', '2026-11-27']);
  });

  it('is what a person who took it over has left undone', async () => {
    const told = aRolledBackCanary();
    const { place, begunAt, endedAt, steps, observations, smoke } = told.outcome;
    const over = { place, begunAt, endedAt, steps, observations, smoke };
    const records = createMemoryRecords();
    const rollout = {
      ...told,
      outcome: { ...over, kind: 'taken-over', leftUndone: ['stop the candidate 1.1.0'] } as const,
    };
    await records.write({ kind: 'rollout-ended', eventId: 'a', rollout });
    const [one, ...more] = await createMemoryFollowUps(records).standings(begun);
    assert.deepEqual([one?.duty, more], ['left-undone', []]);
    assert.match(one?.what ?? '', /^do what was not done in production: stop the candidate 1\.1\.0$/);
    assert.match(records.files.get('docs/change-log.md') ?? '', /in the hands of who took it over, FU-0001: /);
  });
});
