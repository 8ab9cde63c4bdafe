import { spoken } from '../src/domain/duration.js';
import { settingText, wantedText } from '../src/domain/flag.js';
import type { FlagProgress } from '../src/domain/flag-change.js';
import { howToDecide, page, profileNote, refusals, said, table } from './details.js';

/** The page an approver of a flag reads in the Temporal UI (*User Metadata*). */
export function flagDetails(progress: FlagProgress): string {
  const { request, state, changeId, plan, outcome, stuck } = progress;
  const { flag, environment, requester, reason, profile } = request;
  return page([
    `# flag ${said(flag)} in ${environment}: ${state}`,
    `${changeId ?? 'not numbered yet'} · asked for by ${said(requester.person)}${profileNote(profile.compressed)}`,
    said(reason),
    stuck !== undefined && `**Stuck**: ${said(stuck)}. To try again send the signal \`retry\`.`,
    outcome && `**${outcome.kind}**: ${said(outcome.reason)}`,
    table(
      ['now', 'wanted', 'way back', 'watched'],
      [
        [
          plan ? said(settingText(plan.from)) : '–',
          said(plan ? settingText(plan.to) : wantedText(request.to)),
          plan ? said(settingText(plan.from)) : '–',
          watched(progress),
        ],
      ],
    ),
    !outcome && whatIsAsked(progress),
    approvals(progress),
    (state === 'setting' || state === 'observing') &&
      'To set it back now send the signal `rollback`, for example `{"person": "dave", "reason": "…"}`.',
    refusals(progress.refused),
  ]);
}

const watched = ({ request: { observe } }: FlagProgress): string =>
  observe ? `${observe.service} for ${spoken(observe.window.for)}` : 'nobody asked for it';

function whatIsAsked({ approval, plan, request }: FlagProgress): string | undefined {
  if (approval?.standing.kind !== 'waiting') return undefined;
  const { standing, expiresAt } = approval;
  return [
    `**Waits for ${standing.missing.join(' and ')}** until ${expiresAt}.`,
    `Approving means: ${plan ? `${said(settingText(plan.from))} → ${said(settingText(plan.to))}` : ''}, as long as nobody edits the flag meanwhile.`,
    ...howToDecide(request.approval),
  ].join('\n');
}

const approvals = ({ decisions }: FlagProgress): string | false =>
  decisions.length > 0 &&
  table(
    ['person', 'decision', 'comment'],
    decisions.map(({ person, decision, comment, proved }) => [
      `${said(person)}${proved ? '' : ' (name only claimed)'}`,
      decision,
      said(comment),
    ]),
  );
