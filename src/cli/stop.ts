import type { Command } from 'commander';
import { stopHost } from '../adapters/local/ensure-host.js';
import { endLeftEngine } from '../adapters/temporal/end-engine.js';
import { endProcess } from '../adapters/temporal/process-identity.js';
import { seconds } from '../domain/duration.js';
import { readRunFile, removeRunFile } from '../start/run-file.js';
import { configOrEnd, settingsOrEnd } from './reading.js';

/** `slipway stop`: ends what `slipway start` began, also when that process was killed; with `--instances` the deployed ones too. */
export function stopCommand(program: Command): void {
  program
    .command('stop')
    .summary('end what `slipway start` began')
    .description('Ends the Slipway that runs on this data, and an engine that a killed one has left behind.')
    .option('--config <file>', 'the configuration, ./slipway.yml unless said')
    .option('--data <folder>', 'the data folder, .slipway beside the configuration unless said')
    .option('--instances', 'end the deployed instances and their proxies too: users are served no longer')
    .option('--json', 'what was ended as one JSON object on standard output')
    .addHelpText('after', '\nExamples:\n  slipway stop\n  slipway stop --instances\n')
    .action(stop);
}

interface StopFlags {
  readonly config?: string;
  readonly data?: string;
  readonly instances?: boolean;
  readonly json?: boolean;
}

async function stop({ config: configFile, data: dataDir, instances, json }: StopFlags): Promise<void> {
  const settings = settingsOrEnd({
    ...(configFile !== undefined && { configFile }),
    ...(dataDir !== undefined && { dataDir }),
  });
  const config = await configOrEnd(settings.configFile);
  const ended: string[] = [];
  if (await endRunning(settings.dataDir)) ended.push('slipway');
  if (await endLeftEngine(settings.dataDir)) ended.push('engine');
  if (instances)
    for (const { name } of config.environments) {
      await stopHost({ dataDir: settings.dataDir, environment: name });
      ended.push(`instances in ${name}`);
    }
  if (json) process.stdout.write(`${JSON.stringify({ ended })}\n`);
  else process.stderr.write(ended.length === 0 ? 'Nothing was running.\n' : `Ended: ${ended.join(', ')}.\n`);
}

/** The supervisor ends its own children; it gets the time that takes. */
async function endRunning(dataDir: string): Promise<boolean> {
  const run = await readRunFile(dataDir);
  if (!run) return false;
  await endProcess(run.process, seconds(45));
  await removeRunFile(dataDir);
  return true;
}
