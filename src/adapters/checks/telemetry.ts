import { stat } from 'node:fs/promises';
import type { Config } from '../../config/config.js';
import { seconds } from '../../domain/duration.js';
import type { Telemetry } from '../../ports/telemetry.js';
import type { Variables } from '../build/git.js';
import { isCode } from '../governance/durable-file.js';
import { hostFolder } from '../local/protocol.js';
import { askCommand } from './ask-command.js';

const limit = seconds(30);

/**
 * The logs that each environment's host keeps of its instances, and the commands under `observability` of a service, run
 * with a shell in the governance repository, `SERVICE` and `ENVIRONMENT` set, and every variable of this worker.
 */
export const createTelemetry = (parts: {
  readonly config: Pick<Config, 'services' | 'directory'>;
  readonly dataDir: string;
  readonly variables: Variables;
}): Telemetry => ({
  async logged({ environment }, instances) {
    const folder = `${hostFolder(parts.dataDir, environment)}/logs`;
    const sizes = instances.map(async (id) => [id, await sizeOf(`${folder}/${id}.log`)] as const);
    return Object.fromEntries(await Promise.all(sizes));
  },

  async ask({ service, environment }, signal) {
    const { services, directory } = parts.config;
    const run = Object.hasOwn(services, service) ? services[service]?.observability?.[signal] : undefined;
    if (run === undefined) return undefined;
    const about = { SERVICE: service, ENVIRONMENT: environment };
    const { code, how, line } = await askCommand({ run, directory, about, variables: parts.variables, limit });
    const arrives = code === 0;
    return { run, arrives, said: line === '' ? how : arrives ? line : `${how}: ${line}` };
  },
});

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (fault) {
    if (isCode(fault, 'ENOENT')) return 0;
    throw fault;
  }
}
