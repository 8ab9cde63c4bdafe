import { once } from 'node:events';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createTokens } from '../adapters/identity/tokens.js';
import { createLogger } from '../logger.js';
import { startSlipway } from '../start/slipway.js';
import { configOrEnd, settingsOrEnd } from './reading.js';

interface StartFlags {
  readonly config?: string;
  readonly data?: string;
  readonly host?: string;
  readonly port?: string;
  readonly temporalPort?: string;
  readonly uiPort?: string;
  readonly json?: boolean;
}

/** `slipway start`: engine, workers and front door in one command, until it is asked to end. */
export function startCommand(program: Command): void {
  program
    .command('start')
    .summary('run everything here: engine, workers, front door')
    .description(
      'Runs the embedded Temporal server (or the cluster named by TEMPORAL_ADDRESS), all workers and the front door.\n' +
        'Ends in order on Ctrl-C or SIGTERM. Deployed instances go on serving; `slipway stop --instances` ends them too.',
    )
    .option('--config <file>', 'the configuration, ./slipway.yml unless said')
    .option('--data <folder>', 'where artifacts, instances and the engine are kept, .slipway beside the configuration')
    .option('--host <address>', 'where the front door listens, 127.0.0.1 unless said')
    .option('--port <port>', 'of the front door; 0 is any free one; unless said 7070 where it is free')
    .option('--temporal-port <port>', 'of the embedded engine; unless said 7233 where it is free')
    .option('--ui-port <port>', 'of the Temporal UI; unless said 8233 where it is free')
    .option('--json', 'one JSON object on standard output when everything answers')
    .addHelpText(
      'after',
      '\nExamples:\n  slipway start\n  slipway start --port 0 --json\n  TEMPORAL_ADDRESS=temporal:7233 slipway start\n',
    )
    .action(start);
}

async function start(flags: StartFlags): Promise<void> {
  const { config: configFile, data: dataDir, host: doorHost, port: doorPort, temporalPort, uiPort, json } = flags;
  const said = Object.entries({ configFile, dataDir, doorHost, doorPort, temporalPort, uiPort });
  const settings = settingsOrEnd(Object.fromEntries(said.filter(([, value]) => value !== undefined)));
  const config = await configOrEnd(settings.configFile);
  const tell = (line: string): void => void process.stderr.write(`${line}\n`);
  const logger = createLogger({
    name: 'front-door',
    level: settings.logLevel,
    destination: join(settings.dataDir, 'front-door.log'),
  });

  const ended = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const slipway = await startSlipway({
    settings,
    config,
    env: process.env,
    logger,
    insisted: {
      door: (doorPort ?? process.env['SLIPWAY_PORT']) !== undefined,
      temporal: (temporalPort ?? process.env['SLIPWAY_TEMPORAL_PORT']) !== undefined,
      ui: (uiPort ?? process.env['SLIPWAY_UI_PORT']) !== undefined,
    },
    tell,
  });
  const operator = await createTokens({ dataDir: settings.dataDir }).ensureOperator();
  const { url, engine } = slipway;
  if (json)
    process.stdout.write(
      `${JSON.stringify({ url, uiUrl: engine.uiUrl, pid: process.pid, dataDir: settings.dataDir })}\n`,
    );
  tell(welcome({ url, uiUrl: engine.uiUrl, services: Object.keys(config.services), tokenFile: operator.file }));
  await ended;
  tell('Ending in order; deployed instances go on serving …');
  await slipway.stop();
}

function welcome(about: {
  url: string;
  uiUrl: string | undefined;
  services: readonly string[];
  tokenFile: string;
}): string {
  const [service = 'SERVICE'] = about.services;
  return [
    `Slipway answers at   ${about.url}`,
    ...(about.uiUrl === undefined ? [] : [`Temporal UI          ${about.uiUrl}`]),
    `Operator token       ${about.tokenFile}`,
    `A release            slipway release ${service} VERSION --watch`,
  ].join('\n');
}
