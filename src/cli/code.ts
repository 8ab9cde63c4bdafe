import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway code`: what proves in the Temporal UI who approves. */
export function codeCommand(program: Command): void {
  verb(program, {
    usage: 'code <change-id>',
    summary: 'your one-time code for approving in the Temporal UI',
    description:
      'Outside the front door a name alone proves nothing. This code is made for you, and for exactly what waits: it is\n' +
      'good for no other plan, and until the gate closes.',
    examples: ['slipway code change-20261124-01', 'slipway code express --environment production'],
  })
    .option('--environment <name>', 'of a change of a flag, which is named in the place of the change id')
    .action((what: string, flags: DoorFlags & { readonly environment?: string }) =>
      atDoor(flags, async (door) => {
        const { environment } = flags;
        const view = environment === undefined ? await door.code(what) : await door.flagCode(environment, what);
        const { code, person, gate, expiresAt, signal } = view;
        print(flags, view, [
          code,
          `  made for ${person}, for ${view.changeId} at the gate of ${gate}, until ${when(expiresAt)}`,
          `  Temporal UI, signal approve: ${JSON.stringify(signal)}`,
        ]);
        return exitCodes.ok;
      }),
    );
}
