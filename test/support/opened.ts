import { type Load, startLoad } from '../../src/demo/load.js';
import { eventually } from './eventually.js';
import type { Stage } from './stage.js';

/** Where an opening differs from the usual one; `onOrder` hears what customers are told of orders that were taken. */
interface Opening {
  readonly version?: string;
  readonly requestsPerSecond?: number;
  readonly onOrder?: (answer: string) => void;
}

/** The first release of a service, and customers from the moment it is open until they are told to stop. */
export async function opened(
  stage: Stage,
  service: string,
  { version = '1.0.0', requestsPerSecond = 12, onOrder }: Opening = {},
): Promise<Load> {
  const changeId = await stage.release(service, version);
  await stage.approve(changeId);
  const url = await stage.production(service);
  await eventually(`${service} is open`, async () => ((await fetch(`${url}/version`)).ok ? true : undefined));
  const load = startLoad({ url, requestsPerSecond, ...(onOrder && { onOrder }) });
  try {
    const { state, outcome } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    if (state !== 'succeeded')
      throw new Error(`the first release of ${service} ended ${state}: ${outcome?.reason ?? ''}`);
    return load;
  } catch (fault) {
    await load.stop();
    throw fault;
  }
}
