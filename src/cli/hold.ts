import type { Command } from 'commander';
import type { HoldsView, WrittenHold } from './door.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { atDoor, print, tell, verb } from './verb.js';

interface HoldFlags extends DoorFlags, Omit<WrittenHold, 'reason'> {
  readonly reason?: string;
}

/** `slipway hold`: stops the line, lets it run again, or tells what is held. */
export function holdCommand(program: Command): void {
  verb(program, {
    usage: 'hold',
    summary: 'stop the line: for a service, an environment or everything',
    description:
      'Without a scope, lists what is held. Releases under way stop at their next safe point; a rollback is never held.',
    examples: [
      'slipway hold',
      'slipway hold --environment production --reason "the bank is down"',
      'slipway hold --everything --reason "storm in the data centre"',
      'slipway hold --everything --lift --reason "it has passed"',
    ],
  })
    .option('--everything', 'all services, everywhere')
    .option('--service <name>', 'one service, everywhere')
    .option('--environment <name>', 'one environment, all services')
    .option('--lift', 'let it run again')
    .option('--reason <text>', 'why, for the record')
    .action((flags: HoldFlags) =>
      atDoor(flags, async (door) => {
        const { everything, service, environment, reason, lift } = flags;
        const scopes = [everything, service, environment].filter((scope) => scope !== undefined);
        if (scopes.length === 0 && reason === undefined) {
          show(flags, await door.holds());
          return exitCodes.ok;
        }
        if (reason === undefined || scopes.length !== 1) {
          tell('wanted: exactly one of --everything, --service and --environment, and --reason');
          return exitCodes.usage;
        }
        const scope = { ...(everything && { everything }), ...(service !== undefined && { service }) };
        const where = { ...scope, ...(environment !== undefined && { environment }) };
        show(flags, await door.hold({ ...where, reason, ...(lift && { lift }) }));
        return exitCodes.ok;
      }),
    );
}

function show(flags: DoorFlags, view: HoldsView): void {
  const rows = view.holds.map(({ scope, by, at, reason }) => [scope, `since ${when(at)}`, by, reason]);
  print(flags, view, rows.length === 0 ? ['the line runs'] : columns(rows));
}
