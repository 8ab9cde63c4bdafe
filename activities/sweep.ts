import { oldArtifacts } from '../src/domain/decisions/old-artifacts.js';
import type { Milliseconds } from '../src/domain/duration.js';
import type { Sweep } from '../src/domain/retention.js';
import type { Artifacts } from '../src/ports/artifacts.js';
import type { Workflows } from '../src/ports/workflows.js';
import { engineTime } from './engine-time.js';
import type { BuildActivities } from './contract.js';

/** What a sweep works with. */
export interface SweepTools {
  readonly artifacts: Artifacts;
  readonly workflows: Pick<Workflows, 'neededBy'>;
  /** The configured services: nobody knows what runs of another. */
  readonly services: readonly string[];
  readonly keepArtifacts: Milliseconds;
}

/** Finds what has had its time, and removes what it is told to remove of that. What cannot be asked for is a fault: nothing goes then. */
export async function sweep(
  { artifacts, workflows, services, keepArtifacts: keepFor }: SweepTools,
  { remove }: Parameters<BuildActivities['sweepArtifacts']>[0],
): Promise<Sweep> {
  const now = engineTime();
  const all = await artifacts.all();
  const known = await Promise.all(services.map(async (name) => [name, await workflows.neededBy(name)] as const));
  const old = oldArtifacts(all, { now, keepFor, needed: Object.fromEntries(known) });
  if (!remove) return { at: now, looked: all.length, old, removed: false };
  const told = old.filter(({ artifact }) => remove.includes(artifact.tag));
  for (const { artifact } of told) await artifacts.discard(artifact);
  return { at: now, looked: all.length, old: told, removed: true };
}
