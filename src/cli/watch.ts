import type { Command } from 'commander';
import type { DoorFlags } from './find-door.js';
import { atDoor, verb } from './verb.js';
import { watchRelease } from './watching.js';

/** `slipway watch`: a release as it happens. */
export function watchCommand(program: Command): void {
  verb(program, {
    usage: 'watch <change-id>',
    summary: 'follow a release to its end',
    description:
      'Shows a release as it happens: on a terminal in place, elsewhere a line for each thing that happens.\n' +
      'Says what it waits for, who must act, and the command that acts. Ends with the release.',
    examples: [
      'slipway watch change-20261124-01',
      'slipway watch change-20261124-01 --until-waiting || [ $? -eq 7 ]',
      'slipway watch change-20261124-01 --json | jq .release.state',
    ],
  })
    .option('--until-waiting', 'end with 7 as soon as it waits for people')
    .action((changeId: string, flags: DoorFlags & { readonly untilWaiting?: boolean }) =>
      atDoor(flags, (door) => watchRelease({ door, changeId, ...flags })),
    );
}
