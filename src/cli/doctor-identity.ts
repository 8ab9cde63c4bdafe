import { connectClient } from '../adapters/temporal/connections.js';
import { engineFromEnvironment } from '../adapters/temporal/engine-environment.js';
import { principalTypes } from '../adapters/temporal/principals.js';
import type { Config } from '../config/config.js';
import { seconds } from '../domain/duration.js';
import { heraldId } from '../messages.js';
import { type Finding, ill, said, well } from './findings.js';

/** Whether the engine tells what slipway.yml believes it to tell: who has sent a signal. Seen in the history of a workflow that always runs. */
export async function engineIdentity({ engine }: Config, env: NodeJS.ProcessEnv): Promise<readonly Finding[]> {
  if (!engine) return [];
  const [what, type] = ['engine identity', engine.authenticates];
  const todo =
    'give its server an authorizer and frontend.enablePrincipalPropagation, or take engine out of slipway.yml';
  try {
    const external = engineFromEnvironment(env);
    if (!external) return [ill(what, 'the embedded engine authenticates nobody', `set TEMPORAL_ADDRESS; ${todo}`)];
    const client = await connectClient({ engine: external, role: 'doctor', within: seconds(5) });
    try {
      const met = await principalTypes(client, heraldId);
      if (met.includes(type)) return [well(what, `histories say who has sent what, by principals of type ${type}`)];
      return [
        ill(what, `no event of ${heraldId} has a principal of type ${type}; met ${met.join(', ') || 'none'}`, todo),
      ];
    } finally {
      await client.connection.close();
    }
  } catch (fault) {
    return [ill(what, said(fault), todo)];
  }
}
