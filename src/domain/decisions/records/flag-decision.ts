import { spoken } from '../../duration.js';
import { settingText } from '../../flag.js';
import type { FlagObservation } from '../../flag-change.js';
import { changeLogPath } from './change-log.js';
import { chainComment, notice } from './facts.js';
import type { ChainPlace, FlagFacts } from './facts.js';
import type { FollowUp } from '../../follow-up.js';
import { followUpTable } from './follow-ups.js';
import { operator } from './people.js';
import type { Approver } from './people.js';
import { bullets, link, md, page, shown, table } from './text.js';
import { verdictText } from './timeline.js';

/** `DEC-DEPLOY-####`: why a flag was changed in production, who agreed, and what was seen; of a way back also what is owed. */
export function flagDecision(
  change: FlagFacts,
  about: {
    readonly own: { readonly id: string; readonly path: string };
    readonly by: readonly Approver[];
    readonly chain: ChainPlace;
    readonly followUps: readonly FollowUp[];
  },
): string {
  const { order, outcome } = change;
  const { own, by } = about;
  const shortened = notice(order.profile);
  const back = outcome.kind === 'rolled-back';
  return page([
    `# ${own.id} — Flag ${md(order.flag)} in ${md(order.environment)}`,
    `**Status:** ${back ? 'Draft' : 'Decided'}`,
    shortened && `**${md(shortened)}**`,
    `## Decision Date\n\n${outcome.setAt?.slice(0, 10) ?? ''}`,
    `## Participants\n\n${bullets(participants(change, by))}`,
    `## Problem Statement\n\n${md(order.reason, 2_000)}`,
    `## Candidate Thoughts\n\n${bullets(thoughts(change))}`,
    `## Evaluation\n\n${evaluation(change)}`,
    `## Outcome\n\n${ending(change)}`,
    `## Cross-Links\n\n${bullets(crossLinks(change, own.path))}`,
    `## Follow-Up Actions\n\n${bullets(owed(change))}`,
    about.followUps.length === 0 ? undefined : followUpTable(about.followUps, own.path),
    chainComment(about.chain),
  ]);
}

const participants = ({ order, outcome }: FlagFacts, by: readonly Approver[]): readonly string[] => [
  `${operator(order.requester)}, asked for it at ${shown(order.requestedAt)} UTC`,
  ...by.map((a) => {
    const claimed = a.proved ? '' : ', name only claimed';
    const comment = a.comment === '' ? '' : `: ${md(a.comment, 500)}`;
    return `${md(a.person, 80)} (${md(a.role, 80)}${claimed}), approved it at ${shown(a.at)} UTC${comment}`;
  }),
  ...(outcome.rollback
    ? [`${md(outcome.rollback.demand.by)}, had it set back (${outcome.rollback.demand.cause})`]
    : []),
];

function thoughts({ outcome: { plan } }: FlagFacts): readonly string[] {
  const [from, to] = plan ? [settingText(plan.from), settingText(plan.to)] : ['', ''];
  return [
    `Set it to ${md(to)}: the way back is to set it to ${md(from)}, without a deployment`,
    `Leave it at ${md(from)}`,
  ];
}

function evaluation({ order, outcome }: FlagFacts): string {
  const { before, observation } = outcome;
  if (!order.observe) return 'Nobody asked to have the service watched.';
  const seen = [
    ...(before ? [row('before', before)] : []),
    ...(observation ? [row('with the flag set', observation)] : []),
  ];
  const verdict = observation ? verdictText(observation.verdict) : 'It was set back before the window was over.';
  return `${md(order.observe.service)} in ${md(order.environment)}, its stable lane:\n\n${table(
    ['window', 'from (UTC)', 'to (UTC)', 'requests', 'errors', 'p95'],
    seen,
  )}\n\n${verdict}`;
}

const row = (window: string, { from, to, seen }: FlagObservation): readonly string[] => [
  window,
  shown(from),
  shown(to),
  String(seen.requests),
  String(seen.errors),
  seen.p95Ms === undefined ? '–' : `${Math.round(seen.p95Ms)} ms`,
];

function ending({ outcome }: FlagFacts): string {
  const { plan, setAt, rollback } = outcome;
  const set = `Set at ${shown(setAt ?? outcome.endedAt)} UTC: ${plan ? md(`${settingText(plan.from)} → ${settingText(plan.to)}`) : ''}.`;
  if (!rollback) return set;
  const { demand, safeAt, timeToDetectMs, timeToSafeMs } = rollback;
  return bullets([
    set,
    `Set back at ${shown(safeAt)} UTC, read back. ${md(demand.by)}: ${md(demand.reason, 1_000)}`,
    ...(timeToDetectMs === undefined ? [] : [`Time to detect: ${spoken(timeToDetectMs)}`]),
    `Time to safe: ${spoken(timeToSafeMs)}`,
  ]);
}

const crossLinks = ({ order, outcome }: FlagFacts, from: string): readonly string[] => [
  'SPEC-0701, REQ-0701-0750',
  `${link('Change Log', { from, to: changeLogPath })}, ${md(order.changeId)}`,
  ...(outcome.path === undefined ? [] : [link('flags', { from, to: outcome.path })]),
];

const owed = ({ order, outcome }: FlagFacts): readonly string[] =>
  outcome.kind === 'rolled-back'
    ? [
        '*To be completed by service-owner: root cause, and what would have found it before customers did.*',
        `*To be completed by governance-sentinel: the decision on ${md(order.flag)}.*`,
      ]
    : [`Take ${md(order.flag)} out of the code once it is no longer needed, and put its name among the retired.`];
