import { after, hours, minutes, seconds } from '../../src/domain/duration.js';
import type { FlagObservation, FlagOutcome, FlagRequest } from '../../src/domain/flag-change.js';
import { fail, pass } from '../../src/domain/verdict.js';
import type { FlagFacts } from '../../src/domain/decisions/records/facts.js';
import { aRequest, aWindow, begun } from './stories.js';

/** Changes of a flag as they happen: valid facts with fixed times. */

export const aFlagRequest = (over: Partial<FlagRequest> = {}): FlagRequest => ({
  environment: 'production',
  tier: 'production',
  flag: 'new-checkout',
  to: { kind: 'rollout', rollout: { on: 25, off: 75 } },
  reason: 'a quarter first',
  requester: { person: 'ada', roles: ['implementation-wrangler'] },
  requestedAt: '2026-11-24T02:00:00.000Z',
  profile: { name: 'spec-0701', compressed: false },
  roster: aRequest().roster,
  approval: { roles: ['governance-sentinel', 'service-owner'], requesterMayApprove: false, expiresAfter: hours(24) },
  observe: { service: 'shop', window: aWindow, before: aWindow },
  rollbackPatience: minutes(5),
  ...over,
});

const hashes = { digest: `sha256:${'c'.repeat(64)}`, hash: `sha256:${'b'.repeat(64)}` };

const plan = {
  environment: 'production',
  flag: 'new-checkout',
  from: { state: 'ENABLED', defaultVariant: 'off' },
  to: { state: 'ENABLED', defaultVariant: 'off', rollout: { on: 25, off: 75 } },
  changes: true,
  ...hashes,
} as const;

const window = (from: number, errors: number, verdict = pass('error-rate 0.1 %, at most 0.11 %')): FlagObservation => ({
  from: after(begun, minutes(from)),
  to: after(begun, minutes(from + 15)),
  looks: 31,
  seen: { requests: 3_000, errors, p95Ms: 41 },
  counters: { requests: 3_000, errors, latency: [] },
  verdict,
  cause: 'judgement',
});

/** A quarter of the customers in production, approved and watched. */
export function aFlagChange(over: Partial<FlagFacts> = {}, outcome: Partial<FlagOutcome> = {}): FlagFacts {
  const subject = { gate: 'production', digest: hashes.digest, planHash: hashes.hash };
  const yes = { ...subject, decision: 'approve', at: '2026-11-24T02:50:00.000Z' } as const;
  return {
    order: { ...aFlagRequest(), changeId: 'change-20261124-01' },
    outcome: {
      kind: 'succeeded',
      reason: 'new-checkout in production is on 25 %, off 75 %',
      begunAt: begun,
      endedAt: after(begun, minutes(30)),
      plan,
      setAt: after(begun, minutes(15)),
      path: 'method/config/features.yml',
      before: window(0, 3),
      observation: window(15, 3),
      ...outcome,
    },
    approvals: [
      { ...yes, person: 'grace', comment: 'only a quarter', via: 'http', proved: true },
      { ...yes, person: 'oscar', comment: '', via: 'temporal', proved: false },
    ],
    ...over,
  };
}

/** The same, had the service got worse with it. */
export function aFlagSetBack(over: Partial<FlagFacts> = {}): FlagFacts {
  const bad = fail('error-rate 8.1 % is above 0.11 %');
  const at = after(begun, minutes(20));
  return aFlagChange(over, {
    kind: 'rolled-back',
    reason: `slipway: fail: ${bad.reason}`,
    observation: window(15, 243, bad),
    rollback: {
      demand: { by: 'slipway', reason: `fail: ${bad.reason}`, at, cause: 'judgement' },
      exposedAt: after(begun, minutes(15)),
      safeAt: after(at, seconds(1)),
      timeToDetectMs: minutes(5),
      timeToSafeMs: seconds(1),
    },
  });
}
