import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { seconds, spoken } from '../domain/duration.js';
import type { RestoreTestView } from '../http/routes/restore-tests.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { atDoor, print, tell, verb } from './verb.js';

/** `slipway restore-test`: rehearses a restore and says what it has shown. */
export function restoreTestCommand(program: Command): void {
  verb(program, {
    usage: 'restore-test <service>',
    summary: 'rehearse restoring the database from a backup',
    description:
      'The database is dumped, the dump restored beside it, and both compared table by table; nothing of it is kept, and no\n' +
      'data is touched. What has worked in production is evidence of restore-tested; there it is done every day by itself. Exit\n' +
      'code 0: it restores; 1: it does not.',
    examples: ['slipway restore-test shop', 'slipway restore-test shop --environment staging --json'],
  })
    .option('--environment <name>', 'where: the last environment unless said')
    .action((service: string, flags: DoorFlags & { readonly environment?: string }) =>
      atDoor(flags, async (door) => {
        let view = await door.restoreTest(service, flags.environment);
        if (!flags.json) tell(`restoring ${service} of ${view.environment} beside itself`);
        while (view.state === 'running') {
          await pause(seconds(0.5));
          view = await door.restoreSeen(service, view.environment);
        }
        print(flags, view, [line(view)]);
        return view.state === 'passed' ? exitCodes.ok : exitCodes.fault;
      }),
    );
}

const line = ({ state, proof, reason }: RestoreTestView): string =>
  proof
    ? `${state}: ${proof.tables} tables with ${proof.rows} rows, ${proof.bytes} bytes; dumped in ${spoken(proof.dumpMs)}, restored in ${spoken(proof.restoreMs)}, the same`
    : `${state}: ${reason ?? 'nothing is known of it'}`;
