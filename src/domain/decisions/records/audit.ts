import type { AuditReport, DoraFigures, Spread } from '../../audit.js';
import { spoken } from '../../duration.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { chainComment, json, type RecordedEvent } from './facts.js';
import { freeName } from './numbers.js';
import { bullets, line, link, md, page, shown, table } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'audit-reported' }>;

/** The governance audit of a quarter: for programs, and for who reads it. */
export function reportedAudit({ kind, eventId, audited }: Event, facts: RecordFacts): DecidedEntry {
  const { report, by } = audited;
  const folder = freeName((more) => `artifacts/integration/audit-${report.quarter}${more}`, facts.isTaken);
  const path = `${folder}/audit.md`;
  return {
    at: report.at,
    kind,
    eventId,
    actor: line(by, 80),
    changeId: '',
    files: [
      { path, content: auditPage(report, { path, chain: chainComment(facts.chain) }) },
      { path: `${folder}/audit.json`, content: json({ asked_by: line(by, 80), report, chain: facts.chain }) },
    ],
    rows: [],
    subject: line(`governance audit of ${report.quarter}: ${report.findings.length} to look at`, 120),
  };
}

function auditPage(report: AuditReport, own: { readonly path: string; readonly chain: string }): string {
  const { quarter, from, to, at, compressed } = report;
  return page(
    [
      `# Governance audit ${quarter}`,
      `From ${shown(from)} up to ${shown(to)} UTC, as of ${shown(at)} UTC.`,
      compressed > 0 && `**${compressed} rollouts ran under shortened windows: not evidence for SPEC-0701**`,
      `## To look at\n\n${findings(report)}`,
      `## Chain of the records\n\n${chainText(report)}`,
      `## Releases\n\n${rollouts(report)}`,
      `## Figures\n\n${figures(report)}`,
      `## Approvals\n\n${approvals(report)}`,
      `## Emergencies and exceptions\n\n${unusual(report)}`,
      `## Rollbacks\n\n${rollbacks(report, own.path)}`,
      `## Rehearsals\n\n${rehearsals(report)}`,
      `## Owed\n\n${owed(report, own.path)}`,
      own.chain,
    ].map((part) => part || undefined),
  );
}

const orNone = (texts: readonly string[]): string => (texts.length === 0 ? 'None.' : bullets(texts));

const findings = ({ findings: all }: AuditReport): string =>
  orNone(
    all.map(
      ({ text, owner, command }) =>
        `${md(text, 1_000)} — ${md(owner)}${command === undefined ? '' : `: \`${command}\``}`,
    ),
  );

const chainText = ({ chain: { verified, records, findings: found } }: AuditReport): string =>
  verified
    ? `${records} entries, and the chain holds.`
    : `${records} entries: **the chain does not hold**.\n\n${bullets(found.map((text) => md(text, 500)))}`;

const rollouts = ({ rollouts: all, flagChanges }: AuditReport): string =>
  [
    all.length === 0
      ? 'No rollout ended.'
      : table(
          ['service', 'environment', 'adopted', 'rolled back', 'aborted', 'taken over'],
          all.map((one) => [
            ...[md(one.service), md(one.environment)],
            ...[one.adopted, one.rolledBack, one.aborted, one.takenOver].map(String),
          ]),
        ),
    `Changes of flags: ${flagChanges}.`,
  ].join('\n\n');

function figures({ dora, doraByService, timeToDetect, timeToSafe }: AuditReport): string {
  const heads = ['production', 'deployments', 'a week', 'lead time', 'change failure rate', 'time to restore'];
  const rows = [['all', dora] as const, ...Object.entries(doraByService)];
  return [
    table(
      heads,
      rows.map(([name, of]) => [md(name), ...doraCells(of)]),
    ),
    'Lead time runs from the request of a release to its adoption. A failed change went back after users had met it, or was taken back after its adoption. Time to restore runs from the first users on it, or from asking for the comeback. Times are median and 95th percentile.',
    bullets([`Time to detect: ${spread(timeToDetect)}`, `Time to safe: ${spread(timeToSafe)}`]),
  ].join('\n\n');
}

const doraCells = (of: DoraFigures): readonly string[] => [
  String(of.deployments),
  String(of.deploymentsPerWeek),
  spread(of.leadTime),
  of.changeFailureRate === undefined
    ? 'no change'
    : `${of.failed} of ${of.changes} (${Number((of.changeFailureRate * 100).toFixed(1))} %)`,
  spread(of.timeToRestore),
];

const spread = ({ count, medianMs, p95Ms }: Spread): string =>
  medianMs === undefined || p95Ms === undefined ? 'none' : `${spoken(medianMs)}, ${spoken(p95Ms)} (of ${count})`;

const approvals = ({ approvals: { given, claimed, roles } }: AuditReport): string =>
  orNone([
    `${given} given, ${claimed} of them by a name that nothing proved`,
    ...Object.entries(roles).map(([role, count]) => `${md(role)}: ${count}`),
  ]);

const unusual = ({ emergencies, exceptions }: AuditReport): string =>
  orNone([
    ...emergencies.map((of) => `EMERGENCY ${about(of)} ${md(of.version)}: ${md(of.reason)}`),
    ...exceptions.map((of) => `exception ${about(of)}, allowed by ${md(of.approver)}: ${md(of.reason)}`),
  ]);

const about = (of: {
  readonly changeId: string;
  readonly service: string;
  readonly environment: string;
  readonly at: string;
}): string => `${md(of.changeId)} (${shown(of.at)}): ${md(of.service)} in ${md(of.environment)}`;

const rollbacks = ({ rollbacks: all }: AuditReport, from: string): string =>
  orNone(
    all.map((back) => {
      const records = [
        ...(back.incident === undefined ? [] : [link('incident', { from, to: back.incident })]),
        ...(back.decision === undefined ? [] : [link('decision', { from, to: back.decision })]),
      ];
      const links = records.length === 0 ? '' : ` (${records.join(', ')})`;
      return `${about(back)} ${md(back.version)}: ${md(back.reason)}; verification: ${back.verification}${links}`;
    }),
  );

const rehearsals = ({ drills, rehearsals: asked }: AuditReport): string =>
  orNone([
    ...drills.map(
      (of) => `drill of ${md(of.service)} in ${md(of.environment)} (${shown(of.at)}): ${of.drill}, ${md(of.reason)}`,
    ),
    ...asked.map(({ service, item, state, due, reason }) => {
      const until = due === undefined ? '' : `, ${state === 'holds' ? 'due' : 'was due'} ${shown(due)}`;
      return `${md(service)}: ${item} ${state}${until} — ${md(reason)}`;
    }),
  ]);

const owed = ({ debts, decisions, followUps }: AuditReport, from: string): string =>
  orNone([
    ...debts.owed.map(
      ({ service, changeId, due, overdue }) =>
        `review of ${md(changeId)} of ${md(service)}, ${overdue ? '**overdue** since' : 'due'} ${shown(due)}`,
    ),
    ...decisions.drafts.map((to) => `draft: ${link(md(to.split('/').at(-1) ?? to), { from, to })}`),
    ...(followUps?.open ?? []).map(
      ({ id, changeId, what, owner, due, overdue }) =>
        `${id} of ${md(changeId)}, ${md(owner)}, ${overdue ? '**overdue** since' : 'due'} ${due}: ${md(what, 1_000)}`,
    ),
    ...(followUps
      ? [`follow-ups opened: ${followUps.opened}; closed: ${followUps.closed}, ${followUps.late} of them late`]
      : []),
    `reviews settled: ${debts.settled}; decisions written: ${decisions.written}, still drafts: ${decisions.drafts.length}`,
  ]);
