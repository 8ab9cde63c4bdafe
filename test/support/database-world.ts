import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtifacts } from '../../src/adapters/build/artifacts.js';
import { createBuilder } from '../../src/adapters/build/builder.js';
import { createSources } from '../../src/adapters/build/sources.js';
import { createPostgresDatabase } from '../../src/adapters/postgres/database.js';
import type { Config, DatabaseConfig } from '../../src/config/config.js';
import type { Artifact } from '../../src/domain/artifact.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import type { Database } from '../../src/ports/database.js';
import { aConfig } from '../build/repository.js';
import { pathToPostgres } from './postgres.js';
import { makeTinyDatabaseService } from './tiny-database-service.js';
import type { BackupProof } from '../../src/domain/migration.js';

/** Everything about the tiny database service that a process needs to work on its data, as plain data. */
export interface Told {
  readonly config: Pick<Config, 'services'>;
  readonly dataDir: string;
  /** Where the artifacts are kept. */
  readonly artifacts: string;
  readonly address: string;
}

export const place = { service: 'shop', environment: 'production' };

/** The adapter, as a worker of production has it. */
export const databaseOf = ({ config, dataDir, artifacts, address }: Told): Database =>
  createPostgresDatabase({
    config,
    dataDir,
    artifacts: createArtifacts({ directory: artifacts }),
    variables: { ...process.env, PATH: `${pathToPostgres}:${process.env['PATH'] ?? ''}`, SHOP_DB: address },
  });

/** Bounds for tests: no test waits for them but those that say so. */
export const someLimits: DatabaseConfig = {
  migration: 'migration.yml',
  url: { production: { kind: 'env', name: 'SHOP_DB' } },
  scratch: {},
  dumpTimeout: minutes(1),
  statementTimeout: seconds(20),
  lockTimeout: seconds(2),
  keepBackups: hours(90 * 24),
};

/** The tiny database service, its versions built as they are asked for. */
export async function tinyDatabaseWorld(address: string) {
  const dataDir = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  const repository = join(dataDir, 'repository');
  await makeTinyDatabaseService(repository);
  const config = aConfig({ repository, database: someLimits });
  const kept = join(dataDir, 'artifacts');
  const artifacts = createArtifacts({ directory: kept });
  const parts = { config, directory: join(dataDir, 'builds'), variables: process.env };
  const told: Told = { config, dataDir, artifacts: kept, address };
  const built = new Map<string, Promise<Artifact>>();
  const build = async (version: string): Promise<Artifact> => {
    const revision = await createSources(parts).resolve({ service: 'shop', ref: `v${version}` });
    const outcome = await createBuilder({ ...parts, artifacts }).build({ service: 'shop', ...revision });
    if (outcome.kind === 'built') return outcome.artifact;
    throw new Error(outcome.reason);
  };
  const artifact = (version: string): Promise<Artifact> => {
    const one = built.get(version) ?? build(version);
    built.set(version, one);
    return one;
  };
  const end = (): Promise<void> => rm(dataDir, { recursive: true, force: true });
  const lose = ({ file }: BackupProof): Promise<void> => rm(join(dataDir, file));
  return { told, artifact, lose, end, database: databaseOf(told) };
}
