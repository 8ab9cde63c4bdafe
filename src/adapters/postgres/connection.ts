import pg from 'pg';
import type { DatabaseConfig, SecretReference } from '../../config/config.js';
import { seconds } from '../../domain/duration.js';
import { Refused } from '../../domain/failure.js';
import type { Place } from '../../domain/environment.js';
import { secretOf, type Variables, whereSecret } from '../secret.js';

/** The address of a database with all that is secret in it. It is in no message and on no command line. */
export type Address = string & { readonly secret: unique symbol };

/** What a connection is for: `name` shows in the server's own lists. */
interface Purpose {
  readonly name: string;
  /** Another database of the same server. */
  readonly database?: string;
}

/** The address a reference leads to, in this environment's worker. Refused as `invalid`, naming what is missing. */
export async function addressOf(reference: SecretReference, of: Place, variables: Variables): Promise<Address> {
  const found = await secretOf(reference, variables);
  const where = whereSecret(reference);
  const wanted = `wanted the address of the database of ${of.service} in ${of.environment}, postgresql://…`;
  if (found === undefined || found === '') throw new Refused('invalid', `${where}: met nothing; ${wanted}`);
  if (!/^postgres(ql)?:\/\//.test(found) || !URL.canParse(found))
    throw new Refused('invalid', `${where}: met something else; ${wanted}`);
  return found as Address;
}

/** The reference to an environment's database. Refused as `invalid`, naming what there is. */
export function referenceTo(place: Place, { url }: Pick<DatabaseConfig, 'url'>): SecretReference {
  const reference = Object.hasOwn(url, place.environment) ? url[place.environment] : undefined;
  if (reference) return reference;
  const known = Object.keys(url).join(', ') || 'none';
  throw new Refused(
    'invalid',
    `no database is configured for ${place.service} in ${place.environment}; there are ${known}`,
  );
}

/** Connects for the time of `work`. A server that does not answer is a fault, without the address that was used. */
export async function connected<T>(
  address: Address,
  purpose: Purpose,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: addressWithin(address, purpose.database),
    application_name: purpose.name,
    connectionTimeoutMillis: seconds(10),
    keepAlive: true,
  });
  // Told by the query that is under way; without one there is nobody to tell.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What PostgreSQL's own tools are told, by variables that other people's process lists do not show. */
export function toolVariables(address: Address, purpose: Purpose): Readonly<Record<string, string>> {
  const client = new pg.Client({ connectionString: addressWithin(address, purpose.database) });
  const asked = new URL(address).searchParams;
  const told = {
    PGHOST: client.host,
    PGPORT: String(client.port),
    PGUSER: client.user,
    PGDATABASE: client.database,
    PGPASSWORD: client.password,
    PGSSLMODE: asked.get('sslmode') ?? undefined,
    PGSSLROOTCERT: asked.get('sslrootcert') ?? undefined,
    PGSSLCERT: asked.get('sslcert') ?? undefined,
    PGSSLKEY: asked.get('sslkey') ?? undefined,
    PGAPPNAME: purpose.name,
    PGCONNECT_TIMEOUT: '10',
  };
  return Object.fromEntries(
    Object.entries(told).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function addressWithin(address: Address, database: string | undefined): string {
  if (database === undefined) return address;
  const url = new URL(address);
  url.pathname = `/${encodeURIComponent(database)}`;
  return url.href;
}
