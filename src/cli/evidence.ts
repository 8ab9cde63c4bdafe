import type { Command } from 'commander';
import { readinessItems } from '../domain/readiness.js';
import type { ServiceView } from '../http/views/service.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { columns } from './format.js';
import { atDoor, print, verb } from './verb.js';

interface EvidenceFlags extends DoorFlags {
  readonly record?: string;
  readonly statement?: string;
  readonly comment?: string;
  readonly at?: string;
}

/** `slipway evidence`: shows that an item of the readiness checklist holds. */
export function evidenceCommand(program: Command): void {
  verb(program, {
    usage: 'evidence <service> <item>',
    summary: 'show that an item of the readiness checklist holds',
    description:
      `Items: ${readinessItems.join(', ')}.\n` +
      'A record is a file of the governance repository; its hash is kept. A release that waits for it goes on at once.',
    examples: [
      'slipway evidence shop rollback-rehearsed --record docs/drills/2026-11.md --comment "went back in 4 s"',
      'slipway evidence shop load-test --statement "traffic patterns do not change"',
      'slipway evidence shop restore-tested --record docs/restore.md --at 2026-11-24T03:00:00Z',
    ],
  })
    .option('--record <path>', 'where it is written down, from the top of the governance repository')
    .option('--statement <text>', 'what you say')
    .option('--comment <text>', 'what the record shows, in a sentence')
    .option('--at <moment>', 'when it was done; now, when left out')
    .action((service: string, item: string, flags: EvidenceFlags) =>
      atDoor(flags, async (door) => {
        const { record, statement, comment, at } = flags;
        const view = await door.showEvidence(service, {
          item,
          ...(record !== undefined && { record }),
          ...(statement !== undefined && { statement }),
          ...(comment !== undefined && { comment }),
          ...(at !== undefined && { at }),
        });
        print(flags, view, readinessLines(view));
        return exitCodes.ok;
      }),
    );
}

/** The checklist of each environment: what holds and until when, what is missing and the command that supplies it. */
export const readinessLines = ({ name, readiness }: ServiceView): readonly string[] =>
  readiness.flatMap(({ environment, items }) => [
    `${name}: readiness for ${environment}`,
    ...columns(items.map(({ state, reason }) => ['', state === 'holds' ? '✓' : '✗', reason])),
    ...items.flatMap(({ state, command }) => (state === 'holds' || command === undefined ? [] : [`    ${command}`])),
  ]);
