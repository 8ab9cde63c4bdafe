import type { Config, ServiceConfig } from '../../config/config.js';
import { seconds } from '../../domain/duration.js';
import type { Load } from '../../ports/load.js';
import { knownService } from '../build/sources.js';
import { guardedFetch } from '../guarded-fetch.js';

/** Sends GET requests at an even pace, whether they are answered or not: of the smoke suite, or else the health path. */
export function createLoad({ config }: { readonly config: Pick<Config, 'services'> }): Load {
  return {
    begin({ service, url, requestsPerSecond }) {
      const paths = pathsOf(knownService(config, service));
      const underWay = new Set<Promise<void>>();
      let [sent, failed] = [0, 0];
      const visit = async (path: string): Promise<void> => {
        if (!(await isServed(new URL(path, url)))) failed += 1;
      };
      const timer = setInterval(
        () => {
          const visiting = visit(paths[sent % paths.length] ?? '/').finally(() => underWay.delete(visiting));
          sent += 1;
          underWay.add(visiting);
        },
        Math.max(1, seconds(1) / requestsPerSecond),
      );
      return {
        soFar: () => ({ sent, failed }),
        end: async () => {
          clearInterval(timer);
          await Promise.all(underWay);
          return { sent, failed };
        },
      };
    },
  };
}

/** A user's patience, as a browser has it. */
const patience = seconds(10);

async function isServed(url: URL): Promise<boolean> {
  try {
    const answer = await guardedFetch(url, { signal: AbortSignal.timeout(patience) });
    await answer.arrayBuffer();
    return answer.status < 500;
  } catch {
    return false;
  }
}

function pathsOf({ smoke, process }: ServiceConfig): readonly string[] {
  const reads = smoke.flatMap((check) => (check.kind === 'http' && check.method === 'GET' ? [check.path] : []));
  return reads.length > 0 ? reads : [process.health];
}
