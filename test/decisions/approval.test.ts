import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ApprovalDecision, assign, type Roster, standing, whyNot } from '../../src/domain/approval.js';
import { after, hours } from '../../src/domain/duration.js';
import { bySentinelAndOwner, byWrangler, tuesday } from '../support/orders.js';

const subject = { gate: 'production', digest: 'sha256:aa', planHash: 'sha256:bb' };
const roster: Roster = {
  alice: ['implementation-wrangler'],
  grace: ['governance-sentinel'],
  oscar: ['service-owner'],
  both: ['governance-sentinel', 'service-owner'],
  dave: [],
};
const said = (person: string, more: Partial<ApprovalDecision> = {}): ApprovalDecision => ({
  ...subject,
  person,
  decision: 'approve',
  comment: '',
  at: tuesday,
  via: 'http',
  proved: true,
  ...more,
});
const stands = (decisions: readonly ApprovalDecision[], now = tuesday) =>
  standing({ policy: bySentinelAndOwner, subject, roster }, decisions, now);

describe('SPEC-0701, Deployment Approvals: production needs Governance Sentinel and Service Owner', () => {
  const table: [string, readonly ApprovalDecision[], string][] = [
    ['nobody yet', [], 'waiting'],
    ['one of the two', [said('grace')], 'waiting'],
    ['both', [said('grace'), said('oscar')], 'approved'],
    ['fault 11: one person twice counts once', [said('grace'), said('grace')], 'waiting'],
    ['fault 13: one person with both roles counts in one', [said('both')], 'waiting'],
    ['a person with both roles takes the one that is left', [said('both'), said('oscar')], 'approved'],
    ['one rejection decides', [said('grace'), said('oscar', { decision: 'reject' })], 'rejected'],
    [
      'fault 12, fault 45: another digest does not count',
      [said('grace'), said('oscar', { digest: 'sha256:cc' })],
      'waiting',
    ],
    ['another plan does not count', [said('grace'), said('oscar', { planHash: 'sha256:cc' })], 'waiting'],
    [
      'what was taken back does not count',
      [said('grace'), said('oscar'), said('grace', { decision: 'revoke' })],
      'waiting',
    ],
    [
      'what was taken back and given again counts',
      [said('grace'), said('grace', { decision: 'revoke' }), said('oscar'), said('grace')],
      'approved',
    ],
    [
      'one person takes nothing of another back',
      [said('grace'), said('oscar'), said('both', { decision: 'revoke' })],
      'approved',
    ],
    [
      'a revocation of another plan changes nothing',
      [said('grace'), said('oscar'), said('grace', { decision: 'revoke', planHash: 'x' })],
      'approved',
    ],
    ['another gate does not count', [said('grace'), said('oscar', { gate: 'staging' })], 'waiting'],
  ];
  for (const [name, decisions, want] of table) it(name, () => assert.equal(stands(decisions).kind, want));

  it('an approval that has grown old does not count', () => {
    assert.equal(stands([said('grace'), said('oscar')], after(tuesday, hours(24))).kind, 'approved');
    assert.equal(stands([said('grace'), said('oscar')], after(tuesday, hours(24) + 1)).kind, 'waiting');
  });

  it('says which roles are missing', () => {
    assert.deepEqual(stands([said('grace')]), { kind: 'waiting', missing: ['service-owner'], by: ['grace'] });
  });

  it('as many roles are filled as can be, each by another person who holds it: as if all had been tried', () => {
    const role = fc.constantFrom('a', 'b', 'c');
    const cast = fc.record({
      roles: fc.array(role, { maxLength: 4 }),
      people: fc.array(fc.uniqueArray(role), { maxLength: 5 }),
    });
    const most = (roles: readonly string[], people: readonly (readonly string[])[]): number => {
      const [first, ...others] = roles;
      if (first === undefined) return 0;
      const with1 = people.flatMap((held, i) =>
        held.includes(first) ? [1 + most(others, people.toSpliced(i, 1))] : [],
      );
      return Math.max(most(others, people), ...with1);
    };
    fc.assert(
      fc.property(cast, ({ roles, people }) => {
        const named: Roster = Object.fromEntries(people.map((held, i) => [`p${i}`, held]));
        const filled = assign(roles, Object.keys(named), named);
        assert.equal(filled.length, most(roles, people));
        assert.equal(new Set(filled.map(({ person }) => person)).size, filled.length);
        for (const { person, role: of } of filled) assert.ok(named[person]?.includes(of));
      }),
    );
  });

  it('no set of decisions by fewer people than roles ever opens the gate', () => {
    const anybody = fc.constantFrom(...Object.keys(roster));
    fc.assert(
      fc.property(fc.array(anybody, { maxLength: 12 }), (people) => {
        const outcome = stands(people.map((person) => said(person)));
        if (outcome.kind !== 'approved') return;
        assert.equal(new Set(outcome.by.map((by) => by.person)).size, 2);
        for (const { person, role } of outcome.by) assert.ok(roster[person]?.includes(role));
      }),
    );
  });
});

describe('fault 12: who may approve', () => {
  const production = { policy: bySentinelAndOwner, roster, requester: 'both' };
  const dev = { policy: byWrangler, roster, requester: 'alice' };
  const table: [string, typeof dev, string, RegExp | undefined][] = [
    ['a role that is asked for', production, 'grace', undefined],
    ['a role that is not asked for', production, 'alice', /alice holds implementation-wrangler; this gate asks for/],
    ['no role', production, 'dave', /holds no role/],
    ['a stranger', production, 'mallory', /not one of the people/],
    ['a name that every object has', production, 'constructor', /not one of the people/],
    ['who asked for it', production, 'both', /who asks does not approve/],
    ['who asked for it, where the policy allows', dev, 'alice', undefined],
  ];
  for (const [name, ask, person, want] of table)
    it(name, () => {
      const reason = whyNot(ask, person);
      if (want) assert.match(reason ?? 'may approve', want);
      else assert.equal(reason, undefined);
    });
});
