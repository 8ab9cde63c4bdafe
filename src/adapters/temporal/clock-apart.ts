import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { type Milliseconds, seconds } from '../../domain/duration.js';
import { heraldId } from '../../messages.js';

/** How often the herald's activity is looked at while its next attempt is waited for. */
const every: Milliseconds = 200;

/**
 * How far the clock of this machine is ahead of the engine's; negative where it is behind. Told by the time that the engine
 * gives to the next attempt of an activity that always looks, as exactly as `every`. Nothing where none begins in time.
 */
export async function clockApart(client: Client, within: Milliseconds = seconds(8)): Promise<Milliseconds | undefined> {
  const first = await lastBegun(client);
  for (let waited = 0; waited < within; waited += every) {
    await wait(every);
    const last = await lastBegun(client);
    if (last !== undefined && last !== first) return Date.now() - last;
  }
  return undefined;
}

async function lastBegun(client: Client): Promise<Milliseconds | undefined> {
  const { raw } = await client.workflow.getHandle(heraldId).describe();
  const { seconds: whole, nanos } = raw.pendingActivities?.[0]?.lastStartedTime ?? {};
  return whole ? Number(whole) * 1_000 + (nanos ?? 0) / 1e6 : undefined;
}
