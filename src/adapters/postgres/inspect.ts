import type { Config } from '../../config/config.js';
import type { Place } from '../../domain/environment.js';
import { Refused } from '../../domain/failure.js';
import { addressOf, connected, referenceTo } from './connection.js';
import type { Variables } from '../secret.js';
import { findTool, majorOf, tools } from './tools.js';

/** The major version of PostgreSQL's programs here, the older of them. Refused as `not-found` where one is missing. */
export async function toolVersions(variables: Variables): Promise<number> {
  const found = await Promise.all(tools.map((tool) => findTool(tool, variables)));
  return Math.min(...(await Promise.all(found.map(majorOf))));
}

/** What the server of a place says of itself; `undefined` where its address is not known to this process. */
export async function inspectDatabase(
  { services }: Pick<Config, 'services'>,
  place: Place,
  variables: Variables,
): Promise<{ readonly server: number; readonly mayCopy: boolean } | undefined> {
  const database = services[place.service]?.database;
  if (!database) return undefined;
  const address = await addressOf(referenceTo(place, database), place, variables).catch(unknownHere);
  if (address === undefined) return undefined;
  return await connected(address, { name: 'slipway doctor' }, async (client) => {
    const { rows } = await client.query<{ version: string; may: boolean }>(
      `select current_setting('server_version_num') as version, rolcreatedb or rolsuper as may
       from pg_roles where rolname = current_user`,
    );
    const elsewhere = Object.hasOwn(database.scratch, place.environment);
    return { server: Math.floor(Number(rows[0]?.version) / 10_000), mayCopy: elsewhere || (rows[0]?.may ?? false) };
  });
}

function unknownHere(fault: unknown): undefined {
  if (fault instanceof Refused) return undefined;
  throw fault;
}
