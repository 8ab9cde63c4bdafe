import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { initGovernanceRepository } from '../../src/adapters/governance/repository.js';
import type { Config } from '../../src/config/config.js';
import { aConfig } from './front-door.js';

/** A governance repository of its own, with the services shop and cart in three environments. */
export async function aGovernance(made: { readonly git: boolean } = { git: true }): Promise<{
  readonly directory: string;
  readonly config: Config;
  readonly write: (path: string, text: string) => Promise<void>;
  readonly read: (path: string) => Promise<string>;
  readonly close: () => Promise<void>;
}> {
  const directory = await mkdtemp(join(tmpdir(), 'slipway-'));
  if (made.git) await initGovernanceRepository(directory);
  return {
    directory,
    config: { ...aConfig(), directory },
    write: async (path, text) => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), text);
    },
    read: (path) => readFile(join(directory, path), 'utf8'),
    close: () => rm(directory, { recursive: true }),
  };
}
