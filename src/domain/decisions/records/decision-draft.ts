import { changeLogPath } from './change-log.js';
import { chainComment } from './facts.js';
import { followUpTable } from './follow-ups.js';
import { impactText, times } from './incident-page.js';
import type { Incident, WentBack } from './incident.js';
import { bullets, link, md, page } from './text.js';
import { verdictText } from './timeline.js';

/** The draft that a rollback leaves for people to complete: what is known is filled in, what is theirs is marked. */
export function decisionDraft(
  back: WentBack,
  facts: Incident,
  own: { readonly id: string; readonly path: string },
): string {
  const { log, paths } = back;
  return page([
    `# ${own.id} — Rollback of ${released(log)} in ${md(log.environment)}`,
    '**Status:** Draft',
    log.notice && `**${md(log.notice)}**`,
    `## Decision Date\n\nDrafted ${log.ended_at.slice(0, 10)}. ${todo('date of the decision', 'governance-sentinel')}`,
    `## Participants\n\n${bullets(participants(back))}`,
    `## Problem Statement\n\n${md(facts.summary, 2_000)}`,
    impactText(facts.impact, facts.rollback),
    times(facts.rollback),
    todo('root cause', 'service-owner'),
    `## Candidate Thoughts\n\n${bullets(thoughts(log))}`,
    '## Evaluation',
    bullets(log.observations.map((o) => `${md(o.step)} at ${o.share} %: ${verdictText(o.verdict)}`)),
    todo('prevention steps and why they suffice', 'service-owner'),
    `## Outcome\n\n${outcome(back)}`,
    todo('the decision', 'governance-sentinel'),
    `## Cross-Links\n\n${bullets(crossLinks(log, paths, own.path))}`,
    `## Follow-Up Actions\n\n${followUpTable(facts.follow_ups, own.path)}`,
    chainComment(log.chain),
  ]);
}

const todo = (what: string, role: string): string => `*To be completed by ${role}: ${what}.*`;

const released = (log: WentBack['log']): string => md(`${log.service} ${log.version}`);

const participants = ({ log, rollback }: WentBack): readonly string[] => [
  `${md(log.people.operator)} (${md(log.operator.toLowerCase())}, asked for the release)`,
  ...log.people.approvers.map((a) => `${md(a.person)} (${md(a.role)}, approved the rollout)`),
  `${md(rollback.demand.by)} (demanded the rollback: ${rollback.demand.cause})`,
  todo('who decided', 'governance-sentinel'),
];

const thoughts = (log: WentBack['log']): readonly string[] => [
  `Correct the cause and release it anew, after ${released(log)}. ${todo('judge', 'service-owner')}`,
  `Leave the former version in place and withdraw the change. ${todo('judge', 'service-owner')}`,
  `Change what would have found this earlier: gates, smoke suite, windows, criteria. ${todo('judge', 'implementation-wrangler')}`,
];

const outcome = ({ rollback }: WentBack): string =>
  rollback.verification
    ? `The way back was taken. Verified afterwards: ${verdictText(rollback.verification)}`
    : 'The way back was taken. Nothing ran before; there was nothing to verify.';

const crossLinks = (log: WentBack['log'], paths: WentBack['paths'], from: string): readonly string[] => [
  'SPEC-0701, REQ-0701-0750',
  `${link('Change Log', { from, to: changeLogPath })}, ${md(log.change_id)}`,
  link('deploy log', { from, to: paths.deployLog }),
  ...paths.smokeLogs.map((to) => link('smoke log', { from, to })),
  ...(paths.incident ? [link('incident', { from, to: paths.incident.page })] : []),
];
