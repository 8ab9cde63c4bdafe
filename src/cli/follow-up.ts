import type { Command } from 'commander';
import type { FollowUpView } from '../http/views/follow-ups.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway follow-up`: what changes have left to be done, and what became of it. */
export function followUpCommand(program: Command): void {
  const followUp = program
    .command('follow-up')
    .summary('what changes have left to be done: list, add, change, close')
    .description(
      'A rollback opens follow-ups by itself, and people add more. Each has an owner (a person or a role) and a day; people are\n' +
        'reminded of it, and once the day is over it is among the findings until it is closed.',
    );
  listCommand(followUp);
  addCommand(followUp);
  changeCommand(followUp);
  closeCommand(followUp);
}

interface ListFlags extends DoorFlags {
  readonly service?: string;
  readonly open?: boolean;
  readonly overdue?: boolean;
}

function listCommand(followUp: Command): void {
  verb(followUp, {
    usage: 'list',
    summary: 'the follow-ups, in the order they were opened',
    description: 'With whom, by which day, and what was said of each. Ends with 1 where one that is listed is overdue.',
    examples: [
      'slipway follow-up list --open',
      'slipway follow-up list --service shop --overdue --json | jq .followUps',
    ],
  })
    .option('--service <name>', 'of this service only')
    .option('--open', 'without those that are closed')
    .option('--overdue', 'only those whose day is over')
    .action(({ service, open, overdue, ...flags }: ListFlags) =>
      atDoor(flags, async (door) => {
        const state = overdue ? 'overdue' : open ? 'open' : undefined;
        const view = await door.followUps({
          ...(service !== undefined && { service }),
          ...(state !== undefined && { state }),
        });
        print(flags, view, followUpLines(view.followUps));
        return view.followUps.some((one) => one.state === 'overdue') ? exitCodes.fault : exitCodes.ok;
      }),
    );
}

function addCommand(followUp: Command): void {
  verb(followUp, {
    usage: 'add <change-id> <what>',
    summary: 'have something done after a change',
    description: 'Recorded in the Change Log under the change. Owner and day are those of slipway.yml when left out.',
    examples: ['slipway follow-up add change-20261124-03 "bound the timeouts" --owner grace --due 2026-12-11'],
  })
    .option('--owner <who>', 'a person, or a role that somebody holds')
    .option('--due <day>', 'such as 2026-12-11, in UTC')
    .action((changeId: string, what: string, { owner, due, ...flags }: DoorFlags & To) =>
      atDoor(flags, async (door) => told(flags, await door.openFollowUp({ changeId, what, ...to({ owner, due }) }))),
    );
}

function changeCommand(followUp: Command): void {
  verb(followUp, {
    usage: 'change <id>',
    summary: 'give a follow-up to another owner, or to another day',
    description: 'Recorded with the reason. Its owner may, and who operates.',
    examples: ['slipway follow-up change FU-0001 --due 2026-12-18 --reason "the library is released then"'],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--owner <who>', 'a person, or a role that somebody holds')
    .option('--due <day>', 'such as 2026-12-18, in UTC')
    .action((id: string, { reason, owner, due, ...flags }: DoorFlags & To & { readonly reason: string }) =>
      atDoor(flags, async (door) => told(flags, await door.changeFollowUp(id, { reason, ...to({ owner, due }) }))),
    );
}

function closeCommand(followUp: Command): void {
  verb(followUp, {
    usage: 'close <id>',
    summary: 'say that a follow-up is done',
    description:
      'Recorded with what came of it, and with the hash of the record that shows it. Its owner may, and who operates.',
    examples: [
      'slipway follow-up close FU-0001 --comment "root cause is written down" --record docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md',
    ],
  })
    .requiredOption('--comment <text>', 'what came of it, for the Change Log')
    .option('--record <path>', 'what shows it, from the top of the governance repository')
    .action(
      (id: string, { comment, record, ...flags }: DoorFlags & { readonly comment: string; readonly record?: string }) =>
        atDoor(flags, async (door) =>
          told(flags, await door.closeFollowUp(id, { comment, ...(record !== undefined && { record }) })),
        ),
    );
}

interface To {
  readonly owner?: string | undefined;
  readonly due?: string | undefined;
}

const to = ({ owner, due }: To) => ({ ...(owner !== undefined && { owner }), ...(due !== undefined && { due }) });

function told(flags: DoorFlags, view: FollowUpView) {
  print(flags, view, followUpLines([view]));
  return exitCodes.ok;
}

/** One line for each, and what was said of it below. */
export function followUpLines(followUps: readonly FollowUpView[]): readonly string[] {
  if (followUps.length === 0) return ['no follow-up'];
  const rows = followUps.map(({ id, state, owner, due, changeId, what }) => [
    id,
    state === 'overdue' ? 'OVERDUE' : state,
    `due ${due}`,
    owner,
    changeId,
    what,
  ]);
  const said = followUps.map((one) =>
    one.said.map(({ kind, by, at, comment }) => `    ${kind} by ${by} on ${at.slice(0, 10)}: ${comment}`),
  );
  return columns(rows).flatMap((row, i) => [row, ...(said[i] ?? [])]);
}
