import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway alerts`: what monitors have told, and what came of it. */
export function alertsCommand(program: Command): void {
  verb(program, {
    usage: 'alerts',
    summary: 'which alerts were told, and what came of each',
    description:
      'The latest hundred since the front door began, the newest first: those that took a release back or count down, and those\n' +
      'that moved nothing, with the reason: so a label that does not match is found here. `slipway snooze` has them wait.',
    examples: ['slipway alerts', 'slipway alerts --json | jq \'.alerts[] | select(.outcome == "foreign")\''],
  }).action((flags: DoorFlags) =>
    atDoor(flags, async (door) => {
      const view = await door.alerts();
      const rows = view.alerts.map(({ at, name, severity = '', service = '', environment = '', ...came }) => [
        when(at),
        `${name}${severity === '' ? '' : ` (${severity})`}`,
        [service, environment].filter(Boolean).join(' in '),
        came.status === 'resolved' ? 'resolved' : '',
        `${came.outcome}: ${came.said}`,
      ]);
      print(flags, view, rows.length === 0 ? ['no alert was told since the front door began'] : columns(rows));
      return exitCodes.ok;
    }),
  );
}
