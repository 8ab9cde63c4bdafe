import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway veto`: lets a version not be released again, or lifts that. */
export function vetoCommand(program: Command): void {
  verb(program, {
    usage: 'veto <service> <version>',
    summary: 'let a version not be released again, or lift that',
    description: 'A version that was rolled back is vetoed by itself, until a person lifts it with a reason.',
    examples: [
      'slipway veto shop 1.2.0 --reason "loses orders under load"',
      'slipway veto shop 1.2.0 --lift --reason "it was the load balancer"',
    ],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--lift', 'let it be released again')
    .action(
      (service: string, version: string, flags: DoorFlags & { readonly reason: string; readonly lift?: boolean }) =>
        atDoor(flags, async (door) => {
          const { reason, lift } = flags;
          const view = await door.veto(service, { version, reason, ...(lift && { lift }) });
          const rows = view.vetoes.map((v) => [v.version, `since ${when(v.at)}`, v.by, v.reason]);
          print(flags, view, rows.length === 0 ? [`no version of ${service} is vetoed`] : columns(rows));
          return exitCodes.ok;
        }),
    );
}
