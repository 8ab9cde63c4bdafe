import type { AlertRecord } from '../../alert.js';
import type { CommandRecord } from '../../command.js';
import type { Demand, LaneFigures, Observation, RolloutOutcome, RolloutPlan } from '../../rollout.js';
import { sentence } from '../../rollout.js';
import type { JudgedBy } from '../../judged.js';
import type { Series } from '../../series.js';
import type { Verdict } from '../../verdict.js';
import type { MetricReport } from '../../window-metric.js';
import { type DataEntry, dataEntry } from './data.js';
import { notice } from './facts.js';
import type { ChainPlace, RolloutFacts } from './facts.js';
import { metricEntries, type MetricEntries } from './metrics.js';
import { approvers, operatorRole, roleName } from './people.js';
import { type GateEntry, gateEntries } from './gate-log.js';
import type { RolloutPaths } from './rollout-paths.js';
import { type AcknowledgementEntry, acknowledgementEntries } from './acknowledgement-entry.js';
import { type CalendarEntry, calendarEntry, type ReadinessEntry, readinessEntry } from './before-entry.js';
import { line, toSecond } from './text.js';

/** `logs/deployments/deploy_<timestamp>.json`: the eight fields of SPEC-0701 first and in its order, then ours. */
export interface DeployLog {
  readonly timestamp: string;
  readonly environment: string;
  readonly version: string;
  readonly commit: string;
  readonly operator: string;
  readonly strategy: string;
  readonly approvals: readonly string[];
  readonly verification: string;
  readonly change_id: string;
  readonly service: string;
  readonly digest: string;
  readonly tag: string;
  readonly former?: { readonly version: string; readonly digest: string };
  readonly outcome: RolloutOutcome['kind'];
  readonly people: { readonly operator: string; readonly approvers: readonly ApproverEntry[] };
  readonly profile: string;
  readonly compressed: boolean;
  readonly notice?: string;
  /** The environment's quality gates; only where it has some. */
  readonly gates?: readonly GateEntry[];
  /** The readiness checklist as it was judged when it began: who showed what, when, and where it is written down. */
  readonly readiness?: readonly ReadinessEntry[];
  /** Why it could begin at that hour, and by which time zone data; only where the environment has a calendar. */
  readonly calendar?: CalendarEntry;
  readonly customers_told?: { readonly at: string; readonly text: string };
  /** Why it could not wait; only of an emergency release. */
  readonly emergency?: string;
  readonly plan_hash: string;
  readonly begun_at: string;
  readonly ended_at: string;
  readonly steps: readonly StepEntry[];
  readonly observations: readonly ObservationEntry[];
  readonly smoke: readonly SmokeEntry[];
  /** Only of a rollout that migrates data or takes a migration back. */
  readonly data?: DataEntry;
  readonly rollback?: RollbackEntry;
  readonly unanswered?: Demand;
  readonly commands?: readonly CommandEntry[];
  readonly alerts?: readonly AlertEntry[];
  /** Who on call had acknowledged its rollback when it was recorded. */
  readonly acknowledged?: readonly AcknowledgementEntry[];
  /** What a person has taken in hand: not done when the rollout ended. */
  readonly left_undone?: readonly string[];
  readonly chain: ChainPlace;
}

interface ApproverEntry {
  readonly person: string;
  readonly role: string;
  readonly via: string;
  readonly proved: boolean;
  readonly at: string;
  readonly comment: string;
}

export interface StepEntry {
  readonly id: string;
  readonly direction: 'forth' | 'back';
  readonly what: string;
  readonly begun_at: string;
  readonly ended_at?: string;
  readonly verdict?: Verdict;
  /** A person went on in spite of the verdict. */
  readonly overruled?: { readonly by: string; readonly reason: string; readonly how: string };
}

/** A command as it was heard in this rollout; those without effect as well. */
export interface CommandEntry {
  readonly at: string;
  readonly command: string;
  readonly by: string;
  readonly role: string;
  readonly via: string;
  readonly proved: boolean;
  readonly reason: string;
  readonly outcome: string;
  readonly answer: string;
}

/** An alert as it was heard in this rollout; those that moved nothing as well, with the reason. */
export interface AlertEntry {
  readonly at: string;
  readonly name: string;
  readonly severity: string;
  readonly status: string;
  readonly starts_at: string;
  readonly summary: string;
  readonly by: string;
  readonly outcome: string;
  readonly answer: string;
}

interface ObservationEntry extends MetricEntries {
  readonly step: string;
  /** Per cent of traffic on the candidate. */
  readonly share: number;
  readonly from: string;
  readonly to: string;
  readonly looks: number;
  readonly stable: LaneEntry;
  readonly candidate: LaneEntry;
  /** Only where it was compared with a fresh baseline: `stable` are the figures of that one. */
  readonly compared_with?: string;
  readonly verdict: Verdict;
  /** What it takes to judge it again: `slipway judge --replay`. */
  readonly judged_by?: JudgedBy;
  readonly series?: Series;
  /** What its metrics brought as time went by. */
  readonly metric_points?: readonly Pick<MetricReport, 'name' | 'points'>[];
}

export interface LaneEntry {
  readonly requests: number;
  readonly errors: number;
  readonly p95_ms?: number;
}

interface SmokeEntry {
  readonly log: string;
  readonly at: string;
  readonly lane: string;
  readonly version: string;
  readonly verdict: Verdict;
}

export interface RollbackEntry {
  readonly demand: Demand;
  readonly exposed_at?: string;
  readonly safe_at: string;
  readonly time_to_detect_ms?: number;
  readonly time_to_safe_ms: number;
  readonly verification?: Verdict;
  readonly incident?: string;
  readonly decision?: string;
}

/** The deploy log of a rollout that ended. */
export function deployLog(rollout: RolloutFacts, paths: RolloutPaths, chain: ChainPlace): DeployLog {
  const { order, plan, outcome } = rollout;
  const agreed = approvers(rollout);
  const shortened = notice(order.profile);
  const data = dataEntry(plan, outcome);
  return {
    timestamp: toSecond(outcome.endedAt),
    environment: plan.place.environment,
    version: `v${plan.to.version}`,
    commit: plan.to.commit,
    operator: roleName(operatorRole(order.requester)),
    strategy: plan.strategy,
    approvals: agreed.map((a) => roleName(a.role)),
    verification: paths.smokeLogs.at(-1) ?? 'none',
    change_id: order.changeId,
    service: order.service,
    digest: plan.to.digest,
    tag: plan.to.tag,
    ...(plan.from && { former: { version: plan.from.version, digest: plan.from.digest } }),
    outcome: outcome.kind,
    people: {
      operator: line(order.requester.person, 80),
      approvers: agreed.map(({ person, role, via, proved, at, comment }) => {
        return { person: line(person, 80), role, via, proved, at, comment: line(comment, 1_000) };
      }),
    },
    profile: order.profile.name,
    compressed: order.profile.compressed,
    ...(shortened !== undefined && { notice: shortened }),
    ...(rollout.gates && { gates: gateEntries(rollout, paths) }),
    ...(rollout.readiness && { readiness: rollout.readiness.items.map(readinessEntry) }),
    ...(rollout.calendar && { calendar: calendarEntry(rollout.calendar) }),
    ...(rollout.customers && { customers_told: { at: rollout.customers.at, text: line(rollout.customers.text, 500) } }),
    ...(order.emergency && { emergency: line(order.emergency.reason, 500) }),
    plan_hash: plan.hash,
    begun_at: outcome.begunAt,
    ended_at: outcome.endedAt,
    steps: stepEntries(outcome, plan),
    observations: outcome.observations.map(observationEntry),
    smoke: smokeEntries(outcome, paths),
    ...(data && { data }),
    ...rollbackEntry(outcome, paths),
    ...(outcome.unanswered && { unanswered: plainDemand(outcome.unanswered) }),
    ...(outcome.commands && { commands: commandEntries(outcome.commands) }),
    ...(outcome.alerts && { alerts: alertEntries(outcome.alerts) }),
    ...(rollout.acknowledged &&
      outcome.rollback && {
        acknowledged: acknowledgementEntries(rollout.acknowledged, outcome.rollback.demand.at),
      }),
    ...(outcome.leftUndone && { left_undone: outcome.leftUndone }),
    chain,
  };
}

/** A demand with what people wrote brought to one bounded line. */
const plainDemand = (demand: Demand): Demand => ({
  by: line(demand.by, 80),
  reason: line(demand.reason, 1_000),
  at: demand.at,
  cause: demand.cause,
});

export const stepEntries = (outcome: RolloutOutcome, plan: RolloutPlan): readonly StepEntry[] =>
  outcome.steps.map((step) => ({
    id: step.id,
    direction: step.direction,
    what: step.does ?? sentence(step.step, plan),
    begun_at: step.begunAt,
    ...(step.endedAt !== undefined && { ended_at: step.endedAt }),
    ...(step.verdict && { verdict: step.verdict }),
    ...(step.overruled && {
      overruled: { ...step.overruled, by: line(step.overruled.by, 80), reason: line(step.overruled.reason, 1_000) },
    }),
  }));

/** Commands with what people wrote brought to bounded lines. */
export const commandEntries = (commands: readonly CommandRecord[]): readonly CommandEntry[] =>
  commands.map(({ at, kind, by, roles, via, proved, reason, outcome, said }) => ({
    at,
    command: kind,
    by: line(by, 80),
    role: line(roles.join(', ') || 'no role', 200),
    via,
    proved,
    reason: line(reason, 1_000),
    outcome,
    answer: line(said, 1_000),
  }));

/** Alerts with what monitors wrote brought to bounded lines. */
const alertEntries = (alerts: readonly AlertRecord[]): readonly AlertEntry[] =>
  alerts.map(({ at, name, severity, status, startsAt, summary, by, outcome, said }) => ({
    at,
    name: line(name, 200),
    severity: line(severity, 40),
    status,
    starts_at: line(startsAt, 40),
    summary: line(summary, 500),
    by: line(by, 80),
    outcome,
    answer: line(said, 1_000),
  }));

const observationEntry = (seen: Observation): ObservationEntry => ({
  step: seen.stepId,
  share: seen.share,
  from: seen.from,
  to: seen.to,
  looks: seen.looks,
  stable: laneEntry(seen.stable),
  candidate: laneEntry(seen.candidate),
  ...(seen.control && { compared_with: 'a fresh baseline' }),
  verdict: seen.verdict,
  ...metricEntries(seen),
  ...(seen.judgedBy && { judged_by: seen.judgedBy, ...judgedFrom(seen) }),
});

const judgedFrom = ({ series, metrics }: Observation): Pick<ObservationEntry, 'series' | 'metric_points'> => ({
  ...(series && { series }),
  ...(metrics && { metric_points: metrics.map(({ name, points }) => ({ name, points })) }),
});

const laneEntry = ({ requests, errors, p95Ms }: LaneFigures): LaneEntry => ({
  requests,
  errors,
  ...(p95Ms !== undefined && { p95_ms: p95Ms }),
});

const smokeEntries = (outcome: RolloutOutcome, paths: RolloutPaths): readonly SmokeEntry[] =>
  outcome.smoke.flatMap(({ at, lane, version, verdict }, index) => {
    const log = paths.smokeLogs[index];
    return log === undefined ? [] : [{ log, at, lane, version, verdict }];
  });

function rollbackEntry({ rollback }: RolloutOutcome, paths: RolloutPaths): { readonly rollback?: RollbackEntry } {
  if (!rollback) return {};
  const { demand, exposedAt, safeAt, timeToDetectMs, timeToSafeMs, verification } = rollback;
  return {
    rollback: {
      demand: plainDemand(demand),
      ...(exposedAt !== undefined && { exposed_at: exposedAt }),
      safe_at: safeAt,
      ...(timeToDetectMs !== undefined && { time_to_detect_ms: timeToDetectMs }),
      time_to_safe_ms: timeToSafeMs,
      ...(verification && { verification }),
      ...(paths.incident && { incident: paths.incident.page }),
      ...(paths.decision && { decision: paths.decision.path }),
    },
  };
}
