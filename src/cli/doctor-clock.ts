import { clockApart } from '../adapters/temporal/clock-apart.js';
import { connectClient } from '../adapters/temporal/connections.js';
import { engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import { type Milliseconds, seconds, spoken } from '../domain/duration.js';
import { type Finding, ill, well } from './findings.js';

/** Signed webhooks are good for five minutes either way; people and records are confused by less. */
const tolerated: Milliseconds = seconds(5);

/** Whether this machine's clock is the engine's; an embedded engine has the same one, and where nobody works nobody can tell. */
export async function clock(env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  const external = engineFromEnvironment(env);
  if (!external) return [];
  const client = await connectClient({ engine: external, role: 'doctor', within: seconds(5) });
  try {
    return clockFinding(await clockApart(client));
  } finally {
    await client.connection.close();
  }
}

/** What is told of clocks that are so far apart. */
export function clockFinding(apart: Milliseconds | undefined): readonly Finding[] {
  if (apart === undefined) return [];
  const away = `${spoken(Math.abs(apart))} ${apart < 0 ? 'behind' : 'ahead of'} the engine's`;
  if (Math.abs(apart) <= tolerated) return [well('clock', "is the engine's, within 5 s")];
  return [
    ill(
      'clock',
      `this machine's clock is ${away}`,
      'set it by NTP: signed webhooks are refused by it, and records bear it',
    ),
  ];
}
