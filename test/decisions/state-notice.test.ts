import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stateNotice } from '../../src/domain/decisions/state-notice.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { aRelease, aWaitingRelease } from '../support/memory-desk.js';
import { tuesday } from '../support/orders.js';

const at = (progress: Partial<ReleaseProgress>): ReleaseProgress => ({
  ...aRelease().progress,
  environment: 'production',
  ...progress,
});
const outcome = (more: Partial<ReleaseOutcome>): ReleaseOutcome => ({
  ...{ kind: 'succeeded', changeId: 'change-20261124-01', service: 'shop', version: '1.1.0' },
  ...{ reason: '1.1.0 is stable in production', adopted: ['production'], records: [] },
  ...more,
});

describe('What people are told of a state', () => {
  const told: readonly [state: string, progress: ReleaseProgress, text: string][] = [
    [
      'that it has begun, by whom and why',
      at({ state: 'building' }),
      'shop 1.1.0 (change-20261124-01) has begun: alice asks for it: delivery estimates. slipway watch change-20261124-01',
    ],
    [
      'who must approve, until when, and how',
      { ...aWaitingRelease().progress, state: 'awaiting-approval', environment: 'production' },
      'shop 1.1.0 (change-20261124-01) waits in production for the approval of governance-sentinel and service-owner, until 2026-11-25T09:00:00.000Z. slipway approve change-20261124-01 --comment "…"',
    ],
    [
      'who has paused it',
      at({ state: 'paused', paused: { by: 'dave', reason: 'the bank is down', at: tuesday } }),
      'shop 1.1.0 (change-20261124-01) is paused in production by dave: the bank is down. slipway status change-20261124-01',
    ],
    [
      'that users are given it',
      at({ state: 'rolling-out' }),
      'shop 1.1.0 (change-20261124-01) is given to users in production. slipway watch change-20261124-01',
    ],
    [
      'that it goes back',
      at({ state: 'going-back' }),
      'shop 1.1.0 (change-20261124-01) goes back in production. slipway watch change-20261124-01',
    ],
    [
      'that it went back, why, how fast, and where it is written',
      at({
        state: 'rolled-back',
        outcome: outcome({
          ...{ kind: 'rolled-back', reason: 'dave: customers cannot pay', timeToSafeMs: 800, adopted: [] },
          records: ['docs/change-log.md', 'artifacts/integration/incident-20261124T090000Z/incident.md'],
        }),
      }),
      'shop 1.1.0 (change-20261124-01) has ended, rolled-back: dave: customers cannot pay. Users were safe after 800 ms. artifacts/integration/incident-20261124T090000Z/incident.md slipway status change-20261124-01',
    ],
  ];
  for (const [what, progress, text] of told) it(what, () => assert.equal(stateNotice(progress), text));

  it('of every end, its kind and its reason', () => {
    for (const kind of ['refused', 'withdrawn', 'aborted', 'taken-over', 'failed'] as const)
      assert.match(
        stateNotice(at({ state: kind, outcome: outcome({ kind, reason: 'because' }) })) ?? '',
        new RegExp(`has ended, ${kind}: because\\.`),
      );
  });

  it('nothing of what passes by itself, nor of what the reconciler finds and tells', () => {
    for (const state of ['planning', 'recording', 'held', 'stuck'] as const)
      assert.equal(stateNotice(at({ state })), undefined);
  });
});
