import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { initGovernanceRepository } from '../adapters/governance/repository.js';
import { createTokens } from '../adapters/identity/tokens.js';
import { stopHost } from '../adapters/local/ensure-host.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { formatProblems } from '../config/problems.js';
import { createLogger } from '../logger.js';
import { readSettings, type Settings } from '../settings.js';
import { type Slipway, startSlipway } from '../start/slipway.js';
import { type Caller, createCaller } from './caller.js';
import { demoConfig, makeSampleShop } from './sample-shop.js';

/** The demo's people: each speaks with a token of their own. */
export type DemoPerson = 'alice' | 'grace' | 'oscar';

/** Everything the demo plays on: a shop, a governance repository, and a running Slipway. */
export interface DemoStage {
  readonly governance: string;
  readonly config: Config;
  readonly settings: Settings;
  readonly slipway: Slipway;
  as(person: DemoPerson): Caller;
  /** Ends everything, deployed instances too; the files stay. */
  close(): Promise<void>;
}

/** Makes a new folder, or uses the one given, which must not hold a demo already. */
export async function openDemoStage(ask: {
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (line: string) => void;
}): Promise<DemoStage> {
  const folder = await realpath(
    ask.folder === undefined ? await mkdtemp(join(tmpdir(), 'slipway-demo-')) : await made(ask.folder),
  );
  const governance = join(folder, 'governance');
  ask.tell(`Files of this demo: ${folder}`);
  await makeSampleShop(join(folder, 'shop'));
  await initGovernanceRepository(governance);
  const configFile = join(governance, 'slipway.yml');
  await writeFile(configFile, demoConfig({ repository: '../shop' }), { flag: 'wx' });

  const { config, settings } = await read(configFile);
  const tokens = createTokens({ dataDir: settings.dataDir });
  const issued = {
    alice: await tokens.issue('alice'),
    grace: await tokens.issue('grace'),
    oscar: await tokens.issue('oscar'),
  };
  const slipway = await startSlipway({
    settings,
    config,
    env: ask.env,
    logger: createLogger({ name: 'front-door', level: 'info', destination: join(settings.dataDir, 'front-door.log') }),
    insisted: { door: false, temporal: false, ui: false },
    tell: ask.tell,
  });
  return {
    governance,
    config,
    settings,
    slipway,
    as: (person) => createCaller({ url: slipway.url, token: issued[person] }),
    async close() {
      await slipway.stop();
      for (const { name } of config.environments) await stopHost({ dataDir: settings.dataDir, environment: name });
    },
  };
}

async function made(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  return resolve(folder);
}

async function read(configFile: string): Promise<{ config: Config; settings: Settings }> {
  const loaded = await loadConfig(configFile);
  if (!loaded.ok) throw new Error(formatProblems(loaded.problems));
  const settings = readSettings({}, { configFile });
  if (!settings.ok) throw new Error(settings.problems.map(({ message }) => message).join('; '));
  return { config: loaded.config, settings: settings.settings };
}
