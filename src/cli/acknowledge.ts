import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway acknowledge`: whoever is on call says that he knows. */
export function acknowledgeCommand(program: Command): void {
  verb(program, {
    usage: 'acknowledge <change-id>',
    summary: 'say, as whoever is on call, that you know',
    description:
      'Of a coming deployment: it is the evidence of on-call-notified, for this change alone. Of what was told urgently (it goes back,\n' +
      'is held or stuck, was ended from outside, is an emergency): it is told again until then. Takes the role on-call.',
    examples: ['slipway acknowledge change-20261124-03 --comment "I am at it"'],
  })
    .option('--comment <text>', 'for the record')
    .action((changeId: string, { comment, ...flags }: DoorFlags & { readonly comment?: string }) =>
      atDoor(flags, async (door) => {
        const view = await door.acknowledge(changeId, comment === undefined ? {} : { comment });
        const lines = view.acknowledged.map(
          ({ by, at }) => `${changeId} of ${view.service}: acknowledged by ${by}, ${when(at)}`,
        );
        print(flags, view, lines);
        return exitCodes.ok;
      }),
    );
}
