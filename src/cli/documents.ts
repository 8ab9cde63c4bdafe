import { join } from 'node:path';
import type { Command } from 'commander';
import { createDocuments, type DocumentStanding } from '../adapters/governance/documents.js';
import { formatProblems, toProblem } from '../config/problems.js';
import { exitCodes } from './exit-codes.js';
import { said } from './findings.js';
import { gatherDocuments } from './gather-documents.js';
import { configOrEnd, settingsOrEnd } from './reading.js';
import { print, tell } from './verb.js';

interface DocumentsFlags {
  readonly config?: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** `slipway documents`: runbook, deployment configuration and secrets rotation, made from `slipway.yml`. */
export function documentsCommand(program: Command): void {
  program
    .command('documents')
    .summary('make runbook, deployment configuration and secrets rotation from slipway.yml')
    .description(
      'Writes the generated part of each between its markers, and commits it to the governance repository. All text outside\n' +
        'stays as it is, byte for byte. Needs no running Slipway. A file that is missing is made, for you to write on in.',
    )
    .option('--check', 'only say which are not as slipway.yml says, and write nothing')
    .option('--config <file>', 'the configuration in the governance repository, ./slipway.yml unless said')
    .option('--json', 'how each stands as one JSON object on standard output')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway documents\n  slipway documents --check\n\nExit codes:\n  0  all are as slipway.yml says\n  1  with --check: some are not; or they cannot be written\n  2  the command line, the configuration or the markers in a file are wrong\n',
    )
    .action(documents);
}

async function documents(flags: DocumentsFlags): Promise<void> {
  const { configFile } = settingsOrEnd(flags.config === undefined ? {} : { configFile: flags.config });
  const config = await configOrEnd(configFile);
  const wanted = await gatherDocuments(config).catch((fault: unknown) => {
    tell(said(fault));
    process.exit(exitCodes.usage);
  });
  const store = createDocuments(config);
  const check = flags.check ?? false;
  const standings = await (check ? store.look(wanted) : store.renew(wanted));
  const broken = brokenMarkers(standings, config.directory);
  if (broken !== undefined) tell(broken);
  const written = !check && broken === undefined;
  print(
    flags,
    { written, documents: standings },
    standings.flatMap((standing) => line(standing, written)),
  );
  process.exitCode = exitOf(standings, check);
}

function line({ path, state }: DocumentStanding, written: boolean): readonly string[] {
  if (state === 'broken') return [];
  if (state === 'current') return [`${path}: as slipway.yml says`];
  if (written) return [`${path}: ${state === 'missing' ? 'made' : 'renewed'}`];
  return [`${path}: ${state === 'missing' ? 'there is none' : 'stale'}: slipway documents`];
}

/** Where markers are broken, as the configuration's own problems are told; nothing where none are. */
export function brokenMarkers(standings: readonly DocumentStanding[], directory: string): string | undefined {
  const problems = standings.flatMap((standing) =>
    standing.state === 'broken'
      ? [
          toProblem(
            { path: [], at: 'value', met: standing.met, wanted: standing.wanted },
            { file: join(directory, standing.path), line: standing.line, column: 1 },
          ),
        ]
      : [],
  );
  return problems.length === 0 ? undefined : formatProblems(problems, directory);
}

function exitOf(standings: readonly DocumentStanding[], check: boolean) {
  if (standings.some(({ state }) => state === 'broken')) return exitCodes.usage;
  return check && standings.some(({ state }) => state !== 'current') ? exitCodes.fault : exitCodes.ok;
}
