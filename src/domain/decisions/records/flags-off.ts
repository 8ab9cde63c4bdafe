import { settingText } from '../../flag.js';
import { changeLogPath, renderRow } from './change-log.js';
import type { ChangeRow } from './change-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { chainComment, notice } from './facts.js';
import type { ChainPlace, FlagsOffFacts, RecordedEvent, RolloutFacts } from './facts.js';
import type { FollowUp } from '../../follow-up.js';
import { followUpFiles, followUpPhrase, followUpTable, openedBy, owedOfDecision } from './follow-ups.js';
import { nextDecisionId } from './numbers.js';
import { operator } from './people.js';
import { bullets, line, link, md, page, segment, shown } from './text.js';
import { verdictText } from './timeline.js';

type Event = Extract<RecordedEvent, { kind: 'flags-off' }>;

interface Own {
  readonly id: string;
  readonly path: string;
}

/** Flags that went off by themselves after a release had ended: a row and a decision record, as for every flag in production. */
export function turnedFlagsOff({ kind, eventId, off }: Event, facts: RecordFacts): DecidedEntry {
  const own = flagsOffPath(off, facts);
  const followUps = openedBy(
    {
      ...{ changeId: off.changeId, service: off.service, at: off.at, from: own.path },
      ...(off.followUps && { policy: off.followUps }),
    },
    owedOfDecision(own.id),
    facts,
  );
  return {
    at: off.at,
    kind,
    eventId,
    actor: 'slipway',
    changeId: off.changeId,
    files: [
      { path: own.path, content: flagsOffDecision(off, { own, chain: facts.chain, followUps }) },
      ...followUpFiles(followUps, { ...facts, profile: off.profile }),
    ],
    rows: [renderRow(rowOf(off, { own, followUps }))],
    subject: line(`${names(off)} turned off in ${off.environment} beside ${off.service} ${off.version}`, 120),
  };
}

/** The flags that a rollout turned off and left off, its version adopted all the same; nothing where there is none. */
export function flagsOffIn({ order, plan, outcome }: RolloutFacts): FlagsOffFacts | undefined {
  const { environment } = plan.place;
  const turned = outcome.steps.flatMap(({ step }) => (step.kind === 'set-flag' ? [step] : []));
  const production = order.stages.some((stage) => stage.environment === environment && stage.tier === 'production');
  if (turned.length === 0 || outcome.kind !== 'adopted' || !production) return undefined;
  const first = outcome.steps.find(({ step }) => step.kind === 'set-flag');
  const bad = outcome.steps.findLast(({ id, verdict }) => verdict?.kind === 'fail' && first?.id.startsWith(`${id}-`));
  return {
    ...{ changeId: order.changeId, service: order.service, version: plan.to.version, environment },
    ...{ requester: order.requester, profile: order.profile },
    at: first?.endedAt ?? outcome.endedAt,
    during: 'a window of the rollout',
    verdict: bad?.verdict ?? { kind: 'fail', reason: 'not known' },
    flags: turned.map(({ flag, to }) => ({ flag, off: to })),
  };
}

/** `DEC-DEPLOY-####-flag-express-off-in-production.md` */
export function flagsOffPath({ flags, environment }: FlagsOffFacts, facts: RecordFacts): Own {
  const id = nextDecisionId(facts.isDecisionId);
  const slug = `flag-${flags.map(({ flag }) => flag).join('-')}-off-in-${environment}`.replace(/[._]/g, '-');
  return { id, path: `docs/decisions/${id}-${segment(slug).toLowerCase()}.md` };
}

/** What is known is filled in, what is people's to decide is marked. */
export function flagsOffDecision(
  off: FlagsOffFacts,
  about: { readonly own: Own; readonly chain: ChainPlace; readonly followUps: readonly FollowUp[] },
): string {
  const { own } = about;
  const shortened = notice(off.profile);
  const released = `${md(off.service)} ${md(off.version)}`;
  return page([
    `# ${own.id} — ${md(names(off))} turned off in ${md(off.environment)}`,
    '**Status:** Draft',
    shortened && `**${md(shortened)}**`,
    `## Decision Date\n\n${off.at.slice(0, 10)}`,
    `## Participants\n\n${bullets([
      `${operator(off.requester)}, asked for the release that is bound to ${md(names(off))}`,
      'slipway, by the plan that was approved',
    ])}`,
    `## Problem Statement\n\nIn ${off.during}, ${released} met in ${md(off.environment)}: ${md(off.verdict.reason, 2_000)}`,
    `## Candidate Thoughts\n\n${bullets([
      `Turn ${md(names(off))} off and look again, before the version goes back: what was approved`,
      `Bring the version before ${released} back`,
    ])}`,
    `## Evaluation\n\n${verdictText(off.verdict)}`,
    `## Outcome\n\n${bullets(off.flags.map(({ flag, off: to }) => `${md(flag)} was set to ${md(settingText(to))} at ${shown(off.at)} UTC`))}`,
    `## Cross-Links\n\n${bullets(['SPEC-0701, REQ-0701-0750', `${link('Change Log', { from: own.path, to: changeLogPath })}, ${md(off.changeId)}`])}`,
    `## Follow-Up Actions\n\n${bullets([
      '*To be completed by service-owner: root cause, and what would have found it before customers did.*',
      `*To be completed by governance-sentinel: whether ${md(names(off))} is turned on again.*`,
    ])}\n\n${followUpTable(about.followUps, own.path)}`,
    chainComment(about.chain),
  ]);
}

function rowOf(
  off: FlagsOffFacts,
  { own, followUps }: { readonly own: Own; readonly followUps: readonly FollowUp[] },
): ChangeRow {
  const shortened = notice(off.profile);
  const what = `${md(names(off))} turned off in ${md(off.environment)}, ${md(off.service)} ${md(off.version)} is watched on without: ${md(off.verdict.reason)}. Follow-up: ${followUpPhrase(followUps)}`;
  return {
    changeId: off.changeId,
    date: shown(off.at),
    description: shortened === undefined ? what : `${what} [${md(shortened)}]`,
    impactedIds: `${md(off.service)}, ${off.flags.map(({ flag }) => `flag ${md(flag)}, `).join('')}SPEC-0701, ${own.id}`,
    operator: operator(off.requester),
    verification: `read back: ${link(own.id, { from: changeLogPath, to: own.path })}`,
  };
}

const names = ({ flags }: FlagsOffFacts): string =>
  `flag${flags.length === 1 ? '' : 's'} ${flags.map(({ flag }) => flag).join(' and ')}`;
