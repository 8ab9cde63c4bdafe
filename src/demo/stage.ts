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
import { openShopDatabases, type ShopDatabases } from './databases.js';
import type { DataKept, Promises } from './promises.js';
import { demoConfig, environments, makeSampleShop } from './sample-shop.js';

/** The demo's people: each speaks with a token of their own. */
export type DemoPerson = 'alice' | 'grace' | 'oscar';

/** Everything the demo plays on: a shop, a governance repository, and a running Slipway. */
export interface DemoStage {
  readonly governance: string;
  readonly config: Config;
  readonly settings: Settings;
  readonly slipway: Slipway;
  /** Why the shop has no database, and how to have one; missing where it has. */
  readonly withoutData?: string;
  /** Compares what customers were promised with the shop's database in production; nothing where there is none. */
  compareData(promises: Promises): Promise<DataKept | undefined>;
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
  ask.tell(`Files of this demo: ${folder}`);
  const opened = await openShopDatabases({ folder: join(folder, 'secrets'), environments, env: ask.env });
  const databases = 'missing' in opened ? undefined : opened;
  try {
    const stage = await makeStage({ ...ask, folder, ...(databases && { databases }) });
    return { ...stage, ...('missing' in opened && { withoutData: opened.missing }) };
  } catch (fault) {
    await databases?.end();
    throw fault;
  }
}

/** Governance repository, shop and Slipway in a folder; what is deployed ends before its databases. */
async function makeStage(ask: {
  readonly folder: string;
  readonly databases?: ShopDatabases;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (line: string) => void;
}): Promise<DemoStage> {
  const { folder, databases } = ask;
  const governance = join(folder, 'governance');
  await makeSampleShop(join(folder, 'shop'));
  await initGovernanceRepository(governance);
  const configFile = join(governance, 'slipway.yml');
  await writeFile(configFile, demoConfig({ repository: '../shop', ...(databases && { databases }) }), { flag: 'wx' });

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
    env: { ...ask.env, ...(databases && { PATH: databases.path }) },
    logger: createLogger({ name: 'front-door', level: 'info', destination: join(settings.dataDir, 'front-door.log') }),
    insisted: { door: false, temporal: false, ui: false },
    tell: ask.tell,
  });
  return {
    governance,
    config,
    settings,
    slipway,
    compareData: async (promises) => databases && (await promises.compare(databases.addressIn('production'))),
    as: (person) => createCaller({ url: slipway.url, token: issued[person] }),
    async close() {
      try {
        await slipway.stop();
        for (const { name } of config.environments) await stopHost({ dataDir: settings.dataDir, environment: name });
      } finally {
        await databases?.end();
      }
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
