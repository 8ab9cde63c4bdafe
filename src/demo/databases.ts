import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type Cluster, findServer, howToInstall, startCluster } from './postgres.js';

/** The databases of the sample shop, one for each environment, on a PostgreSQL that lasts as long as the demo. */
export interface ShopDatabases {
  /** By environment: the file that holds the address, its password in it, readable by nobody else. */
  readonly files: Readonly<Record<string, string>>;
  /** The module that the shop speaks to PostgreSQL with: the shop's package holds none. */
  readonly client: string;
  /** `PATH` for Slipway: the programs that backups are made with are those of this server. */
  readonly path: string;
  /** The database's address in an environment. */
  addressIn(environment: string): string;
  end(): Promise<void>;
}

/** Opens the databases; or says why the shop goes without, and what people can do about it. */
export async function openShopDatabases(ask: {
  /** Where the files with the addresses are made. */
  readonly folder: string;
  readonly environments: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}): Promise<ShopDatabases | { readonly missing: string }> {
  const bin = await findServer(ask.env);
  if (bin === undefined) return { missing: `PostgreSQL is not installed: ${howToInstall}` };
  try {
    const cluster = await startCluster(bin);
    return await filled(cluster, { ...ask, bin });
  } catch (fault) {
    const said = fault instanceof Error ? fault.message : String(fault);
    return { missing: `PostgreSQL is installed in ${bin} and does not start: ${said}` };
  }
}

async function filled(
  cluster: Cluster,
  { folder, environments, env, bin }: Parameters<typeof openShopDatabases>[0] & { readonly bin: string },
): Promise<ShopDatabases> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const addresses: Record<string, string> = {};
    const files: Record<string, string> = {};
    for (const environment of environments) {
      const address = await cluster.database(environment);
      const file = join(folder, environment);
      await writeFile(file, address, { mode: 0o600 });
      addresses[environment] = address;
      files[environment] = file;
    }
    return {
      files,
      client: import.meta.resolve('pg'),
      path: [bin, env['PATH']].filter(Boolean).join(delimiter),
      addressIn: (environment) => addresses[environment] ?? '',
      end: () => cluster.end(),
    };
  } catch (fault) {
    await cluster.end();
    throw fault;
  }
}
