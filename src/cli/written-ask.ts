import type { Command } from 'commander';
import type { WrittenAsk } from './door.js';

/** What `plan` and `release` take alike. */
export interface AskFlags {
  readonly ref?: string;
  readonly environments?: string;
  readonly flags?: string;
}

export const askOptions = (command: Command): Command =>
  command
    .option('--ref <ref>', 'a tag, branch or commit, where the version has no tag of its own')
    .option('--environments <names>', 'only the first ones, as dev,staging; all of them unless said')
    .option('--flags <names>', 'flags that go off before the version goes back, as express,banner');

/** The command line as the front door wants it written. */
export const writtenAsk = (service: string, version: string | undefined, flags: AskFlags): WrittenAsk => ({
  service,
  ...(version !== undefined && { version }),
  ...(flags.ref !== undefined && { ref: flags.ref }),
  ...(flags.environments !== undefined && { environments: flags.environments.split(',') }),
  ...(flags.flags !== undefined && { flags: flags.flags.split(',') }),
});
