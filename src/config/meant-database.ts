import { normalize, resolve } from 'node:path';
import { hours, minutes, seconds } from '../domain/duration.js';
import type { DatabaseConfig, SecretReference } from './config.js';
import type { WrittenDatabase } from './schema.js';

/** What is written of a service's database, defaults filled in; files are found from the folder of `slipway.yml`. */
export const databaseOf = (written: WrittenDatabase, directory: string): DatabaseConfig => ({
  migration: written.migration,
  url: references(written.url, directory),
  scratch: references(written.scratch ?? {}, directory),
  dumpTimeout: written['dump-timeout'] ?? minutes(30),
  statementTimeout: written['statement-timeout'] ?? minutes(5),
  lockTimeout: written['lock-timeout'] ?? seconds(5),
  keepBackups: written['keep-backups'] ?? hours(90 * 24),
});

type WrittenReferences = WrittenDatabase['url'];

const references = (written: WrittenReferences, directory: string): Readonly<Record<string, SecretReference>> =>
  Object.fromEntries(
    Object.entries(written).map(([environment, reference]) => [environment, referenceOf(reference, directory)]),
  );

/** A reference as it is used: files are found from the folder of `slipway.yml`. */
export const referenceOf = ({ env, file = '' }: WrittenReferences[string], directory: string): SecretReference =>
  env === undefined
    ? { kind: 'file', path: resolve(directory, file), written: normalize(file) }
    : { kind: 'env', name: env };
