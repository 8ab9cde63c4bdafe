import type { Config, DatabaseConfig } from '../../config/config.js';
import type { Artifact } from '../../domain/artifact.js';
import type { Place } from '../../domain/environment.js';
import { Refused } from '../../domain/failure.js';
import type { Script } from '../../domain/migration.js';
import type { Artifacts } from '../../ports/artifacts.js';
import { scriptHash } from '../../config/script-hash.js';
import { textsPacked } from '../build/declared.js';
import { knownService } from '../build/sources.js';
import { addressOf, referenceTo, type Address } from './connection.js';
import type { Variables } from '../secret.js';
import type { Sql } from './script.js';

/** What the adapter is made of. */
export interface Parts {
  readonly config: Pick<Config, 'services'>;
  /** Of the environment's worker: backups lie in its `backups`. */
  readonly dataDir: string;
  readonly artifacts: Pick<Artifacts, 'fetch'>;
  /** Of this process: addresses of databases, and `PATH` for PostgreSQL's programs. */
  readonly variables: Variables;
}

/** The database of a place: where it is, where its copies are restored, and within which bounds it is worked on. */
export interface Here {
  readonly place: Place;
  readonly address: Address;
  readonly scratch: Address;
  readonly limits: DatabaseConfig;
}

/** Finds a place's database. Refused as `invalid` or `not-found`, naming what is missing. */
export async function here({ config, variables }: Parts, place: Place): Promise<Here> {
  const limits = knownService(config, place.service).database;
  if (!limits)
    throw new Refused(
      'invalid',
      `service ${place.service} has no database in slipway.yml: wanted services.${place.service}.database`,
    );
  const address = await addressOf(referenceTo(place, limits), place, variables);
  const other = Object.hasOwn(limits.scratch, place.environment) ? limits.scratch[place.environment] : undefined;
  const scratch = other ? await addressOf(other, place, variables) : address;
  return { place, address, scratch, limits };
}

/** A script as the artifact carries it. Refused as `invalid` where it is not the one that was declared. */
export async function scriptOf(
  { artifacts }: Parts,
  { path, hash }: Script,
  of: Pick<Artifact, 'version' | 'digest'>,
): Promise<Sql> {
  const text = await textsPacked(await artifacts.fetch(of.digest))(path);
  if (text !== undefined && scriptHash(text) === hash) return { path, text };
  const met = text === undefined ? 'no such file' : scriptHash(text);
  throw new Refused('invalid', `${path} in the artifact of ${of.version}: met ${met}, wanted ${hash}`);
}
