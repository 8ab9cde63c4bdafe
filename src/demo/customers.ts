import { createLocalTraffic } from '../adapters/local/traffic.js';
import type { Instant } from '../domain/duration.js';
import { lookUntil } from './caller.js';
import { type Load, type Served, startLoad } from './load.js';
import { createPromises, type Promises } from './promises.js';
import type { DemoStage } from './stage.js';

export interface Customers {
  between(from: Instant, to: Instant): Served;
  readonly promises: Promises;
  end(): Promise<void>;
}

const requestsPerSecond = 200;

/** Customers come as soon as the shop is open in production, and stay until the end. */
export function awaitCustomers(stage: DemoStage, tell: (line: string) => void): Customers {
  const { dataDir } = stage.settings;
  const traffic = createLocalTraffic({ dataDir, config: stage.config });
  const promises = createPromises();
  let load: Load | undefined;
  let over = false;
  const opening = lookUntil('the shop to open', open, 120_000, 50).catch(() => undefined);
  return {
    between: (from, to) => load?.sentBetween(from, to) ?? { sent: 0, failed: 0 },
    promises,
    async end() {
      over = true;
      await opening;
      await load?.stop();
    },
  };

  async function open(): Promise<true | undefined> {
    if (over) return true;
    const { url, share } = await traffic.read({ service: 'shop', environment: 'production' });
    if (share === 0) return undefined;
    tell(`         production ${requestsPerSecond} customer requests a second from now on, at ${url}`);
    load = startLoad({ url, requestsPerSecond, onOrder: (answer) => promises.hear(answer) });
    return true;
  }
}
