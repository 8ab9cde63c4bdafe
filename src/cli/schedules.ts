import type { Command } from 'commander';
import type { SchedulesView } from '../http/routes/schedules.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, plain, when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway schedules`: what the engine does by itself, and when. */
export function schedulesCommand(program: Command): void {
  verb(program, {
    usage: 'schedules',
    summary: 'what the engine does by itself, and when; or now',
    description:
      'Retention, reminders, the governance audit, where secrets stand, and of each environment its drift watch and restore\n' +
      'tests. They are paused and changed in the Temporal UI (Schedules); a trigger begins a run now, also of a paused one.',
    examples: ['slipway schedules', 'slipway schedules --trigger retention', 'slipway schedules --json'],
  })
    .option('--trigger <name>', 'begin a run of this one now')
    .action((flags: DoorFlags & { readonly trigger?: string }) =>
      atDoor(flags, async (door) => {
        if (flags.trigger !== undefined) {
          const begun = await door.triggerSchedule(flags.trigger);
          print(flags, begun, [`${begun.name} has begun`]);
          return exitCodes.ok;
        }
        const view = await door.schedules();
        print(flags, view, columns([['name', 'when', 'last', 'next'], ...view.schedules.map(row)]));
        return exitCodes.ok;
      }),
    );
}

function row({ name, when: times, last, next, underWay, paused }: SchedulesView['schedules'][number]): string[] {
  const before = underWay ? 'under way' : last === undefined ? 'never' : when(last);
  const then = paused === undefined ? (next === undefined ? 'never' : when(next)) : `paused: ${plain(paused)}`;
  return [name, plain(times), before, then];
}
