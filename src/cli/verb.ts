import type { Command } from 'commander';
import { type Door, NoAnswer, Refusal } from './door.js';
import { exitCodes, exitCodesHelp, type ExitCode, exitOfStatus } from './exit-codes.js';
import { type DoorFlags, findDoor } from './find-door.js';
import { plain } from './format.js';

/** Declares a verb that speaks to the front door: its flags, examples and exit codes, the same for all. */
export function verb(
  program: Command,
  told: {
    readonly usage: string;
    readonly summary: string;
    readonly description: string;
    readonly examples: readonly string[];
  },
): Command {
  return program
    .command(told.usage)
    .summary(told.summary)
    .description(told.description)
    .option('--url <url>', 'the front door; else SLIPWAY_URL, else the one that runs here')
    .option('--token-file <file>', 'holds the token; else SLIPWAY_TOKEN, else the operator’s')
    .option('--config <file>', 'the configuration beside which Slipway runs, ./slipway.yml unless said')
    .option('--json', 'JSON on standard output, one object a line')
    .addHelpText('after', `\nExamples:\n${told.examples.map((line) => `  ${line}`).join('\n')}\n${exitCodesHelp}`);
}

/** Does the work at the front door, and ends the process by what came of it. */
export async function atDoor(flags: DoorFlags, work: (door: Door) => Promise<ExitCode>): Promise<void> {
  try {
    process.exitCode = await work(await findDoor(flags));
  } catch (fault) {
    process.exitCode = explain(fault);
  }
}

/** What is asked for, on standard output: as JSON for programs, as lines for people. */
export function print({ json }: DoorFlags, value: unknown, lines: readonly string[]): void {
  const text = json ? JSON.stringify(value) : lines.map(plain).join('\n');
  if (text !== '') process.stdout.write(`${text}\n`);
}

/** What happens on the way, on standard error. */
export const tell = (line: string): void => void process.stderr.write(`${plain(line)}\n`);

function explain(fault: unknown): ExitCode {
  if (fault instanceof NoAnswer) {
    tell(fault.message);
    return exitCodes.unreachable;
  }
  if (!(fault instanceof Refusal)) throw fault;
  if (fault.errors.length === 0) tell(fault.message);
  for (const { pointer, met, wanted } of fault.errors)
    tell(`${pointer || 'the request'}: met ${met}; wanted ${wanted}`);
  return exitOfStatus(fault.status);
}
