import { between, days, type Instant } from '../duration.js';
import type { Finding } from '../finding.js';
import { dayOf, type Day, type FollowUp, type FollowUpStanding, type FollowUpWord } from '../follow-up.js';

/** Where every follow-up stands on a day, by what was said of it; in the order they were opened. */
export function followUpStandings(
  { opened, words }: { readonly opened: readonly FollowUp[]; readonly words: readonly FollowUpWord[] },
  now: Instant,
): readonly FollowUpStanding[] {
  return opened.map((one) => {
    const said = words.filter(({ id }) => id === one.id);
    const { owner, due } = said.reduce(changedBy, one);
    const open = dayOf(now) > due ? 'overdue' : 'open';
    return { ...one, owner, due, said, state: said.some(({ kind }) => kind === 'closed') ? 'closed' : open };
  });
}

const changedBy = (of: FollowUp, { owner = of.owner, due = of.due }: FollowUpWord): FollowUp => ({ ...of, owner, due });

/** Why a word on a follow-up is not recorded; nothing where it is. The same word told again is recorded already. */
export function whyNotSaid(of: FollowUpStanding, word: FollowUpWord): string | undefined {
  const closed = of.said.find(({ kind }) => kind === 'closed');
  if (!closed || (closed.at === word.at && closed.by === word.by)) return undefined;
  return `${of.id} was closed by ${closed.by} at ${closed.at}: ${closed.comment}; open another for what is left: slipway follow-up add ${of.changeId} "…"`;
}

/** Days before the one it is due on which people are told; once that is over the next day, and every week from then on. */
const told: readonly number[] = [7, 1, 0];

/** What people are told today of follow-ups that are due. A key is told once. */
export const followUpNotices = (
  standings: readonly FollowUpStanding[],
  now: Instant,
): readonly { readonly key: string; readonly text: string }[] =>
  standings.flatMap((one) => {
    const left = daysUntil(one.due, dayOf(now));
    const isDay = left >= 0 ? told.includes(left) : (left + 1) % 7 === 0;
    if (one.state === 'closed' || !isDay) return [];
    return [{ key: `follow-up/${one.id}/${dayOf(now)}`, text: `${textOf(one)}. ${closing(one)}` }];
  });

/** What is overdue, for whoever looks. */
export const overdueFindings = (standings: readonly FollowUpStanding[]): readonly Finding[] =>
  standings
    .filter(({ state }) => state === 'overdue')
    .map((one) => ({
      ...{ kind: 'overdue' as const, service: one.service ?? '', about: one.id, environment: '' },
      since: new Date(Date.parse(one.due) + days(1)).toISOString(),
      ...{ text: textOf(one), command: closing(one) },
    }));

/** `The follow-up FU-0001 of change-20261124-01 (shop) is due 2026-12-01, service-owner: …` */
function textOf({ id, changeId, service, due, owner, what, state }: FollowUpStanding): string {
  const about = service === undefined ? changeId : `${changeId} (${service})`;
  return `The follow-up ${id} of ${about} ${state === 'overdue' ? 'was' : 'is'} due ${due}, ${owner}: ${what}`;
}

/** The command that closes it. */
export const closing = ({ id }: Pick<FollowUp, 'id'>): string => `slipway follow-up close ${id} --comment "…"`;

const daysUntil = (due: Day, today: Day): number => Math.round(between(today, due) / days(1));
