import { type Cluster, findServer, howToInstall, startCluster as startWith } from '../../src/demo/postgres.js';

export { type Cluster, query } from '../../src/demo/postgres.js';

const bin = await findServer(process.env);
const leftOut = `PostgreSQL is not installed: tests of data migrations on a real one are LEFT OUT; ${howToInstall}`;
if (bin === undefined) process.stdout.write(`${leftOut}\n`);

/** Why tests on a real PostgreSQL are left out, told loudly; `false` where there is one. */
export const withoutPostgres: string | false = bin === undefined && leftOut;

/** Where PostgreSQL's own programs lie; nowhere where there are none. */
export const pathToPostgres = bin ?? '';

/** Starts a cluster of a test, which the test ends. */
export async function startCluster(): Promise<Cluster> {
  if (bin === undefined) throw new Error(leftOut);
  return await startWith(bin);
}
