import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway retention`: which artifacts have had their time. */
export function retentionCommand(program: Command): void {
  verb(program, {
    usage: 'retention',
    summary: 'which artifacts have had their time',
    description:
      'What runs, what would be gone back to, and the latest three builds of a service are always kept, the others for as long\n' +
      'as keep-artifacts says. What has had its time goes by itself, a day after people were told which; with --apply now.',
    examples: ['slipway retention', 'slipway retention --apply'],
  })
    .option('--apply', 'remove them now')
    .action((flags: DoorFlags & { readonly apply?: boolean }) =>
      atDoor(flags, async (door) => {
        const view = await door.retention(flags.apply ?? false);
        const rows = view.old.map(({ artifact, reason }) => [
          artifact.service,
          artifact.tag,
          when(artifact.builtAt),
          reason,
        ]);
        const what = view.removed ? 'removed' : 'would go';
        print(flags, view, [
          ...columns(rows),
          `${view.old.length} of ${view.looked} artifacts ${view.old.length === 0 ? 'have had their time' : what}`,
        ]);
        return exitCodes.ok;
      }),
    );
}
