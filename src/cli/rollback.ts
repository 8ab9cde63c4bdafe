import type { Command } from 'commander';
import type { BegunRelease } from '../http/views/release.js';
import type { Door } from './door.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { headline, waitingLines } from './sight.js';
import { atDoor, print, verb } from './verb.js';
import { watchRelease } from './watching.js';

/** `slipway rollback`: goes back now, in whatever phase. */
export function rollbackCommand(program: Command): void {
  demandCommand(program, {
    name: 'rollback',
    summary: 'go back now, in whatever phase',
    description:
      'Ends the release and brings the former version back. Anybody with a token may ask; it is heard at once.',
    say: (door, changeId, reason) => door.rollback(changeId, reason),
  });
}

/** `slipway retry`: has a way back that is stuck tried again. */
export function retryCommand(program: Command): void {
  demandCommand(program, {
    name: 'retry',
    summary: 'try a way back that is stuck again',
    description: 'After you have mended what the release names as stuck, has it try its way back again.',
    say: (door, changeId, reason) => door.retry(changeId, reason),
  });
}

function demandCommand(
  program: Command,
  told: {
    readonly name: string;
    readonly summary: string;
    readonly description: string;
    readonly say: (door: Door, changeId: string, reason: string) => Promise<BegunRelease>;
  },
): void {
  const { name, summary, description, say } = told;
  verb(program, {
    usage: `${name} <change-id>`,
    summary,
    description,
    examples: [
      `slipway ${name} change-20261124-01 --reason "customers cannot pay"`,
      `slipway ${name} change-20261124-01 --reason "…" --watch`,
    ],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--watch', 'follow it to its end; the exit code then tells how the release ended')
    .action((changeId: string, flags: DoorFlags & { readonly reason: string; readonly watch?: boolean }) =>
      atDoor(flags, async (door) => {
        const after = await say(door, changeId, flags.reason);
        print(flags, after, [headline(after), ...waitingLines(after)]);
        return flags.watch ? await watchRelease({ door, changeId, json: flags.json ?? false }) : exitCodes.ok;
      }),
    );
}
