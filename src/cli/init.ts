import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { featuresPath } from '../adapters/flags/features.js';
import { initGovernanceRepository } from '../adapters/governance/repository.js';
import { startingFeatures } from '../config/features-template.js';
import { startingFile } from '../config/template.js';
import { exitCodes } from './exit-codes.js';
import { settingsOrEnd } from './reading.js';

/** `slipway init`: a governance repository here, with a commented configuration to start from. */
export function initCommand(program: Command): void {
  program
    .command('init')
    .summary('make a governance repository here, with a configuration to start from')
    .description(
      'Writes a commented slipway.yml and method/config/features.yml, and makes the folder a git repository: records are\n' +
        'kept beside them. A file that is there is left as it is.',
    )
    .option('--config <file>', 'where to write it, ./slipway.yml unless said')
    .option('--service <name>', 'the name of your first service')
    .option('--repository <path>', 'its git repository, a folder or URL')
    .option('--json', 'what was written as one JSON object on standard output')
    .addHelpText('after', '\nExamples:\n  slipway init\n  slipway init --service shop --repository ../shop\n')
    .action(init);
}

interface InitFlags {
  readonly config?: string;
  readonly service?: string;
  readonly repository?: string;
  readonly json?: boolean;
}

async function init({ config, service, repository, json }: InitFlags): Promise<void> {
  const { configFile } = settingsOrEnd({ ...(config !== undefined && { configFile: config }) });
  const directory = dirname(configFile);
  await mkdir(directory, { recursive: true });
  const text = startingFile({
    ...(service !== undefined && { service }),
    ...(repository !== undefined && { repository }),
  });
  if (!(await writeNew(configFile, text))) {
    process.stderr.write(`${configFile} exists and is left as it is; edit it, or name another by --config\n`);
    process.exitCode = exitCodes.usage;
    return;
  }
  const features = join(directory, featuresPath);
  await mkdir(dirname(features), { recursive: true });
  await writeNew(features, startingFeatures(service));
  await initGovernanceRepository(directory);
  if (json) process.stdout.write(`${JSON.stringify({ configFile, directory })}\n`);
  else process.stderr.write(`${configFile} is written. Next: edit it, then\n  slipway doctor\n  slipway start\n`);
}

/** Whether it was written: a file that is there is left as it is. */
async function writeNew(file: string, text: string): Promise<boolean> {
  try {
    await writeFile(file, text, { flag: 'wx' });
    return true;
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault;
    return false;
  }
}
