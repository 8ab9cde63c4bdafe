import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { atDoor, print, tell, verb } from './verb.js';
import { watchRelease } from './watching.js';
import { type AskFlags, askOptions, writtenAsk } from './written-ask.js';

interface ReleaseFlags extends DoorFlags, AskFlags {
  readonly description?: string;
  readonly at?: string;
  readonly by?: string;
  readonly emergency?: string;
  readonly key?: string;
  readonly watch?: boolean;
  readonly verbose?: boolean;
}

/** `slipway release`: asks for a release. */
export function releaseCommand(program: Command): void {
  askOptions(
    verb(program, {
      usage: 'release <service> [version]',
      summary: 'release a version of a service',
      description:
        'Carries a version (its tag v1.2.0, or --ref) through all environments. Ends as soon as it is accepted;\n' +
        'with --watch when the release has ended.',
      examples: [
        'slipway release shop 1.2.0 --description "delivery estimates"',
        'slipway release shop 1.2.0 --watch',
        'slipway release shop 1.2.0 --at 2026-11-25T03:00:00Z --by 2026-11-25T05:00:00Z',
        'slipway release shop 1.2.0 --flags express',
        'slipway release shop 1.2.1 --emergency "nobody can pay"',
        'slipway release shop --ref main 1.3.0-rc.1 --environments dev,staging',
      ],
    }),
  )
    .option('--description <text>', 'what changes, for approvers and the Change Log')
    .option('--at <moment>', 'not before this, for example 2026-11-25T03:00:00Z')
    .option('--by <moment>', 'not after this: one that has not begun by then is refused')
    .option('--emergency <reason>', 'it cannot wait: two of the governance board approve, and a review is owed')
    .option('--key <key>', 'the Idempotency-Key; the same one again does not release twice')
    .option('--watch', 'follow it to its end')
    .option('--verbose', 'say the Idempotency-Key that was used')
    .action((service: string, version: string | undefined, flags: ReleaseFlags) =>
      atDoor(flags, async (door) => {
        const { description, key = randomUUID(), json = false } = flags;
        if (flags.verbose) tell(`Idempotency-Key: ${key}`);
        const ask = {
          ...writtenAsk(service, version, flags),
          ...(description !== undefined && { description }),
          ...(flags.emergency !== undefined && { emergency: flags.emergency }),
          ...(flags.at !== undefined && { startAt: flags.at }),
          ...(flags.by !== undefined && { startBy: flags.by }),
        };
        const accepted = await door.release(ask, key);
        const { changeId, ahead } = accepted;
        const turn = ahead === 0 ? 'begins now' : `${ahead} before it`;
        print(flags, accepted, [`${changeId}: ${turn}`]);
        if (flags.watch) return await watchRelease({ door, changeId, json });
        tell(`Follow it: slipway watch ${changeId}`);
        return exitCodes.ok;
      }),
    );
}
