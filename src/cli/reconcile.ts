import type { Command } from 'commander';
import type { ReconciliationView } from '../http/views/reconciliation.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway reconcile`: what the engine has forgotten of a service is restored from the records. */
export function reconcileCommand(program: Command): void {
  verb(program, {
    usage: 'reconcile <service>',
    summary: 'restore what the engine has forgotten of a service',
    description:
      "After the engine's data were lost, or an older copy of them was put back: restores from the records and from what runs\n" +
      'what is where, what was before it, vetoes, reviews that are owed, evidence and drills, and says what cannot be known.\n' +
      'Nothing is deployed and no traffic is moved. Ends with 7 where --dry-run has shown something to restore.',
    examples: [
      'slipway reconcile shop --reason "the disk was lost" --dry-run',
      'slipway reconcile shop --reason "the disk was lost"',
    ],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--dry-run', 'show it, and change nothing')
    .action((service: string, flags: DoorFlags & { readonly reason: string; readonly dryRun?: boolean }) =>
      atDoor(flags, async (door) => {
        const { reason, dryRun } = flags;
        const view = await door.reconcile(service, { reason, ...(dryRun && { dryRun }) });
        print(flags, view, lines(view));
        return view.done || view.found === undefined ? exitCodes.ok : exitCodes.waiting;
      }),
    );
}

function lines({ service, found, done, restored, unknown, records }: ReconciliationView): readonly string[] {
  if (found === undefined) return [`${service}: there is nothing to reconcile, the engine knows what the records know`];
  return [
    `${service}: ${found}`,
    done ? 'restored:' : 'would be restored:',
    ...restored.map((text) => `  ${text}`),
    'cannot be known:',
    ...unknown.map((text) => `  ${text}`),
    ...records.map((path) => `recorded in ${path}`),
    ...(done ? [] : [`slipway reconcile ${service} --reason "…" does it`]),
  ];
}
