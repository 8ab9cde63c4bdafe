import * as z from 'zod';
import type { GateRun } from '../../domain/gate.js';
import type { AlertRecord, Snooze } from '../../domain/alert.js';
import type { ApprovalDecision, ApprovalPolicy, ApprovalSubject, Standing } from '../../domain/approval.js';
import type { Debt } from '../../domain/emergency.js';
import type { Artifact } from '../../domain/artifact.js';
import type { FlagSetting } from '../../domain/flag.js';
import type { Finding } from '../../domain/finding.js';
import type { Migration } from '../../domain/migration.js';
import type { CalendarStanding, CustomersTold } from '../../domain/calendar.js';
import type { DrillOutcome, DrillUnderWay } from '../../domain/drill.js';
import { type ItemStanding, type Readiness, readinessItems } from '../../domain/readiness.js';
import type { ReleaseOutcome, ReleaseState } from '../../domain/release.js';
import { type CommandRecord, precedence } from '../../domain/command.js';
import type { Demand, Hold, Pause, Refusal, RollbackFacts, Step } from '../../domain/rollout.js';
import type { Veto } from '../../domain/service.js';
import type { Criterion, WhenInconclusive, Window } from '../../domain/strategy.js';
import type { Verdict } from '../../domain/verdict.js';
import { windowMetric, windowScoring } from './window-metrics.js';

/** The nouns of the domain as answers show them: each schema is checked against the domain's own type. */

export const list = <T extends z.ZodType>(of: T) => z.array(of).readonly();
export const instant = z.iso.datetime();
const milliseconds = z.number();

export const releaseStates = [
  'queued',
  'building',
  'planning',
  'checking',
  'awaiting-readiness',
  'awaiting-approval',
  'awaiting-window',
  'paused',
  'rolling-out',
  'held',
  'going-back',
  'stuck',
  'recording',
  'succeeded',
  'rolled-back',
  'refused',
  'withdrawn',
  'aborted',
  'taken-over',
  'failed',
] as const satisfies readonly ReleaseState[];

export const releaseState = z.enum(releaseStates).meta({ id: 'ReleaseState' }) satisfies z.ZodType<ReleaseState>;

export const artifact = z
  .strictObject({
    service: z.string(),
    version: z.string(),
    commit: z.string(),
    digest: z.string(),
    builtAt: instant,
    tag: z.string(),
    /** It was looked through for secrets, and none was found. */
    scanned: z.strictObject({ files: z.number(), by: z.string() }).exactOptional(),
  })
  .meta({ id: 'Artifact' }) satisfies z.ZodType<Artifact>;

const answered = z.strictObject({ requests: z.number(), errors: z.number() });

export const verdict = z
  .strictObject({
    kind: z.enum(['pass', 'fail', 'inconclusive', 'no-data', 'error']),
    reason: z.string(),
    test: z.strictObject({ p: z.number(), alpha: z.number(), stable: answered, candidate: answered }).exactOptional(),
  })
  .meta({ id: 'Verdict' }) satisfies z.ZodType<Verdict>;

const criterion = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('within-baseline'),
    metric: z.literal('error-rate'),
    mode: z.enum(['relative', 'points']),
    within: z.number(),
    alpha: z.number().exactOptional(),
  }),
  z.strictObject({ kind: z.literal('at-most'), metric: z.enum(['error-rate', 'latency-p95']), bound: z.number() }),
]) satisfies z.ZodType<Criterion>;

const inconclusive = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('extend') }),
  z.strictObject({ kind: z.literal('hold'), patience: milliseconds }),
]) satisfies z.ZodType<WhenInconclusive>;

const window = z
  .strictObject({
    ...{ for: milliseconds, every: milliseconds, criteria: list(criterion), minSamples: z.number() },
    metrics: list(windowMetric).exactOptional(),
    scoring: windowScoring.exactOptional(),
    inconclusive: inconclusive.exactOptional(),
  })
  .meta({ id: 'Window' }) satisfies z.ZodType<Window>;

const script = z.strictObject({ path: z.string(), hash: z.string() }).meta({ id: 'Script' });

const phase = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('expand') }),
  z.strictObject({ kind: z.literal('contract'), expands: z.string() }),
]);

const declared = { migrate: script, impact: z.string(), phase: phase.exactOptional() };
const scripted = z.strictObject({ class: z.literal('scripted'), ...declared, revert: script });

export const migration = z
  .discriminatedUnion('class', [
    z.strictObject({ class: z.literal('compatible'), ...declared, revert: script.exactOptional() }),
    scripted,
    z.strictObject({ class: z.literal('irreversible'), ...declared }),
  ])
  .meta({ id: 'Migration' }) satisfies z.ZodType<Migration>;

const of = z.strictObject({ version: z.string(), digest: z.string() });

export const flagState = z.enum(['ENABLED', 'DISABLED']);

/** What a change of a flag changes. */
export const flagSetting = z
  .strictObject({
    state: flagState,
    defaultVariant: z.string(),
    rollout: z.record(z.string(), z.number()).exactOptional(),
  })
  .meta({ id: 'FlagSetting' }) satisfies z.ZodType<FlagSetting>;

export const step = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('start') }),
    z.strictObject({ kind: z.literal('stop') }),
    z.strictObject({ kind: z.literal('start-baseline') }),
    z.strictObject({ kind: z.literal('stop-baseline') }),
    z.strictObject({ kind: z.literal('replace'), batch: z.number(), of: z.number() }),
    z.strictObject({
      kind: z.literal('shift'),
      share: z.number(),
      by: list(z.number()).exactOptional(),
      every: milliseconds.exactOptional(),
    }),
    z.strictObject({ kind: z.literal('verify'), lane: z.enum(['stable', 'candidate']), within: milliseconds }),
    z.strictObject({ kind: z.literal('observe'), window }),
    z.strictObject({ kind: z.literal('adopt'), keepFormer: z.boolean().exactOptional() }),
    z.strictObject({ kind: z.literal('set-flag'), flag: z.string(), to: flagSetting }),
    z.strictObject({ kind: z.literal('backup') }),
    z.strictObject({ kind: z.literal('migrate'), migration, of }),
    z.strictObject({ kind: z.literal('revert'), migration: scripted, of }),
  ])
  .meta({ id: 'Step' }) satisfies z.ZodType<Step>;

export const policy = z
  .strictObject({
    roles: list(z.string()),
    requesterMayApprove: z.boolean(),
    expiresAfter: milliseconds,
    /** What proves who approves in the Temporal UI: a one-time code. A bare name counts when missing. */
    proof: z.literal('code').exactOptional(),
    /** Whether each who may approve is sent his own by mail. */
    codes: z.literal('mailed').exactOptional(),
    /** Whether the engine tells who has sent a signal. */
    principals: z.literal('trusted').exactOptional(),
  })
  .meta({ id: 'ApprovalPolicy' }) satisfies z.ZodType<ApprovalPolicy>;

const subjectFields = { gate: z.string(), digest: z.string(), planHash: z.string() };

export const subject = z
  .strictObject(subjectFields)
  .meta({ id: 'ApprovalSubject' }) satisfies z.ZodType<ApprovalSubject>;

export const standing = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('approved'),
      by: list(z.strictObject({ person: z.string(), role: z.string() }).readonly()),
    }),
    z.strictObject({ kind: z.literal('rejected'), by: z.string(), reason: z.string() }),
    z.strictObject({ kind: z.literal('waiting'), missing: list(z.string()), by: list(z.string()) }),
  ])
  .meta({ id: 'ApprovalStanding' }) satisfies z.ZodType<Standing>;

export const decision = z
  .strictObject({
    ...subjectFields,
    person: z.string(),
    decision: z.enum(['approve', 'reject', 'revoke']),
    comment: z.string(),
    at: instant,
    via: z.enum(['http', 'temporal', 'request']),
    proved: z.boolean(),
    /** Whom the engine has authenticated, where that was the proof. */
    principal: z.string().exactOptional(),
  })
  .meta({ id: 'ApprovalDecision' }) satisfies z.ZodType<ApprovalDecision>;

export const demand = z
  .strictObject({
    by: z.string(),
    reason: z.string(),
    at: instant,
    cause: z.enum(['judgement', 'smoke', 'health', 'person', 'fault', 'cancellation', 'drill', 'alert']),
  })
  .meta({ id: 'Demand' }) satisfies z.ZodType<Demand>;

export const rollback = z
  .strictObject({
    demand,
    exposedAt: instant.exactOptional(),
    safeAt: instant,
    timeToDetectMs: milliseconds.exactOptional(),
    timeToSafeMs: milliseconds,
    verification: verdict.exactOptional(),
  })
  .meta({ id: 'Rollback' }) satisfies z.ZodType<RollbackFacts>;

export const refusal = z
  .strictObject({ at: instant, message: z.string(), from: z.string(), reason: z.string() })
  .meta({ id: 'Refusal' }) satisfies z.ZodType<Refusal>;

export const command = z
  .strictObject({
    id: z.string(),
    kind: z.enum(precedence),
    by: z.string(),
    roles: list(z.string()),
    reason: z.string(),
    at: instant,
    via: z.enum(['http', 'temporal']),
    proved: z.boolean(),
    step: z.string().exactOptional(),
    full: z.boolean().exactOptional(),
    /** Of a snooze: how long; to the end when missing. */
    lasts: milliseconds.exactOptional(),
    outcome: z.enum(['done', 'nothing-to-do', 'refused']),
    said: z.string(),
  })
  .meta({ id: 'Command' }) satisfies z.ZodType<CommandRecord>;

/** An alert that was heard about a release, and what came of it. */
export const alert = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    severity: z.string(),
    status: z.enum(['firing', 'resolved']),
    startsAt: instant,
    summary: z.string(),
    changeId: z.string().exactOptional(),
    version: z.string().exactOptional(),
    lane: z.string().exactOptional(),
    at: instant,
    by: z.string(),
    outcome: z.enum(['demanded', 'counting-down', 'snoozed', 'ended', 'ignored']),
    said: z.string(),
    /** When it goes back unless the alert is resolved before. */
    due: instant.exactOptional(),
  })
  .meta({ id: 'Alert' }) satisfies z.ZodType<AlertRecord>;

/** People let alerts move nothing until then; to the end, when `until` is missing. */
export const snooze = z
  .strictObject({ by: z.string(), reason: z.string(), until: instant.exactOptional() })
  .meta({ id: 'Snooze' }) satisfies z.ZodType<Snooze>;

const pauseFields = { by: z.string(), reason: z.string(), at: instant };

/** Who wants nothing further to begin: a person's pause, or a hold of the line, which has a scope. */
export const pause = z
  .strictObject({ ...pauseFields, scope: z.string().exactOptional() })
  .meta({ id: 'Pause' }) satisfies z.ZodType<Pause>;

export const finding = z
  .strictObject({
    kind: z.enum([
      ...(['unattended', 'orphaned', 'mailbox-ended', 'stuck', 'held'] as const),
      ...(['moved', 'flag-moved', 'configuration', 'unseen', 'overdue', 'unacknowledged', 'records-ahead'] as const),
    ]),
    /** Empty where it is about the environment as a whole. */
    service: z.string(),
    about: z.string().exactOptional(),
    environment: z.string(),
    since: instant,
    text: z.string(),
    command: z.string(),
  })
  .meta({ id: 'Finding' }) satisfies z.ZodType<Finding>;

export const hold = z
  .strictObject({ ...pauseFields, scope: z.string() })
  .meta({ id: 'Hold' }) satisfies z.ZodType<Hold>;

export const veto = z
  .strictObject({
    version: z.string(),
    commit: z.string().exactOptional(),
    ...pauseFields,
    changeId: z.string().exactOptional(),
  })
  .meta({ id: 'Veto' }) satisfies z.ZodType<Veto>;

export const itemStanding = z
  .strictObject({
    item: z.enum(readinessItems),
    state: z.enum(['holds', 'missing', 'expired']),
    reason: z.string(),
    evidence: z
      .strictObject({
        item: z.enum(readinessItems),
        at: instant,
        by: z.string(),
        source: z.enum(['system', 'record', 'statement']),
        what: z.string(),
        record: z.strictObject({ path: z.string(), hash: z.string() }).exactOptional(),
      })
      .exactOptional(),
    expiresAt: instant.exactOptional(),
    command: z.string().exactOptional(),
  })
  .meta({ id: 'ReadinessItem' }) satisfies z.ZodType<ItemStanding>;

/** The readiness checklist of an environment as it was judged at a moment. */
export const readiness = z
  .strictObject({ at: instant, items: list(itemStanding) })
  .meta({ id: 'Readiness' }) satisfies z.ZodType<Readiness>;

/** What the calendar of an environment said at a moment. */
export const calendar = z
  .strictObject({
    at: instant,
    open: z.boolean(),
    reason: z.string(),
    opensAt: instant.exactOptional(),
    closesAt: instant.exactOptional(),
    exception: z.strictObject({ reason: z.string(), approver: z.string() }).exactOptional(),
    /** Version of the IANA time zone database. */
    zoneData: z.string(),
  })
  .meta({ id: 'Calendar' }) satisfies z.ZodType<CalendarStanding>;

/** A quality gate of an environment, as it has run: the end of what it printed, and the SHA-256 of it, of 64 MB at most. */
export const gateRun = z
  .strictObject({
    name: z.string(),
    verdict,
    log: z.string(),
    at: instant.exactOptional(),
    hash: z.string().exactOptional(),
  })
  .meta({ id: 'GateRun' }) satisfies z.ZodType<GateRun>;

/** What customers were told, and the earliest that it begins then. */
export const customers = z
  .strictObject({ at: instant, text: z.string(), from: instant })
  .meta({ id: 'CustomersTold' }) satisfies z.ZodType<CustomersTold>;

/** A rollback that is being rehearsed. */
export const drill = z
  .strictObject({ environment: z.string(), by: z.string(), at: instant, workflowId: z.string() })
  .meta({ id: 'Drill' }) satisfies z.ZodType<DrillUnderWay>;

/** How a drill ended, and where it is written down. */
export const drilled = z
  .strictObject({
    kind: z.enum(['passed', 'failed', 'refused']),
    environment: z.string(),
    by: z.string(),
    at: instant,
    reason: z.string(),
    timeToSafeMs: milliseconds.exactOptional(),
    record: z.strictObject({ path: z.string(), hash: z.string() }).exactOptional(),
  })
  .meta({ id: 'DrillOutcome' }) satisfies z.ZodType<DrillOutcome>;

export const debt = z
  .strictObject({
    changeId: z.string(),
    version: z.string(),
    reason: z.string(),
    by: z.string(),
    at: instant,
    due: instant,
  })
  .meta({ id: 'Debt' }) satisfies z.ZodType<Debt>;

export const outcome = z
  .strictObject({
    kind: z.enum(['succeeded', 'rolled-back', 'refused', 'withdrawn', 'aborted', 'taken-over', 'failed']),
    changeId: z.string(),
    service: z.string(),
    version: z.string(),
    reason: z.string(),
    environment: z.string().exactOptional(),
    artifact: artifact.exactOptional(),
    adopted: list(z.string()),
    records: list(z.string()),
    timeToDetectMs: milliseconds.exactOptional(),
    timeToSafeMs: milliseconds.exactOptional(),
    /** Of a release that brought a former version back: the change it took back. */
    comebackOf: z.string().exactOptional(),
    /** It was under way when the engine's data were lost. */
    lost: z.literal(true).exactOptional(),
    /** By environment that adopted it: why what ran there before can no longer come back. */
    noWayBack: z.record(z.string(), z.string()).exactOptional(),
  })
  .meta({ id: 'ReleaseOutcome' }) satisfies z.ZodType<ReleaseOutcome>;
