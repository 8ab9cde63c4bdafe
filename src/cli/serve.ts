import { once } from 'node:events';
import type { Command } from 'commander';
import { engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import { createLogger } from '../logger.js';
import { openDoor } from '../start/door.js';
import { makeReady } from '../start/make-ready.js';
import { configOrEnd, settingsOrEnd } from './reading.js';

/** `slipway serve`: the front door alone, for a team whose engine and workers run elsewhere (docker-compose.yml). */
export function serveCommand(program: Command): void {
  program
    .command('serve')
    .summary('run the front door alone; engine and workers run elsewhere')
    .description(
      'Answers HTTP on the Temporal cluster named by TEMPORAL_ADDRESS, and makes namespace and search attributes there.\n' +
        'Workers are started by `node .build/workers/main.js --house` and `--environment NAME`, see docker-compose.yml.',
    )
    .option('--config <file>', 'the configuration, ./slipway.yml unless said')
    .option('--host <address>', 'where it listens, 127.0.0.1 unless said')
    .option('--port <port>', '7070 unless said')
    .addHelpText('after', '\nExamples:\n  TEMPORAL_ADDRESS=temporal:7233 slipway serve --host 0.0.0.0\n')
    .action(serve);
}

async function serve(flags: {
  readonly config?: string;
  readonly host?: string;
  readonly port?: string;
}): Promise<void> {
  const { config: configFile, host: doorHost, port: doorPort } = flags;
  const said = Object.entries({ configFile, doorHost, doorPort }).filter(([, value]) => value !== undefined);
  const settings = settingsOrEnd(Object.fromEntries(said));
  const config = await configOrEnd(settings.configFile);
  const engine = engineFromEnvironment(process.env);
  if (!engine) throw new Error('TEMPORAL_ADDRESS is not set; wanted host:7233. To run everything here: slipway start');
  const tell = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await makeReady({ engine, tell });
  const logger = createLogger({ name: 'front-door', level: settings.logLevel });
  const door = await openDoor({ settings, config, engine, logger, env: process.env, anyPort: false });
  tell(`The front door answers at ${door.url}`);
  await ended;
  await door.close();
}
