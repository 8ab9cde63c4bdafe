import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import type { FlagsView } from '../http/views/flags.js';
import type { Door } from './door.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { flagHeadline, flagLines, watchFlag } from './flag-watching.js';
import { columns } from './format.js';
import { atDoor, print, tell, verb } from './verb.js';

/** `slipway flag`: what feature flags are, and how they are changed. */
export function flagCommand(program: Command): void {
  const flag = program
    .command('flag')
    .summary('list feature flags, and change them')
    .description(
      'Feature flags live in method/config/features.yml (or features.ENVIRONMENT.yml) of the governance repository\n' +
        'and are served at once as they stand there. A change in production waits for the approvals its environment asks for.',
    );
  listCommand(flag);
  setCommand(flag);
  decisionCommand(flag, 'approve', 'approve the change that waits');
  decisionCommand(flag, 'reject', 'reject the change that waits; one rejection decides');
  demandCommand(flag, 'rollback', 'set the flag back now, in whatever phase');
  demandCommand(flag, 'retry', 'try a way back that is stuck again');
  watchCommand(flag);
}

interface InEnvironment extends DoorFlags {
  readonly environment: string;
}

function listCommand(flag: Command): void {
  verb(flag, {
    usage: 'list',
    summary: 'how every flag is set',
    description: 'Shows the flags as they are served, and why a file is not served as it stands.',
    examples: ['slipway flag list', 'slipway flag list --environment production --json | jq .environments[0].flags'],
  })
    .option('--environment <name>', 'of this environment only')
    .action((flags: DoorFlags & { readonly environment?: string }) =>
      atDoor(flags, async (door) => {
        const view = await door.flags(flags.environment);
        print(flags, view, listLines(view));
        return view.environments.every(({ problems }) => problems.length === 0) ? exitCodes.ok : exitCodes.fault;
      }),
    );
}

function listLines({ environments }: FlagsView): readonly string[] {
  const rows = environments.flatMap(({ environment, flags }) =>
    flags.map(({ name, says, owner, description, expired }) => [
      environment,
      name,
      says,
      owner,
      expired ? `expired; ${description}` : description,
    ]),
  );
  return [...columns(rows), ...environments.flatMap(({ problems }) => problems)];
}

interface SetFlags extends InEnvironment {
  readonly reason: string;
  readonly observe?: string | true;
  readonly key?: string;
  readonly watch?: boolean;
}

function setCommand(flag: Command): void {
  verb(flag, {
    usage: 'set <flag> <to>',
    summary: 'change a flag in an environment',
    description:
      'To a variant (on, off, or one of its own), to shares of the targeting keys (on=25,off=75, or 25% for a toggle),\n' +
      'to disabled or enabled. Ends as soon as it is accepted; with --watch when the change has ended.',
    examples: [
      'slipway flag set new-checkout on --environment dev --reason "try it"',
      'slipway flag set new-checkout 25% --environment production --reason "a quarter first" --observe 15m --watch',
      'slipway flag set theme plain=90,dark=10 --environment production --reason "ten in a hundred"',
      'slipway flag set new-checkout disabled --environment production --reason "the default in the code is safer"',
    ],
  })
    .requiredOption('--environment <name>', 'where')
    .requiredOption('--reason <text>', 'why, for approvers and the Change Log')
    .option(
      '--observe [duration]',
      'watch its service, as long as after a release unless said, and set it back if it gets worse',
    )
    .option('--key <key>', 'the Idempotency-Key; the same one again does not set twice')
    .option('--watch', 'follow it to its end; the exit code then tells how it ended')
    .action((name: string, to: string, flags: SetFlags) => atDoor(flags, (door) => setFlag(door, { name, to, flags })));
}

async function setFlag(
  door: Door,
  { name, to, flags }: { readonly name: string; readonly to: string; readonly flags: SetFlags },
): Promise<ExitCode> {
  const { environment, reason, observe, key = randomUUID(), json = false } = flags;
  const body = { environment, to: wantedTo(to), reason, ...(observe !== undefined && { observe }) };
  const accepted = await door.setFlag(name, body, key);
  print(flags, accepted, [`${accepted.changeId}: ${name} in ${environment} to ${to}`]);
  if (flags.watch) return await watchFlag({ door, environment, name, json });
  tell(`Follow it: slipway flag watch ${name} --environment ${environment}`);
  return exitCodes.ok;
}

/** What stands on the command line as the front door wants it written. */
export function wantedTo(to: string): string | Readonly<Record<string, number>> {
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(to) ?? [];
  if (percent !== undefined) return { on: Number(percent), off: (10_000 - Math.round(Number(percent) * 100)) / 100 };
  if (/^(enabled|disabled)$/i.test(to)) return to.toUpperCase();
  if (!to.includes('=')) return to;
  return Object.fromEntries(
    to.split(',').map((share) => {
      const [variant = '', of = ''] = share.split('=');
      return [variant.trim(), Number(of.replace(/%$/, '') || Number.NaN)];
    }),
  );
}

function decisionCommand(flag: Command, decision: 'approve' | 'reject', summary: string): void {
  verb(flag, {
    usage: `${decision} <flag>`,
    summary,
    description: 'Is bound to what is seen now: if something else waits by the time it arrives, it is refused.',
    examples: [`slipway flag ${decision} new-checkout --environment production --comment "read the plan"`],
  })
    .requiredOption('--environment <name>', 'where')
    .requiredOption('--comment <text>', 'why, for the record')
    .action((name: string, flags: InEnvironment & { readonly comment: string }) =>
      atDoor(flags, async (door) => {
        const { environment, comment } = flags;
        const { approval } = await door.flagChange(environment, name);
        const subject = approval?.standing.kind === 'waiting' ? approval.subject : {};
        const after = await door.decideFlag(environment, name, { decision, comment, ...subject });
        print(flags, after, flagLines(after));
        return exitCodes.ok;
      }),
    );
}

function demandCommand(flag: Command, demand: 'rollback' | 'retry', summary: string): void {
  verb(flag, {
    usage: `${demand} <flag>`,
    summary,
    description: 'Says it to the change of the flag that is under way. Anybody with a token may; it is heard at once.',
    examples: [`slipway flag ${demand} new-checkout --environment production --reason "orders fail"`],
  })
    .requiredOption('--environment <name>', 'where')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--watch', 'follow it to its end; the exit code then tells how it ended')
    .action((name: string, flags: InEnvironment & { readonly reason: string; readonly watch?: boolean }) =>
      atDoor(flags, async (door) => {
        const { environment, reason, json = false } = flags;
        const after = await door.tellFlag(environment, name, demand, reason);
        print(flags, after, [flagHeadline(after)]);
        return flags.watch ? await watchFlag({ door, environment, name, json }) : exitCodes.ok;
      }),
    );
}

function watchCommand(flag: Command): void {
  verb(flag, {
    usage: 'watch <flag>',
    summary: 'follow the latest change of a flag to its end',
    description: 'Says how far it is, what it waits for, who must act, and the command that acts.',
    examples: ['slipway flag watch new-checkout --environment production'],
  })
    .requiredOption('--environment <name>', 'where')
    .action((name: string, flags: InEnvironment) =>
      atDoor(flags, (door) => watchFlag({ door, environment: flags.environment, name, json: flags.json ?? false })),
    );
}
