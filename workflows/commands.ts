import { ApplicationFailure, currentUpdateInfo, setHandler } from '@temporalio/workflow';
import type { Roster } from '../src/domain/approval.js';
import { type Command, type CommandKind, type CommandRecord, precedence } from '../src/domain/command.js';
import { commandSignal, commandUpdate, type Heard, notMine } from '../src/messages.js';
import { now } from './clock.js';
import { openMailbox } from './mailbox.js';
import { readCommand } from './reading.js';

/** What each command does, for the list in the Temporal UI; an example that can be pasted. */
const descriptions: Readonly<Record<CommandKind, string>> = {
  rollback: 'Go back now, in whatever phase. Example: {"person": "dave", "reason": "customers cannot pay"}',
  abort: 'Users back to the stable lane, and end there. Example: {"person": "dave", "reason": "not today"}',
  pause: 'Let nothing further begin; what runs is watched. Example: {"person": "dave", "reason": "wait for the bank"}',
  resume: 'Go on after a pause. Example: {"person": "dave", "reason": "the bank is back"}',
  promote:
    'End the observation under way, with "full": true all that are left. Example: {"person": "dave", "step": "04-observe", "reason": "seen enough"}',
  skip: 'Leave one look out. Example: {"person": "dave", "step": "02-verify", "reason": "the suite is broken"}',
  retry: 'Try what is held or stuck again. Example: {"person": "dave", "reason": "disk is free again"}',
  snooze:
    'Let alerts move nothing for a while; "for": "0s" ends that. Example: {"person": "dave", "for": "30m", "reason": "a known fault"}',
  'take-over': 'End what is held or stuck as it is. Example: {"person": "dave", "reason": "mended by hand"}',
};

/** Where commands are heard, and by whose rules. */
export interface CommandDesk {
  readonly changeId: string;
  readonly roster: Roster;
  /** Judges a command and, if it counts, follows it. */
  readonly hear: (command: Command) => CommandRecord;
  /** A message that says nothing that could be followed. */
  readonly refuse: (message: string, from: string, reason: string) => void;
}

/** Registers commands, all unless said otherwise, as signals and as updates, both into one mailbox. */
export function hearCommands(desk: CommandDesk, kinds: readonly CommandKind[] = precedence): void {
  const mailbox = openMailbox(desk.hear);
  let signals = 0;
  for (const kind of kinds) {
    const description = descriptions[kind];
    setHandler(commandSignal(kind), (heard) => void put(kind, `signal-${++signals}`, heard), { description });
    setHandler(commandUpdate(kind), (heard) => answered(put(kind, currentUpdateInfo()?.id ?? '', heard)), {
      description,
    });
  }

  async function put(kind: CommandKind, id: string, heard: Heard): Promise<CommandRecord | ApplicationFailure> {
    const read = readCommand(kind, heard);
    if (!read.ok) {
      desk.refuse(kind, read.from, read.reason);
      return refusal('Refused', read.reason);
    }
    const { person, change, ...said } = read.value;
    if (change !== undefined && change !== desk.changeId)
      return refusal(notMine, `this is ${desk.changeId}, not ${change}`);
    const roles = Object.hasOwn(desk.roster, person) ? (desk.roster[person] ?? []) : [];
    const via = heard.ok && heard.actor ? 'http' : 'temporal';
    return await mailbox.put({ id, kind, by: person, roles, at: now(), via, ...said });
  }
}

/** What a release keeps of its commands: a flood of them must not fill what it is asked for, nor what it ends with. */
const mostKept = 300;

/** Keeps a command, the newest last; where there are too many the oldest goes that has ended nothing. */
export function noteCommand(commands: CommandRecord[], record: CommandRecord): void {
  commands.push(record);
  if (commands.length <= mostKept) return;
  const spare = commands.findIndex(({ kind, outcome }) => outcome !== 'done' || !endings.includes(kind));
  commands.splice(Math.max(0, spare), 1);
}

const endings: readonly CommandKind[] = ['rollback', 'abort', 'take-over'];

async function answered(answer: Promise<CommandRecord | ApplicationFailure>): Promise<CommandRecord> {
  const record = await answer;
  if (record instanceof ApplicationFailure) throw record;
  if (record.outcome === 'refused') throw refusal('Refused', record.said);
  return record;
}

/** Who reads it in the Temporal UI needs the rule, not our files. */
export function refusal(type: string, message: string): ApplicationFailure {
  const failure = ApplicationFailure.create({ type, message, nonRetryable: true });
  failure.stack = '';
  return failure;
}

/** What the front door says in the name of a person. Throws a refusal where anybody else says it: a name alone proves nothing. */
export function vouched(heard: Heard, command: string): { readonly person: string; readonly value: unknown } {
  if (heard.ok && heard.actor) return { person: heard.actor.person, value: heard.value };
  throw refusal('Refused', `this is said at the front door, which knows who speaks: ${command}`);
}
