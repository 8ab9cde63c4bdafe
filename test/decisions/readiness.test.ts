import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { after, hours } from '../../src/domain/duration.js';
import {
  type Evidence,
  isReady,
  ownEvidence,
  proofs,
  type ReadinessItem,
  readinessItems,
  type ReadinessPolicy,
  standingOf,
  whatIsMissing,
  whyNoEvidence,
} from '../../src/domain/readiness.js';
import { anArtifact, tuesday } from '../support/orders.js';

const about = (now: string) => ({ service: 'shop', now });
const later = (h: number): string => after(tuesday, hours(h));
const shown = (item: ReadinessItem, more: Partial<Evidence> = {}): Evidence => ({
  ...{ item, at: tuesday, by: 'grace', source: 'record', what: 'the drill of November' },
  ...more,
});

/** SPEC-0701, Production Readiness Checklist. */
describe('The readiness checklist', () => {
  it('has the ten items of the specification, each with a source', () => {
    assert.equal(readinessItems.length, 10);
    for (const item of readinessItems) assert.ok(proofs[item].sources.length > 0, item);
  });

  const week: ReadinessPolicy = { 'restore-tested': { maxAge: hours(168) } };
  const ages: readonly (readonly [string, readonly Evidence[], number, string])[] = [
    ['nothing shown', [], 0, 'missing'],
    ['shown just now', [shown('restore-tested')], 0, 'holds'],
    ['shown seven days ago, to the millisecond', [shown('restore-tested')], 168, 'holds'],
    ['shown longer ago', [shown('restore-tested')], 168.001, 'expired'],
    ['shown again since', [shown('restore-tested'), shown('restore-tested', { at: later(100) })], 200, 'holds'],
    [
      'shown again, but told in the other order',
      [shown('restore-tested', { at: later(100) }), shown('restore-tested')],
      200,
      'holds',
    ],
    ['something else shown', [shown('runbooks')], 0, 'missing'],
  ];
  for (const [what, evidence, now, state] of ages)
    it(`backup and restore tested within 7 days: ${what}: ${state}`, () => {
      assert.equal(standingOf(week, evidence, about(later(now))).items[0]?.state, state);
    });

  it('says how old what it has is, and which command supplies what it has not', () => {
    const asked: ReadinessPolicy = { ...week, 'load-test': {}, 'on-call-notified': { maxAge: hours(24) } };
    const standing = standingOf(asked, [shown('restore-tested')], about(later(169)));
    assert.equal(isReady(standing), false);
    assert.equal(
      whatIsMissing(standing),
      'restore-tested: the drill of November (grace, 7 days 1 h ago) is older than 7 days: slipway restore-test shop; ' +
        'on-call-notified: nobody has shown that whoever is on call knows of the deployment, and says so: slipway evidence shop on-call-notified --statement "…"; ' +
        'load-test: nobody has shown that load was tested, or traffic patterns do not change: slipway evidence shop load-test --record docs/… --comment "…"',
    );
  });

  it('asks nothing that the policy does not ask', () => {
    assert.ok(isReady(standingOf({}, [], about(tuesday))));
  });

  it('is shown by the release itself where it can: gates, staging by this very digest, the planned entry', () => {
    const artifact = anArtifact('1.1.0');
    const policy: ReadinessPolicy = { 'quality-gates': {}, 'staging-verified': {}, 'change-log': {} };
    const own = (rehearsedIn: readonly string[]) =>
      standingOf(policy, ownEvidence({ artifact, changeId: 'change-1', at: tuesday, rehearsedIn }), about(tuesday));
    assert.ok(isReady(own(['staging'])));
    assert.match(
      whatIsMissing(own([])),
      /^staging-verified: nobody has shown that the same artifact passed .* in staging$/,
    );
  });
});

describe('Evidence', () => {
  const operator = { roles: ['service-owner'], now: later(1) };
  const rows: readonly (readonly [string, Evidence, RegExp | undefined])[] = [
    ['a record of a drill', shown('rollback-rehearsed'), undefined],
    ['a statement that traffic does not change', shown('load-test', { source: 'statement' }), undefined],
    [
      'a statement of a drill',
      shown('rollback-rehearsed', { source: 'statement' }),
      /is not proved by a statement; wanted a record/,
    ],
    [
      'a statement about gates',
      shown('quality-gates', { source: 'statement' }),
      /wanted nothing: the release shows it itself/,
    ],
    [
      'a record of tomorrow',
      shown('runbooks', { at: later(24) }),
      /^evidence from the future: 2026-11-25T09:00:00\.000Z is after/,
    ],
    [
      'somebody else than who is on call',
      shown('on-call-notified', { source: 'statement' }),
      /grace holds service-owner; on-call-notified is said by on-call/,
    ],
  ];
  for (const [what, evidence, why] of rows)
    it(`${what}: ${why ? 'refused' : 'counts'}`, () => {
      const said = whyNoEvidence(evidence, operator);
      if (why) assert.match(said ?? '', why);
      else assert.equal(said, undefined);
    });
});
