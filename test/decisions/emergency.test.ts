import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ApprovalDecision, asked, type ApprovalPolicy, standing } from '../../src/domain/approval.js';
import { after, hours } from '../../src/domain/duration.js';
import { type Debt, debtText, nextReminder, whyOwed } from '../../src/domain/emergency.js';
import { tuesday } from '../support/orders.js';

const board: ApprovalPolicy = {
  roles: ['governance-board', 'governance-board'],
  requesterMayApprove: false,
  expiresAfter: hours(24),
};
const roster = { ann: ['governance-board'], bob: ['governance-board', 'service-owner'], cid: ['service-owner'] };
const subject = { gate: 'production', digest: 'sha256:1', planHash: 'sha256:2' };

const approves = (person: string): ApprovalDecision => ({
  ...{ ...subject, person, decision: 'approve', comment: 'go', at: tuesday },
  ...{ via: 'http', proved: true },
});

/** SPEC-0701, Deployment Approvals: any two governance board members. */
describe('fault 13: any two of the governance board', () => {
  const rows: readonly (readonly [string, readonly string[], string])[] = [
    ['nobody', [], 'governance-board, governance-board'],
    ['one of them', ['ann'], 'governance-board'],
    ['one of them, twice', ['ann', 'ann'], 'governance-board'],
    ['one of them, and somebody else', ['ann', 'cid'], 'governance-board'],
    ['two of them', ['ann', 'bob'], ''],
  ];
  for (const [what, people, missing] of rows)
    it(`${what}: ${missing === '' ? 'approved' : `${missing} missing`}`, () => {
      const stands = standing({ policy: board, subject, roster }, people.map(approves), tuesday);
      assert.equal(stands.kind === 'waiting' ? stands.missing.join(', ') : '', missing);
      assert.equal(stands.kind, missing === '' ? 'approved' : 'waiting');
    });

  it('is said as people say it', () => {
    assert.equal(asked(board.roles), '2 of governance-board');
    assert.equal(asked(['service-owner', ...board.roles]), 'service-owner and 2 of governance-board');
  });

  it('no set of decisions by fewer people than the policy asks ever opens a gate', () => {
    const role = fc.constantFrom<string>('a', 'b', 'c');
    const person = fc.constantFrom<string>('p', 'q', 'r', 's');
    fc.assert(
      fc.property(
        fc.array(role, { minLength: 1, maxLength: 4 }),
        fc.dictionary(person, fc.array(role, { maxLength: 3 }), { noNullPrototype: true }),
        fc.array(person, { maxLength: 8 }),
        (roles, people, who) => {
          const policy = { ...board, roles };
          const stands = standing({ policy, subject, roster: people }, who.map(approves), tuesday);
          if (stands.kind !== 'approved') return;
          assert.ok(new Set(who).size >= roles.length);
          assert.equal(new Set(stands.by.map((by) => by.person)).size, roles.length);
          assert.deepEqual(stands.by.map((by) => by.role).toSorted(), [...roles].sort());
          assert.ok(stands.by.every((by) => people[by.person]?.includes(by.role) && who.includes(by.person)));
        },
      ),
    );
  });
});

const debt: Debt = {
  ...{ changeId: 'change-20261124-03', version: '1.2.1', reason: 'nobody can pay', by: 'alice' },
  ...{ at: tuesday, due: after(tuesday, hours(48)) },
};
const at = (later: number): string => after(tuesday, hours(later));

describe('The review of an emergency release', () => {
  const reminders: readonly (readonly [number, number])[] = [
    [0, 24],
    [23.9, 24],
    [24, 48],
    [47, 48],
    [48, 72],
    [71, 72],
    [500, 504],
  ];
  for (const [now, next] of reminders)
    it(`after ${now} h of 48 people are next told of it at ${next} h`, () => {
      assert.equal(nextReminder(debt, at(now)), at(next));
    });

  it('keeps standard releases out once it is overdue, and not before', () => {
    assert.equal(whyOwed('shop', [debt], at(47.9)), undefined);
    assert.match(
      whyOwed('shop', [debt], at(48)) ?? '',
      /^shop owes the review of its emergency release change-20261124-03 since .*\. Hold it, write it down .*slipway review shop change-20261124-03 --record/,
    );
    assert.equal(whyOwed('shop', [], at(480)), undefined);
  });

  it('is told with its due date, and when it is overdue with what that means', () => {
    assert.match(debtText('shop', debt, at(1)), /\(shop 1\.2\.1: nobody can pay\) is due by 2026-11-26T09:00:00/);
    assert.match(debtText('shop', debt, at(49)), /is overdue since .*: standard releases of shop are refused until/);
  });
});
