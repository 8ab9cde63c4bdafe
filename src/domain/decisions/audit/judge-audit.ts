import {
  type AuditReport,
  quarterSpan,
  type RecordedEntry,
  type RecordedFile,
  type RolloutCounts,
} from '../../audit.js';
import { after, type Instant } from '../../duration.js';
import { type Debt, isOverdue } from '../../emergency.js';
import { Refused } from '../../failure.js';
import type { FollowUpStanding } from '../../follow-up.js';
import type { Governed } from '../../governed.js';
import { type Evidence, type ReadinessItem, standingOf } from '../../readiness.js';
import type { DeployLog } from '../records/deploy-log.js';
import { auditFindings } from './audit-findings.js';
import { auditedFollowUps } from './follow-ups.js';
import { doraOf } from './dora.js';
import { auditedRollbacks } from './rollbacks.js';
import { spreadOf } from './spread.js';

/** A governed service, and what its mailbox says of it. */
export interface AuditedService extends Governed {
  readonly debts: readonly Debt[];
  readonly evidence: readonly Evidence[];
}

/** All that a report is made of: the records, and what is owed at the moment it is made. */
export interface AuditFacts {
  readonly quarter: string;
  readonly now: Instant;
  readonly chain: AuditReport['chain'];
  readonly entries: readonly RecordedEntry[];
  /** What the entries of the quarter left, as far as it is there. */
  readonly files: readonly RecordedFile[];
  readonly services: readonly AuditedService[];
  /** All there are, as they stand now. */
  readonly followUps: readonly FollowUpStanding[];
}

/** How many findings of the chain a report repeats; the verdict says how many there are. */
const mostChainFindings = 50;

/** What must have been rehearsed before anything may go into production. */
const rehearsed: readonly ReadinessItem[] = ['rollback-rehearsed', 'restore-tested'];

/** The quarter's span. Refused as `invalid` where it is none. */
export function spanOf(quarter: string): { readonly from: Instant; readonly to: Instant } {
  const span = quarterSpan(quarter);
  if (!span) throw new Refused('invalid', `quarter: met "${quarter}"; wanted a year and a quarter such as 2026-Q4`);
  return span;
}

/** What the files of a report are: those of entries in the quarter. */
export const pathsOf = (entries: readonly RecordedEntry[], quarter: string): readonly string[] =>
  inQuarter(entries, spanOf(quarter)).flatMap(({ paths }) => paths.filter((path) => /\.(json|md)$/.test(path)));

/** The governance audit of a quarter. The same facts give the same report. */
export function judgeAudit(facts: AuditFacts): AuditReport {
  const { quarter, now, chain, services, files } = facts;
  const { from, to } = spanOf(quarter);
  const entries = inQuarter(facts.entries, { from, to });
  const logs = parsed(files, /^logs\/deployments\//) as readonly DeployLog[];
  const production = services.flatMap((service) => service.production);
  const inProduction = logs.filter(({ environment }) => production.includes(environment));
  const openedAt = new Map(
    facts.entries.flatMap((e) => (e.kind === 'change-opened' ? [[e.changeId, e.at] as const] : [])),
  );
  const within = { from, to: to < now ? to : now, openedAt };
  const rollbacks = auditedRollbacks(logs);
  const report: Omit<AuditReport, 'findings'> = {
    ...{ quarter, from, to, at: now },
    chain: { ...chain, findings: chain.findings.slice(0, mostChainFindings) },
    rollouts: countsOf(logs),
    compressed: logs.filter(({ compressed }) => compressed).length,
    flagChanges: entries.filter(({ kind }) => kind === 'flag-changed').length,
    approvals: approvalsOf(logs),
    emergencies: logs.flatMap((log) =>
      log.emergency === undefined ? [] : [{ ...about(log), version: log.version, reason: log.emergency }],
    ),
    exceptions: logs.flatMap((log) => (log.calendar?.exception ? [{ ...about(log), ...log.calendar.exception }] : [])),
    rollbacks,
    decisions: decisionsOf(entries, files),
    debts: {
      owed: services.flatMap(({ service, debts }) =>
        debts.map((debt) => ({ service, changeId: debt.changeId, due: debt.due, overdue: isOverdue(debt, now) })),
      ),
      settled: entries.filter(({ kind }) => kind === 'debt-settled').length,
    },
    drills: drillsOf(files),
    rehearsals: services.flatMap((service) => rehearsalsOf(service, now)),
    dora: doraOf(inProduction, within),
    doraByService: Object.fromEntries(
      services.map(({ service }) => [
        service,
        doraOf(
          inProduction.filter((log) => log.service === service),
          within,
        ),
      ]),
    ),
    timeToDetect: spreadOf(rollbacks.flatMap(({ timeToDetectMs: took }) => (took === undefined ? [] : [took]))),
    timeToSafe: spreadOf(rollbacks.map(({ timeToSafeMs }) => timeToSafeMs)),
    followUps: auditedFollowUps(facts.followUps, { from, to }),
  };
  return { ...report, findings: auditFindings(report, { inProduction, chainFindings: chain.findings.length }) };
}

const inQuarter = (
  entries: readonly RecordedEntry[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): readonly RecordedEntry[] => entries.filter(({ at }) => at >= from && at < to);

/** What has the letters it was recorded with was written by us; what has not is a finding of the chain, and counts for nothing. */
const parsed = (files: readonly RecordedFile[], where: RegExp): readonly unknown[] =>
  files.filter(({ path, intact }) => intact && where.test(path)).map(({ text }): unknown => JSON.parse(text));

const about = ({ change_id: changeId, service, environment, ended_at: at }: DeployLog) => ({
  ...{ changeId, service, environment, at },
});

function countsOf(logs: readonly DeployLog[]): readonly RolloutCounts[] {
  const places = new Map<string, DeployLog[]>();
  for (const log of logs) {
    const place = JSON.stringify([log.service, log.environment]);
    places.set(place, [...(places.get(place) ?? []), log]);
  }
  return [...places.values()].map((here) => {
    const count = (outcome: DeployLog['outcome']): number => here.filter((log) => log.outcome === outcome).length;
    return {
      ...{ service: here[0]?.service ?? '', environment: here[0]?.environment ?? '' },
      ...{ adopted: count('adopted'), rolledBack: count('rolled-back') },
      ...{ aborted: count('aborted'), takenOver: count('taken-over') },
    };
  });
}

function approvalsOf(logs: readonly DeployLog[]): AuditReport['approvals'] {
  const all = logs.flatMap(({ people }) => people.approvers);
  const roles: Record<string, number> = {};
  for (const { role } of all) roles[role] = (roles[role] ?? 0) + 1;
  return { given: all.length, claimed: all.filter(({ proved }) => !proved).length, roles };
}

function decisionsOf(entries: readonly RecordedEntry[], files: readonly RecordedFile[]): AuditReport['decisions'] {
  const written = entries.flatMap(({ paths }) => paths.filter((path) => path.startsWith('docs/decisions/')));
  const drafts = written.filter((path) => files.some((file) => file.path === path && isDraft(file.text)));
  return { written: written.length, drafts };
}

const isDraft = (text: string): boolean => /^\*\*Status:\*\* Draft\s*$/m.test(text);

interface DrillRecord {
  readonly drill: string;
  readonly reason: string;
  readonly service: string;
  readonly environment: string;
  readonly ended_at: Instant;
}

const drillsOf = (files: readonly RecordedFile[]): AuditReport['drills'] =>
  (parsed(files, /\/drill\.json$/) as readonly DrillRecord[]).map(
    ({ service, environment, ended_at: at, drill, reason }) => ({
      ...{ service, environment, at, drill, reason },
    }),
  );

function rehearsalsOf({ service, policy, evidence }: AuditedService, now: Instant): AuditReport['rehearsals'] {
  const { items } = standingOf(policy, evidence, { service, now });
  return items
    .filter(({ item }) => rehearsed.includes(item))
    .map(({ item, state, reason, evidence: shown }) => {
      const maxAge = policy[item]?.maxAge;
      const due = shown && maxAge !== undefined ? { due: after(shown.at, maxAge) } : {};
      return { service, item, state, ...due, reason };
    });
}
