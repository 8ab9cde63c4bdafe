import type { Command } from 'commander';
import { lasting } from '../domain/duration.js';
import type { SecretsView } from '../http/views/secrets.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns, when } from './format.js';
import { atDoor, print, verb } from './verb.js';

/** `slipway secrets`: when each secret was replaced, when that is due, and whether it has arrived. */
export function secretsCommand(program: Command): void {
  verb(program, {
    usage: 'secrets',
    summary: 'when secrets were replaced, when that is due, and whether it has arrived',
    description:
      'Every secret that slipway.yml refers to, by name: no value is ever shown. Those who read one are asked for a keyed\n' +
      'fingerprint of what they find, which is compared with what they found at the rotation. Ends with 1 where one is overdue.',
    examples: ['slipway secrets', 'slipway secrets --json | jq \'.secrets[] | select(.state == "overdue") | .name\''],
  }).action((flags: DoorFlags) =>
    atDoor(flags, async (door) => {
      const view = await door.secrets();
      print(flags, view, secretLines(view));
      return view.secrets.some(isLate) ? exitCodes.fault : exitCodes.ok;
    }),
  );
}

/** `slipway rotated`: says that a secret was replaced. */
export function rotatedCommand(program: Command): void {
  verb(program, {
    usage: 'rotated <secret>',
    summary: 'say that a secret was replaced',
    description:
      'Replace it first, where it is kept. This records who says so, when, why, and what each reader finds now; the next day is\n' +
      'counted from there. Its owner may say so, and who operates. No version is released.',
    examples: [
      'slipway rotated SHOP_DATABASE_URL --reason "it was due"',
      'slipway rotated SHOP_DATABASE_URL --reason "as the vault says" --at 2026-10-01T08:00:00Z',
    ],
  })
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--at <moment>', 'when it was replaced; now, when left out')
    .action((secret: string, flags: DoorFlags & { readonly reason: string; readonly at?: string }) =>
      atDoor(flags, async (door) => {
        const { reason, at } = flags;
        const view = await door.rotated({ secret, reason, ...(at !== undefined && { at }) });
        const own = { ...view, secrets: view.secrets.filter(({ name }) => name === secret) };
        print(flags, view, secretLines(own));
        return exitCodes.ok;
      }),
    );
}

type Secret = SecretsView['secrets'][number];

const isLate = ({ state }: Secret): boolean => state === 'overdue' || state === 'unrecorded';

function secretLines({ secrets }: SecretsView): readonly string[] {
  if (secrets.length === 0) return ['slipway.yml refers to no secret'];
  const rows = secrets.map(({ name, state, last, due, rotation, uses }) => [
    name,
    state,
    last ? `replaced ${when(last.at)} by ${last.by}` : 'no rotation recorded',
    due === undefined ? '' : `due ${when(due)}`,
    rotation ? `every ${lasting(rotation.every)} by ${rotation.owner}` : '',
    uses.map(({ purpose }) => purpose).join('; '),
  ]);
  const readers = secrets.map(({ readers: of }) => of.map(({ reason }) => `    ${reason}`));
  return columns(rows).flatMap((row, i) => [row, ...(readers[i] ?? [])]);
}
