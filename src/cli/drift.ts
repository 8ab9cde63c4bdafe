import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { findingLines } from './status.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway drift`: what somebody has changed by hand. */
export function driftCommand(program: Command): void {
  verb(program, {
    usage: 'drift',
    summary: 'what somebody has changed by hand',
    description:
      'Compares, now, what runs and how flags are set with what releases and changes of flags have left, and asks the drift\n' +
      'command of each environment. Every day it is done by itself, and what is new is told; with --tell now. Ends with 7 where\n' +
      'anything was found: each with the command that restores it, and how to keep it.',
    examples: ['slipway drift', 'slipway drift --environment production --json', 'slipway drift --tell'],
  })
    .option('--environment <name>', 'this one only')
    .option('--tell', 'tell people what is new')
    .action((flags: DoorFlags & { readonly environment?: string; readonly tell?: boolean }) =>
      atDoor(flags, async (door) => {
        const view = await door.drift(flags.environment, flags.tell ?? false);
        const lines = view.drift.flatMap(({ environment, findings, passedOver }) => [
          `${environment}: ${findings.length === 0 ? 'as recorded' : `${findings.length} to look at`}`,
          ...findings.flatMap(findingLines),
          ...passedOver.map((service) => `  ${service} is not compared while a release or a drill is under way`),
        ]);
        print(flags, view, lines);
        return view.drift.every(({ findings }) => findings.length === 0) ? exitCodes.ok : exitCodes.waiting;
      }),
    );
}
