import * as z from 'zod';
import type { Audited, AuditReport, DoraFigures, Spread } from '../../domain/audit.js';
import * as nouns from './nouns.js';

const milliseconds = z.number();
const counted = z.number();

const spread = z
  .strictObject({
    count: counted,
    medianMs: milliseconds.exactOptional(),
    /** The 95th percentile, by nearest rank. */
    p95Ms: milliseconds.exactOptional(),
  })
  .meta({ id: 'Spread' }) satisfies z.ZodType<Spread>;

const dora = z
  .strictObject({
    deployments: counted,
    deploymentsPerWeek: z.number(),
    leadTime: spread,
    changes: counted,
    failed: counted,
    changeFailureRate: z.number().exactOptional(),
    timeToRestore: spread,
  })
  .meta({ id: 'DoraFigures' }) satisfies z.ZodType<DoraFigures>;

const place = { changeId: z.string(), service: z.string(), environment: z.string(), at: nouns.instant };

const rollouts = z.strictObject({
  ...{ service: z.string(), environment: z.string() },
  ...{ adopted: counted, rolledBack: counted, aborted: counted, takenOver: counted },
});

const rollback = z.strictObject({
  ...place,
  version: z.string(),
  reason: z.string(),
  /** `missing`: something had run before, and nobody has looked whether it serves again. */
  verification: z.enum(['pass', 'failed', 'missing', 'none']),
  timeToDetectMs: milliseconds.exactOptional(),
  timeToSafeMs: milliseconds,
  incident: z.string().exactOptional(),
  decision: z.string().exactOptional(),
});

const owed = z.strictObject({
  ...{ service: z.string(), changeId: z.string() },
  ...{ due: nouns.instant, overdue: z.boolean() },
});

const finding = z
  .strictObject({
    about: z.enum(['chain', 'rollback', 'decision', 'debt', 'follow-up', 'rehearsal', 'approval']),
    text: z.string(),
    /** The role that must act. */
    owner: z.string(),
    command: z.string().exactOptional(),
  })
  .meta({ id: 'AuditFinding' });

const rehearsal = z.strictObject({
  ...{ service: z.string(), item: z.string(), state: z.enum(['holds', 'missing', 'expired']) },
  ...{ due: nouns.instant.exactOptional(), reason: z.string() },
});

const report = z
  .strictObject({
    quarter: z.string(),
    from: nouns.instant,
    to: nouns.instant,
    at: nouns.instant,
    findings: nouns.list(finding),
    chain: z.strictObject({ verified: z.boolean(), records: counted, findings: nouns.list(z.string()) }),
    rollouts: nouns.list(rollouts),
    compressed: counted,
    flagChanges: counted,
    approvals: z.strictObject({ given: counted, claimed: counted, roles: z.record(z.string(), counted) }),
    emergencies: nouns.list(z.strictObject({ ...place, version: z.string(), reason: z.string() })),
    exceptions: nouns.list(z.strictObject({ ...place, approver: z.string(), reason: z.string() })),
    rollbacks: nouns.list(rollback),
    decisions: z.strictObject({ written: counted, drafts: nouns.list(z.string()) }),
    debts: z.strictObject({ owed: nouns.list(owed), settled: counted }),
    drills: nouns.list(
      z.strictObject({
        ...{ service: z.string(), environment: z.string(), at: nouns.instant },
        ...{ drill: z.string(), reason: z.string() },
      }),
    ),
    rehearsals: nouns.list(rehearsal),
    dora,
    doraByService: z.record(z.string(), dora),
    timeToDetect: spread,
    timeToSafe: spread,
    followUps: z
      .strictObject({
        ...{ opened: counted, closed: counted, late: counted },
        open: nouns.list(
          z.strictObject({
            ...{ id: z.string(), changeId: z.string(), what: z.string() },
            ...{ owner: z.string(), due: z.iso.date(), overdue: z.boolean() },
          }),
        ),
      })
      .exactOptional(),
  })
  .meta({ id: 'AuditReport' }) satisfies z.ZodType<AuditReport>;

/** A governance audit; `paths` are where it is recorded. */
export const audited = z
  .strictObject({ report, paths: nouns.list(z.string()) })
  .meta({ id: 'Audited' }) satisfies z.ZodType<Audited>;

export type AuditedView = z.infer<typeof audited>;
