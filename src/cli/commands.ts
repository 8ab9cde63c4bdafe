import type { Command } from 'commander';
import type { CommandKind } from '../domain/command.js';
import type { ReleaseView } from '../http/views/release.js';
import type { Door, WrittenCommand } from './door.js';
import { exitCodes } from './exit-codes.js';
import type { DoorFlags } from './find-door.js';
import { headline, waitingLines } from './sight.js';
import { atDoor, print, tell, verb } from './verb.js';
import { watchRelease } from './watching.js';

interface CommandFlags extends DoorFlags, WrittenCommand {
  readonly watch?: boolean;
  readonly environment?: string;
}

/** What every command says of itself: its line in the list, and its page. */
const told: Readonly<Record<CommandKind, { readonly summary: string; readonly description: string }>> = {
  rollback: {
    summary: 'go back now, in whatever phase',
    description:
      'Brings the former version back: of a release that is under way, or of one that has ended, as a new release. Name the change, or the service. Anybody with a token may ask; it is heard at once.',
  },
  abort: {
    summary: 'users back to the stable lane, and end there',
    description: 'Ends the release; the candidate runs on without users, to be looked at. Nothing is vetoed by it.',
  },
  pause: {
    summary: 'let nothing further begin',
    description: 'The step under way ends, and no other begins until `resume`. What users meet is watched on.',
  },
  resume: { summary: 'go on after a pause', description: 'Takes the next step of a release that was paused.' },
  promote: {
    summary: 'end the observation under way',
    description:
      'Finishes the observation that is seen when this is said, or with --full all that are left. Every other step is taken as planned.',
  },
  skip: {
    summary: 'leave one look out',
    description: 'Leaves a smoke suite or an observation out, or a step of a way back that is stuck; for the record.',
  },
  snooze: {
    summary: 'let alerts move nothing for a while',
    description:
      'Alerts neither take the release back nor count down meanwhile: --for 30m, or to its end. --for 0s has them count again. What the windows see takes it back all the same.',
  },
  retry: {
    summary: 'try what is held or stuck again',
    description: 'After you have mended what the release names as held or stuck, has it try again.',
  },
  'take-over': {
    summary: 'end what is held or stuck as it is',
    description: 'Ends the release as it is; it names what was not done, which is in your hands then.',
  },
};

/** Of these, what is meant is what the speaker sees: the step is named when the command is sent. */
const aboutStep: readonly CommandKind[] = ['promote', 'skip'];

/** `slipway rollback`, `abort`, `pause`, …: one command each, by its name. */
export const commandVerb =
  (kind: CommandKind) =>
  (program: Command): void => {
    const command = verb(program, {
      usage: kind === 'rollback' ? 'rollback <change-id-or-service>' : `${kind} <change-id>`,
      ...told[kind],
      examples: examplesOf(kind),
    })
      .requiredOption('--reason <text>', 'why, for the record')
      .option('--watch', 'follow it to its end; the exit code then tells how the release ended');
    if (aboutStep.includes(kind))
      command.option('--step <id>', 'the step that is meant; the one under way unless said');
    if (kind === 'promote') command.option('--full', 'not this observation alone, but all that are left');
    if (kind === 'snooze')
      command.option('--for <duration>', 'how long, such as 30m; to its end unless said; 0s ends it');
    if (kind === 'rollback') command.option('--environment <name>', 'of a service: where, production unless said');
    command.action((name: string, flags: CommandFlags) => atDoor(flags, (door) => say(door, kind, name, flags)));
  };

function examplesOf(kind: CommandKind): readonly string[] {
  const usual = `slipway ${kind} change-20261124-01 --reason "customers cannot pay"`;
  if (kind === 'rollback') return [usual, 'slipway rollback shop --reason "customers cannot pay" --watch'];
  if (kind === 'promote') return [usual, 'slipway promote change-20261124-01 --full --reason "it must be out by noon"'];
  return [usual, `slipway ${kind} change-20261124-01 --reason "…" --watch`];
}

const isChange = (name: string): boolean => /^change-\d{8}-\d+$/.test(name);

async function say(door: Door, kind: CommandKind, name: string, flags: CommandFlags) {
  const { reason, step, full, environment, watch, for: lasts, json = false } = flags;
  if (kind === 'rollback' && !isChange(name)) {
    const { changeId } = await door.rollBackService(name, {
      reason,
      ...(environment !== undefined && { environment }),
    });
    print(flags, { changeId }, [`${name} goes back: ${changeId}`]);
    return watch ? await watchRelease({ door, changeId, json }) : exitCodes.ok;
  }
  const seen = step ?? (aboutStep.includes(kind) && !full ? await stepUnderWay(door, name) : undefined);
  const after = await door.command(name, kind, {
    reason,
    ...(seen !== undefined && { step: seen }),
    ...(full && { full }),
    ...(lasts !== undefined && { for: lasts }),
  });
  if ('ahead' in after && !('service' in after)) {
    tell(`${name} had ended; what ran before comes back as ${after.changeId}`);
    print(flags, after, [`slipway watch ${after.changeId}`]);
    return watch ? await watchRelease({ door, changeId: after.changeId, json }) : exitCodes.ok;
  }
  print(flags, after, 'state' in after ? seenAfter(after) : []);
  return watch ? await watchRelease({ door, changeId: name, json }) : exitCodes.ok;
}

const seenAfter = (release: ReleaseView): readonly string[] =>
  release.state === 'queued'
    ? [`${release.changeId} is taken back before its turn`]
    : [headline(release), ...waitingLines(release)];

/** So that a command that arrives late does not mean a step that nobody has seen. */
async function stepUnderWay(door: Door, changeId: string): Promise<string | undefined> {
  const release = await door.read(changeId);
  if (release.state === 'queued') return undefined;
  const step = release.rollouts.findLast(({ environment }) => environment === release.environment)?.steps.at(-1);
  if (step) tell(`${step.id}: ${step.does}`);
  return step?.id;
}
