import { settingText, wantedText } from '../../flag.js';
import type { FlagRequest } from '../../flag-change.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { ChangeRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { notice } from './facts.js';
import type { FlagFacts, RecordedEvent } from './facts.js';
import type { FollowUp } from '../../follow-up.js';
import { followUpFiles, followUpPhrase, openedBy, owedOfDecision } from './follow-ups.js';
import { flagDecision } from './flag-decision.js';
import { nextChangeId, nextDecisionId } from './numbers.js';
import { agreed, approvalChain, operator } from './people.js';
import type { Approver } from './people.js';
import { line, link, md, segment, shown } from './text.js';

type Opened = Extract<RecordedEvent, { kind: 'flag-change-opened' }>;
type Changed = Extract<RecordedEvent, { kind: 'flag-changed' }>;

/** A change of a flag gets its number, and the planned row. */
export function openedFlag({ kind, eventId, request }: Opened, facts: RecordFacts): DecidedEntry {
  const changeId = nextChangeId(request.requestedAt, facts.isChangeId);
  return {
    at: request.requestedAt,
    kind,
    eventId,
    actor: line(request.requester.person, 80),
    changeId,
    files: [],
    rows: [renderRow(plannedRow(request, changeId))],
    subject: line(`flag ${request.flag} to be ${wantedText(request.to)} in ${request.environment}`, 120),
  };
}

/** How it ended: a row, and for a flag that was set in production the decision record that the spec asks for. */
export function changedFlag({ kind, eventId, change }: Changed, facts: RecordFacts): DecidedEntry {
  const { order, outcome } = change;
  const demand = outcome.rollback?.demand;
  const actor = demand === undefined ? order.requester.person : demand.cause === 'person' ? demand.by : 'slipway';
  const decision = decisionPath(change, facts);
  const by = approversOf(change);
  const followUps = decision ? followUpsOf(change, decision, facts) : [];
  return {
    at: outcome.endedAt,
    kind,
    eventId,
    actor: line(actor, 80),
    changeId: order.changeId,
    files: decision
      ? [
          { path: decision.path, content: flagDecision(change, { own: decision, by, chain: facts.chain, followUps }) },
          ...followUpFiles(followUps, { ...facts, profile: order.profile }),
        ]
      : [],
    rows: [renderRow(endedRow(change, by, decision, followUps))],
    ...(outcome.path !== undefined && outcome.setAt !== undefined && { beside: [outcome.path] }),
    subject: line(`flag ${order.flag} in ${order.environment}: ${phrase(change)}`, 120),
  };
}

/** A flag that went back leaves a draft to be completed; one that was set as it was decided leaves nothing. */
function followUpsOf(
  { order, outcome, followUps: policy }: FlagFacts,
  { id, path: from }: NonNullable<ReturnType<typeof decisionPath>>,
  facts: RecordFacts,
): readonly FollowUp[] {
  if (outcome.kind !== 'rolled-back') return [];
  const service = order.observe?.service;
  return openedBy(
    {
      ...{ changeId: order.changeId, at: outcome.endedAt, from },
      ...(service !== undefined && { service }),
      ...(policy && { policy }),
    },
    owedOfDecision(id),
    facts,
  );
}

function decisionPath({ order, outcome }: FlagFacts, facts: RecordFacts) {
  if (order.tier !== 'production' || outcome.setAt === undefined) return undefined;
  const id = nextDecisionId(facts.isDecisionId);
  const slug = segment(`flag-${order.flag}-in-${order.environment}`.replace(/[._]/g, '-')).toLowerCase();
  return { id, path: `docs/decisions/${id}-${slug}.md` };
}

function approversOf({ order, outcome, approvals }: FlagFacts): readonly Approver[] {
  const { plan } = outcome;
  if (!plan) return [];
  const subject = { gate: order.environment, digest: plan.digest, planHash: plan.hash };
  return agreed({ policy: order.approval, subject, roster: order.roster }, approvals);
}

function plannedRow(request: FlagRequest, changeId: string): ChangeRow {
  const { flag, environment, to, reason, approval } = request;
  const asked = approval.roles.map((role) => md(role, 80)).join(' and ');
  const watched = request.observe ? `, then ${md(request.observe.service)} is watched` : '';
  const how = `${asked === '' ? '' : ` (asks ${asked})`}${watched}`;
  return {
    changeId,
    date: shown(request.requestedAt),
    description: said(
      request,
      `planned flag ${md(flag)} in ${md(environment)}: ${md(wantedText(to))}${how} — ${md(reason)}`,
    ),
    impactedIds: impacted(request),
    operator: operator(request.requester),
    verification: 'planned',
  };
}

function endedRow(
  change: FlagFacts,
  by: readonly Approver[],
  decision: ReturnType<typeof decisionPath>,
  followUps: readonly FollowUp[],
): ChangeRow {
  const { order, outcome } = change;
  const approved = by.length === 0 ? '' : `, approved by ${approvalChain(by)}`;
  const owed = followUps.length === 0 ? '' : `. Follow-up: ${followUpPhrase(followUps)}`;
  return {
    changeId: order.changeId,
    date: shown(outcome.endedAt),
    description: said(
      order,
      `flag ${md(order.flag)} in ${md(order.environment)}: ${md(phrase(change), 1_000)}${approved}${owed}`,
    ),
    impactedIds: `${impacted(order)}${decision ? `, ${decision.id}` : ''}`,
    operator: operator(order.requester),
    verification: verification(change, decision),
  };
}

/** What came of it, as plain text. */
export function phrase({ outcome }: Pick<FlagFacts, 'outcome'>): string {
  const { kind, plan, reason, rollback } = outcome;
  const step = plan ? `${settingText(plan.from)} → ${settingText(plan.to)}` : '';
  if (kind === 'succeeded') return `set, ${step}`;
  if (kind === 'unchanged') return `unchanged, ${plan ? settingText(plan.to) : ''} already`;
  const back = rollback ? `${rollback.demand.by}: ${rollback.demand.reason}` : reason;
  return kind === 'rolled-back' ? `${step}, set back: ${back}` : `${kind}: ${reason}`;
}

function verification({ outcome }: FlagFacts, decision: ReturnType<typeof decisionPath>): string {
  const { observation, path, setAt } = outcome;
  const watched = observation
    ? `watched, ${observation.verdict.kind}`
    : setAt === undefined
      ? 'nothing was set'
      : 'read back';
  const links = [
    ...(path === undefined ? [] : [link('flags', { from: changeLogPath, to: path })]),
    ...(decision ? [link(decision.id, { from: changeLogPath, to: decision.path })] : []),
  ];
  return links.length === 0 ? watched : `${watched}: ${links.join(', ')}`;
}

const impacted = ({ flag, observe }: FlagRequest): string =>
  [md(flag), ...(observe ? [md(observe.service)] : []), 'SPEC-0701'].join(', ');

const said = ({ profile }: FlagRequest, text: string): string => {
  const compressed = notice(profile);
  return compressed === undefined ? text : `${text} [${md(compressed)}]`;
};
