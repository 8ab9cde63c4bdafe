import type { ApprovalPolicy } from '../../src/domain/approval.js';
import { type Artifact, artifactTag } from '../../src/domain/artifact.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import type { ReleaseRequest, StageOrder } from '../../src/domain/release.js';
import type { BlueGreen, Canary, Rolling, Window } from '../../src/domain/strategy.js';

/** A fixed day, so that tests read like a diary. */
export const tuesday = '2026-11-24T09:00:00.000Z';

/** Builders give a valid default, and let a test say only what matters. */
export const aWindow = (more: Partial<Window> = {}): Window => ({
  for: seconds(2),
  every: seconds(1),
  criteria: [
    { kind: 'within-baseline', metric: 'error-rate', mode: 'points', within: 0.05 },
    { kind: 'at-most', metric: 'latency-p95', bound: 300 },
  ],
  minSamples: 10,
  ...more,
});

export const aCanary = (more: Partial<Canary> = {}): Canary => ({
  kind: 'canary',
  shares: [5, 25, 100],
  window: aWindow(),
  afterwards: aWindow(),
  ...more,
});

export const aBlueGreen = (more: Partial<BlueGreen> = {}): BlueGreen => ({
  kind: 'blue-green',
  afterwards: aWindow(),
  ...more,
});

export const aRolling = (more: Partial<Rolling> = {}): Rolling => ({ kind: 'rolling', batches: 1, ...more });

export const byWrangler: ApprovalPolicy = {
  roles: ['implementation-wrangler'],
  requesterMayApprove: true,
  expiresAfter: hours(24),
};

export const bySentinelAndOwner: ApprovalPolicy = {
  roles: ['governance-sentinel', 'service-owner'],
  requesterMayApprove: false,
  expiresAfter: hours(24),
};

export const aStage = (more: Partial<StageOrder> = {}): StageOrder => ({
  environment: 'production',
  tier: 'production',
  instances: 2,
  strategy: aCanary(),
  approval: bySentinelAndOwner,
  smokeWithin: minutes(5),
  rollbackPatience: seconds(20),
  ...more,
});

export const threeStages = (production: Partial<StageOrder> = {}): readonly StageOrder[] => [
  aStage({ environment: 'dev', tier: 'development', instances: 1, strategy: aRolling(), approval: byWrangler }),
  aStage({ environment: 'staging', tier: 'staging', instances: 1, strategy: aRolling(), approval: byWrangler }),
  aStage(production),
];

export const aRequest = (more: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
  service: 'shop',
  version: '1.1.0',
  commit: '1111111111111111111111111111111111111111',
  description: 'delivery estimates',
  requester: { person: 'alice', roles: ['implementation-wrangler'] },
  requestedAt: tuesday,
  profile: { name: 'demo', compressed: true },
  roster: {
    alice: ['implementation-wrangler'],
    grace: ['governance-sentinel'],
    oscar: ['service-owner'],
    dave: ['on-call'],
  },
  stages: threeStages(),
  ...more,
});

export function anArtifact(version = '1.1.0', service = 'shop'): Artifact {
  const hex = Buffer.from(version).toString('hex');
  const named = {
    service,
    version,
    commit: hex.padEnd(40, '0').slice(0, 40),
    digest: `sha256:${hex.padEnd(64, '0').slice(0, 64)}`,
    builtAt: tuesday,
  };
  return { ...named, tag: artifactTag(named) };
}
