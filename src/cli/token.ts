import type { Command } from 'commander';
import { createTokens, operatorName } from '../adapters/identity/tokens.js';
import { exitCodes, exitCodesHelp } from './exit-codes.js';
import { configOrEnd, settingsOrEnd } from './reading.js';
import { print, tell } from './verb.js';

interface TokenFlags {
  readonly config?: string;
  readonly data?: string;
  readonly revoke?: boolean;
  readonly json?: boolean;
}

/** `slipway token`: lets a person in, or out again. */
export function tokenCommand(program: Command): void {
  program
    .command('token <person>')
    .summary('issue a token for a person of slipway.yml')
    .description(
      'Issues a token and prints it, this once: only its hash is kept. Works where Slipway keeps its data, also while it\nruns.',
    )
    .option('--revoke', 'end all tokens of the person instead')
    .option('--config <file>', 'the configuration, ./slipway.yml unless said')
    .option('--data <folder>', 'the data folder, .slipway beside the configuration unless said')
    .option('--json', 'one JSON object on standard output')
    .addHelpText(
      'after',
      `\nExamples:\n  slipway token grace > grace.token\n  slipway token grace --revoke\n${exitCodesHelp}`,
    )
    .action(token);
}

async function token(person: string, flags: TokenFlags): Promise<void> {
  const { config: configFile, data: dataDir } = flags;
  const settings = settingsOrEnd({
    ...(configFile !== undefined && { configFile }),
    ...(dataDir !== undefined && { dataDir }),
  });
  const tokens = createTokens(settings);
  if (flags.revoke) {
    const revoked = await tokens.revoke(person);
    print(flags, { person, revoked }, [`${person}: ${revoked} tokens ended`]);
    process.exitCode = revoked > 0 ? exitCodes.ok : exitCodes.notFound;
    return;
  }
  const { people } = await configOrEnd(settings.configFile);
  if (!Object.hasOwn(people, person) && person !== operatorName) {
    tell(`${person} is not one of the people of ${settings.configFile}: ${Object.keys(people).join(', ')}`);
    process.exitCode = exitCodes.notFound;
    return;
  }
  const issued = await tokens.issue(person);
  print(flags, { person, token: issued }, [issued]);
}
