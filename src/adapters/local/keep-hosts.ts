import { readdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { hasCode } from './host/os-process.js';
import { hostFolder } from './protocol.js';
import { ensureHost } from './ensure-host.js';

const every = 1_000;

/** Sees to it that the hosts of these environments run, also where no order is given: users are served by them. */
export function keepHosts(of: {
  readonly dataDir: string;
  readonly environments: readonly string[];
  readonly log: Logger;
}): { readonly close: () => Promise<void> } {
  const end = new AbortController();
  const ensure = async (environment: string) => {
    try {
      if (await serves(of.dataDir, environment)) await ensureHost({ dataDir: of.dataDir, environment });
    } catch (error) {
      of.log.error({ environment, error }, 'the host does not run');
    }
  };
  const keep = async (environment: string) => {
    try {
      for (;;) {
        await ensure(environment);
        await sleep(every, undefined, { signal: end.signal });
      }
    } catch (error) {
      if (!end.signal.aborted) throw error;
    }
  };
  const all = Promise.all(of.environments.map(keep));
  return {
    close: async () => {
      end.abort();
      await all;
    },
  };
}

/** Whether the host has ever been given a service: one that has not would only take up room. */
async function serves(dataDir: string, environment: string): Promise<boolean> {
  try {
    return (await readdir(`${hostFolder(dataDir, environment)}/places`)).length > 0;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
