import type { ApprovalDecision } from '../../src/domain/approval.js';
import { artifactTag } from '../../src/domain/artifact.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { after, hours, minutes, seconds } from '../../src/domain/duration.js';
import type { Instant } from '../../src/domain/duration.js';
import type { BackupProof } from '../../src/domain/migration.js';
import type { ReleaseOrder, ReleaseOutcome, ReleaseRequest, StageOrder } from '../../src/domain/release.js';
import type { RolloutOutcome, RolloutPlan, StepRecord } from '../../src/domain/rollout.js';
import type { Window } from '../../src/domain/strategy.js';
import { fail, pass } from '../../src/domain/verdict.js';
import type { ReleaseFacts, RolloutFacts } from '../../src/domain/decisions/records/facts.js';
import { aMigration } from '../support/migrations.js';

/** Releases as they happen: valid facts with fixed times, of which a test says only what matters to it. */

export const begun: Instant = '2026-11-24T03:00:00.000Z';

export function anArtifact(version = '1.1.0', service = 'shop'): Artifact {
  const digit = version === '1.0.0' ? '0' : '1';
  const artifact = {
    service,
    version,
    commit: digit.repeat(40),
    digest: `sha256:${digit.repeat(64)}`,
    builtAt: '2026-11-24T02:30:00.000Z',
  };
  return { ...artifact, tag: artifactTag(artifact) };
}

export const aWindow: Window = {
  for: minutes(15),
  every: seconds(30),
  criteria: [{ kind: 'within-baseline', metric: 'error-rate', mode: 'relative', within: 0.05 }],
  minSamples: 100,
};

const staging: StageOrder = {
  environment: 'staging',
  tier: 'staging',
  instances: 2,
  strategy: { kind: 'rolling', batches: 2 },
  approval: { roles: ['implementation-wrangler'], requesterMayApprove: true, expiresAfter: hours(24) },
  smokeWithin: minutes(5),
  rollbackPatience: minutes(5),
};

const production: StageOrder = {
  ...staging,
  environment: 'production',
  tier: 'production',
  instances: 4,
  strategy: { kind: 'canary', shares: [25, 100], window: aWindow, afterwards: aWindow },
  approval: { roles: ['governance-sentinel', 'service-owner'], requesterMayApprove: false, expiresAfter: hours(24) },
};

export const aRequest = (over: Partial<ReleaseRequest> = {}): ReleaseRequest => ({
  service: 'shop',
  version: '1.1.0',
  commit: '1'.repeat(40),
  description: 'faster checkout',
  requester: { person: 'ada', roles: ['implementation-wrangler'] },
  requestedAt: '2026-11-24T02:00:00.000Z',
  profile: { name: 'spec-0701', compressed: false },
  roster: { ada: ['implementation-wrangler'], grace: ['governance-sentinel'], oscar: ['service-owner'] },
  stages: [staging, production],
  ...over,
});

export const anOrder = (changeId = 'change-20261124-01', over: Partial<ReleaseRequest> = {}): ReleaseOrder => ({
  ...aRequest(over),
  changeId,
});

const planHash = 'a'.repeat(64);

const approval = (person: string, comment: string): ApprovalDecision => ({
  gate: 'production',
  digest: anArtifact().digest,
  planHash,
  person,
  decision: 'approve',
  comment,
  at: '2026-11-24T02:50:00.000Z',
  via: 'http',
  proved: true,
});

export const approvals: readonly ApprovalDecision[] = [
  approval('grace', 'figures of staging look good'),
  { ...approval('oscar', ''), via: 'temporal', proved: false },
];

const aPlan = (): RolloutPlan => ({
  place: { service: 'shop', environment: 'production' },
  strategy: 'canary',
  from: anArtifact('1.0.0'),
  to: anArtifact(),
  instances: 4,
  generation: 7,
  steps: [],
  hash: planHash,
});

const step = (id: string, minute: number, of: Pick<StepRecord, 'step' | 'verdict' | 'direction'>): StepRecord => ({
  id,
  begunAt: after(begun, minutes(minute)),
  endedAt: after(begun, minutes(minute) + seconds(50)),
  ...of,
});

/** A canary in production that passed its windows. */
export function aGoodCanary(over: Partial<RolloutFacts> = {}): RolloutFacts {
  const outcome: RolloutOutcome = {
    kind: 'adopted',
    place: aPlan().place,
    begunAt: begun,
    endedAt: after(begun, minutes(20)),
    steps: [
      step('01-start', 0, { direction: 'forth', step: { kind: 'start' } }),
      step('02-verify', 1, {
        direction: 'forth',
        step: { kind: 'verify', lane: 'candidate', within: minutes(5) },
        verdict: pass('3 of 3 checks passed'),
      }),
      step('03-shift', 2, { direction: 'forth', step: { kind: 'shift', share: 25 } }),
      step('04-observe', 3, {
        direction: 'forth',
        step: { kind: 'observe', window: aWindow },
        verdict: pass('error-rate: 0.001 is at most 0.002'),
      }),
      step('05-adopt', 19, { direction: 'forth', step: { kind: 'adopt' } }),
    ],
    smoke: [
      {
        at: after(begun, minutes(1)),
        lane: 'candidate',
        version: '1.1.0',
        verdict: pass('3 of 3 checks passed'),
        log: 'login: 200, wanted 200\ncheckout: 200, wanted 200\n',
      },
    ],
    observations: [
      {
        stepId: '04-observe',
        share: 25,
        from: after(begun, minutes(3)),
        to: after(begun, minutes(18)),
        looks: 30,
        stable: { requests: 3_000, errors: 3, p95Ms: 41 },
        candidate: { requests: 1_000, errors: 1, p95Ms: 40 },
        verdict: pass('error-rate: 0.001 is at most 0.002'),
        series: {
          points: [
            [minutes(0.5), [1_500, 1, 41], [100, 2, 40]],
            [minutes(1), [1_500, 2, 42], [100, 14, 55]],
          ],
          bounds: [{ metric: 'error-rate', bound: 0.052 }],
        },
      },
    ],
  };
  return { order: anOrder(), plan: aPlan(), outcome, approvals, ...over };
}

/** The same canary, had its first window failed. */
export function aRolledBackCanary(over: Partial<RolloutFacts> = {}): RolloutFacts {
  const good = aGoodCanary();
  const bad = fail('error-rate: 0.081 is above 0.052');
  const at = after(begun, minutes(4));
  const outcome: RolloutOutcome = {
    ...good.outcome,
    kind: 'rolled-back',
    endedAt: after(begun, minutes(6)),
    steps: [
      ...good.outcome.steps.slice(0, 3),
      step('04-observe', 3, { direction: 'forth', step: { kind: 'observe', window: aWindow }, verdict: bad }),
      step('03-shift', 4, { direction: 'back', step: { kind: 'shift', share: 0 } }),
      step('01-start', 5, { direction: 'back', step: { kind: 'stop' } }),
    ],
    smoke: [
      ...good.outcome.smoke,
      {
        at: after(begun, minutes(5)),
        lane: 'stable',
        version: '1.0.0',
        verdict: pass('3 of 3 checks passed'),
        log: 'login: 200, wanted 200\n',
      },
    ],
    observations: good.outcome.observations.map((o) => ({
      ...o,
      to: at,
      candidate: { requests: 200, errors: 16, p95Ms: 55 },
      verdict: bad,
    })),
    rollback: {
      demand: { by: 'judge', reason: bad.reason, at, cause: 'judgement' },
      exposedAt: after(begun, minutes(2)),
      safeAt: after(at, seconds(2)),
      timeToDetectMs: minutes(2),
      timeToSafeMs: seconds(2),
      verification: pass('3 of 3 checks passed'),
    },
  };
  return { ...good, outcome, ...over };
}

/** The same canary with a scripted migration, as far as its data is told. */
export function aMigratingCanary(kind: 'adopted' | 'rolled-back'): RolloutFacts {
  const story = kind === 'adopted' ? aGoodCanary() : aRolledBackCanary();
  const migration = aMigration('scripted', '0003');
  const take = { kind: 'migrate', migration, of: { version: '1.1.0', digest: anArtifact().digest } } as const;
  const backup: BackupProof = {
    place: story.plan.place,
    takenAt: begun,
    file: 'backups/production/shop/0123456789abcdef.dump',
    bytes: 4_096,
    digest: `sha256:${'d'.repeat(64)}`,
    tables: [
      { table: 'public.customers', rows: 7, checksum: 'c'.repeat(32) },
      { table: 'public.orders', rows: 93, checksum: 'e'.repeat(32) },
    ],
    dumpMs: 800,
    restoreMs: 1_200,
    rehearsal: { migrateMs: 90, revertMs: 40 },
  };
  const migrated = { kind: 'applied', at: after(begun, seconds(10)), tookMs: 95 } as const;
  const back = {
    revertedAt: after(begun, minutes(5)),
    written: {
      at: after(begun, minutes(5)),
      changed: [{ table: 'public.orders', before: 93, now: 95, content: 'changed' }],
      same: 1,
    },
  } as const;
  return {
    ...story,
    plan: {
      ...story.plan,
      steps: [{ id: '02-migrate', take, back: { ...take, kind: 'revert' } }],
      dataImpact: 'A rollback of 1.1.0 ends with db/0003-back.sql.',
    },
    outcome: { ...story.outcome, data: { backup, migrated, ...(kind === 'rolled-back' && back) } },
  };
}

/** A rolling deployment to staging the hour before: no approval chain, no windows. */
export function aStagingRollout(over: Partial<RolloutFacts> = {}): RolloutFacts {
  const good = aGoodCanary();
  const place = { service: 'shop', environment: 'staging' };
  const at = (minute: number): Instant => after(begun, minutes(minute - 60));
  const outcome: RolloutOutcome = {
    kind: 'adopted',
    place,
    begunAt: at(0),
    endedAt: at(4),
    steps: [
      {
        id: '01-replace',
        direction: 'forth',
        step: { kind: 'replace', batch: 1, of: 1 },
        begunAt: at(0),
        endedAt: at(1),
      },
    ],
    smoke: good.outcome.smoke.map((run) => ({ ...run, at: at(2) })),
    observations: [],
  };
  return { ...good, plan: { ...good.plan, place, strategy: 'rolling' }, outcome, approvals: [], ...over };
}

export const anOutcome = (over: Partial<ReleaseOutcome> = {}): ReleaseOutcome => ({
  kind: 'succeeded',
  changeId: 'change-20261124-01',
  service: 'shop',
  version: '1.1.0',
  reason: 'adopted in staging and production',
  artifact: anArtifact(),
  adopted: ['staging', 'production'],
  records: ['logs/deployments/deploy_20261124T032000Z.json', 'docs/change-log.md'],
  ...over,
});

export const aClosedRelease = (over: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  order: anOrder(),
  outcome: anOutcome(),
  approvals,
  closedAt: after(begun, minutes(21)),
  histories: { 'release/shop/change-20261124-01': { events: [{ eventId: '1' }] } },
  ...over,
});
