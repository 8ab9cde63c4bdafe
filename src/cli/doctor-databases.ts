import { inspectDatabase, toolVersions } from '../adapters/postgres/inspect.js';
import { howToInstall } from '../adapters/postgres/tools.js';
import type { Config, ServiceConfig } from '../config/config.js';
import { type Finding, ill, said, well } from './findings.js';

/** What backups and migrations need: PostgreSQL's programs, and each database that can be reached from here. */
export async function databases(
  config: Config,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const services = Object.values(config.services).filter(({ database }) => database !== undefined);
  if (services.length === 0) return [];
  try {
    const version = await toolVersions(variables);
    const places = services.flatMap((service) =>
      config.environments.map(({ name }) => ({ service, environment: name })),
    );
    const looks = places.map(({ service, environment }) => look({ service, environment, version, variables }));
    return [well('PostgreSQL', `pg_dump and pg_restore ${version}`), ...(await Promise.all(looks))];
  } catch (fault) {
    return [ill('PostgreSQL', said(fault), howToInstall)];
  }
}

async function look(ask: {
  readonly service: ServiceConfig;
  readonly environment: string;
  readonly version: number;
  readonly variables: Readonly<Record<string, string | undefined>>;
}): Promise<Finding> {
  const { service, environment, version, variables } = ask;
  const what = `database of ${service.name} in ${environment}`;
  try {
    const place = { service: service.name, environment };
    const seen = await inspectDatabase({ services: { [service.name]: service } }, place, variables);
    if (!seen) return well(what, 'its address is not known here: the worker of the environment reads it');
    const { server, mayCopy } = seen;
    const found = `PostgreSQL ${server} answers`;
    if (server > version) return ill(what, `${found}, and pg_dump ${version} is older`, howToInstall);
    return mayCopy
      ? well(what, found)
      : ill(
          what,
          `${found}, and the copy of a backup cannot be made there`,
          'alter role … createdb, or name a server under `scratch`',
        );
  } catch (fault) {
    return ill(what, said(fault), 'see that the server runs, and that the address under `url` leads to it');
  }
}
