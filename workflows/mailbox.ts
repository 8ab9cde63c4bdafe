import { CancellationScope, condition } from '@temporalio/workflow';
import { type Command, type CommandRecord, precedence } from '../src/domain/command.js';
import { type Resolvable, resolvable } from './resolvable.js';

/** A command on its way: who hears it is answered when its turn has come. */
interface Waiting {
  readonly command: Command;
  readonly answer: Resolvable<CommandRecord>;
}

/**
 * The serial mailbox: commands that arrive at the same moment are heard one after another, what is safer first. The same
 * command heard again, by its id, gets the first answer.
 */
export function openMailbox(hear: (command: Command) => CommandRecord) {
  const waiting: Waiting[] = [];
  const answered = new Map<string, CommandRecord>();
  void CancellationScope.nonCancellable(async () => {
    for (;;) {
      await condition(() => waiting.length > 0);
      for (const { command, answer } of waiting.splice(0).toSorted(byPrecedence)) answer.resolve(heard(command));
    }
  });

  return {
    put(command: Command): Promise<CommandRecord> {
      const answer = resolvable<CommandRecord>();
      waiting.push({ command, answer });
      return Promise.resolve(answer);
    },
  };

  function heard(command: Command): CommandRecord {
    const known = answered.get(command.id);
    if (known) return known;
    const record = hear(command);
    answered.set(command.id, record);
    return record;
  }
}

const byPrecedence = (a: Waiting, b: Waiting): number =>
  precedence.indexOf(a.command.kind) - precedence.indexOf(b.command.kind);
