import type { Command } from 'commander';
import { playDemo } from '../demo/demo.js';
import { exitCodes } from './exit-codes.js';

/** `slipway demo`: four real releases of a small shop, one of them bad, one taken back with its data. */
export function demoCommand(program: Command): void {
  program
    .command('demo')
    .summary('watch four real releases of a small shop, two of which go back')
    .description(
      'Makes a small shop and a governance repository, runs everything here, and releases four versions under load:\n' +
        'the third fails some orders and goes back by itself; the fourth migrates the database and is taken back by a\n' +
        'person, no order lost. The fourth needs PostgreSQL (apt install postgresql). Nothing is left running.',
    )
    .argument('[folder]', 'where to keep the files; a new temporary folder unless said')
    .option('--json', 'nothing on standard output but the summary as one JSON object')
    .addHelpText('after', '\nExamples:\n  slipway demo\n  slipway demo ./demo --json\n')
    .action(demo);
}

async function demo(folder: string | undefined, { json }: { readonly json?: boolean }): Promise<void> {
  const to = json ? process.stderr : process.stdout;
  const tell = (line: string): void => void to.write(`${line}\n`);
  const ask = { env: process.env, tell, interrupted: interruption(tell), ...(folder !== undefined && { folder }) };
  const { summary, asWanted } = await playDemo(ask);
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  if (!asWanted) {
    process.stderr.write('The demo did not end as it should.\n');
    process.exitCode = exitCodes.fault;
  }
}

/** Rejects when somebody wants it to end: on Ctrl-C or SIGTERM. */
function interruption(tell: (line: string) => void): Promise<never> {
  const interrupted = new Promise<never>((_, reject) => {
    const end = (): void => {
      tell('Ending everything in order …');
      reject(new Error('the demo was interrupted'));
    };
    // Listened to until the end: libraries that clean up kill the process where nobody else listens.
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, end);
  });
  interrupted.catch(() => undefined); // heard as soon as the stage stands
  return interrupted;
}
