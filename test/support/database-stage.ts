import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from './postgres.js';
import { openStage, type Stage, type StageOptions } from './stage.js';
import { makeTinyDatabaseService } from './tiny-database-service.js';

/** A stage whose one service keeps its orders in a PostgreSQL of its own; `address` is that of its database. */
export interface DatabaseStage {
  readonly stage: Stage;
  readonly address: string;
  /** Whatever people read must not hold it. */
  readonly password: string;
  close(): Promise<void>;
}

/** Opens it in production alone. Whatever happens, `close` leaves no process behind. */
export async function openDatabaseStage(
  service: string,
  strategy: string,
  options: StageOptions = {},
): Promise<DatabaseStage> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-data-'));
  const cluster = await startCluster();
  const end = async (): Promise<void> => {
    await cluster.end();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const address = await cluster.database(service);
    const file = join(folder, 'address');
    await writeFile(file, address, { mode: 0o600 });
    const told = { ORDERS_DATABASE: file, POSTGRES_CLIENT: import.meta.resolve('pg') };
    const database = { url: { production: { file } }, 'lock-timeout': '30s' };
    const stage = await openStage(
      { [service]: strategy },
      {
        environments: ['production'],
        latency: '5s',
        makeRepository: makeTinyDatabaseService,
        production: `variables: ${JSON.stringify(told)}`,
        more: { [service]: `    database: ${JSON.stringify(database)}\n` },
        ...options,
      },
    );
    const close = async (): Promise<void> => {
      await stage.close();
      await end();
    };
    return { stage, address, password: cluster.password, close };
  } catch (fault) {
    await end();
    throw fault;
  }
}
