import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway review`: says that the review which an emergency release owes was held. */
export function reviewCommand(program: Command): void {
  verb(program, {
    usage: 'review <service> <change-id>',
    summary: 'settle the review that an emergency release owes',
    description:
      'Write the review down in the governance repository first; its path and hash go into the Change Log. Overdue reviews\n' +
      'keep standard releases of the service out: `slipway status` shows what is owed.',
    examples: [
      'slipway review shop change-20261124-03 --record docs/reviews/change-20261124-03.md --comment "timeouts are bounded now"',
    ],
  })
    .requiredOption('--record <path>', 'where the review is written down, from the top of the governance repository')
    .requiredOption('--comment <text>', 'what came of it, for the Change Log')
    .action(
      (service: string, changeId: string, flags: DoorFlags & { readonly record: string; readonly comment: string }) =>
        atDoor(flags, async (door) => {
          const { record, comment } = flags;
          const view = await door.review(service, { changeId, record, comment });
          const left = view.debts.map((debt) => debt.changeId).join(', ');
          print(flags, view, [
            `${changeId} is reviewed; ${left === '' ? `${service} owes nothing` : `still owed: ${left}`}`,
          ]);
          return exitCodes.ok;
        }),
    );
}
