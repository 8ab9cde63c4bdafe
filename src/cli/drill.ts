import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { seconds } from '../domain/duration.js';
import type { ServiceView } from '../http/views/service.js';
import type { Door } from './door.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { atDoor, print, tell, verb } from './verb.js';

interface DrillFlags extends DoorFlags {
  readonly environment?: string;
  readonly reason?: string;
  readonly requests?: string;
}

/** `slipway drill`: rehearses a rollback and says what it has shown. */
export function drillCommand(program: Command): void {
  verb(program, {
    usage: 'drill <service>',
    summary: 'rehearse a rollback under load',
    description:
      'What runs is started a second time, users are given to it and taken back, by the steps of a real rollback. Nobody\n' +
      'meets another version. What it has shown is recorded, and is evidence of rollback-rehearsed. Exit code 0: it has\n' +
      'passed; 1: it has not.',
    examples: ['slipway drill shop', 'slipway drill shop --environment production --reason "the yearly one"'],
  })
    .option('--environment <name>', 'where: the last environment before production unless said')
    .option('--reason <text>', 'why, for the record')
    .option('--requests <number>', 'sent per second all the while, 20 unless said')
    .action((service: string, flags: DrillFlags) =>
      atDoor(flags, async (door) => {
        const { environment, reason, requests } = flags;
        const begun = await door.drill(service, {
          ...(environment !== undefined && { environment }),
          ...(reason !== undefined && { reason }),
          ...(requests !== undefined && { requestsPerSecond: Number(requests) }),
        });
        if (!flags.json) tell(`rehearsing in ${begun.drill?.environment ?? 'no environment'}`);
        const view = await ended(door, begun);
        print(flags, view, drillLines(view));
        return exitOf(view);
      }),
    );
}

async function ended(door: Door, begun: ServiceView): Promise<ServiceView> {
  for (let view = begun; ; view = await door.service(begun.name)) {
    if (!view.drill || view.drill.at !== begun.drill?.at) return view;
    await pause(seconds(0.5));
  }
}

const exitOf = ({ drilled }: ServiceView): ExitCode =>
  drilled?.kind === 'passed' ? exitCodes.ok : drilled?.kind === 'refused' ? exitCodes.refused : exitCodes.fault;

const drillLines = ({ drilled }: ServiceView): readonly string[] => [
  `${drilled?.kind ?? 'unknown'}: ${drilled?.reason ?? 'nothing is known of it'}`,
  ...(drilled?.record ? [`  ${drilled.record.path}, sha256 ${drilled.record.hash.slice(0, 12)}`] : []),
];
