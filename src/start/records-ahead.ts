import { createGovernanceRecords } from '../adapters/governance/records.js';
import { connectClient } from '../adapters/temporal/connections.js';
import type { Engine } from '../adapters/temporal/engine-environment.js';
import { createWorkflows } from '../adapters/temporal/workflows.js';
import type { Config } from '../config/config.js';
import { whyBehind } from '../domain/decisions/recovery/behind.js';
import { seconds } from '../domain/duration.js';
import { knownOf, nothingKnown, reconciling } from '../domain/recovery.js';

/** A service of which the records know what the engine does not, and why that is so. */
export interface Ahead {
  readonly service: string;
  readonly why: string;
  /** The command that goes on from there. */
  readonly command: string;
}

/** Compares the records with what the engine knows, service by service. A mailbox that does not answer is told as such. */
export async function recordsAhead({
  engine,
  config,
}: {
  readonly engine: Engine;
  readonly config: Config;
}): Promise<readonly Ahead[]> {
  const records = createGovernanceRecords({ directory: config.directory });
  const client = await connectClient({ engine, role: 'compare', within: patience });
  try {
    const workflows = createWorkflows(client);
    const looks = Object.keys(config.services).map(async (service): Promise<readonly Ahead[]> => {
      const latest = await records.latestOf(service);
      if (!latest.opened) return [];
      const standing = await client.withDeadline(Date.now() + patience, () => workflows.standing(service));
      const why = whyBehind(latest, standing ? knownOf(standing) : nothingKnown);
      return why === undefined ? [] : [{ service, why, command: reconciling(service) }];
    });
    const seen = await Promise.allSettled(looks);
    return seen.flatMap((look, at) => (look.status === 'fulfilled' ? look.value : [unseen(config, at, look.reason)]));
  } finally {
    await client.connection.close();
  }
}

const patience = seconds(5);

const unseen = ({ services }: Config, at: number, fault: unknown): Ahead => ({
  service: Object.keys(services)[at] ?? '',
  why: `whether the engine knows what the records know cannot be told: ${fault instanceof Error ? fault.message : String(fault)}`,
  command: 'slipway doctor',
});
