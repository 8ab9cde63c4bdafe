import type { DriftSeen, FlagSeen, PlaceSeen } from '../src/domain/drift.js';
import { driftOf } from '../src/domain/decisions/drift.js';
import { settingOf } from '../src/domain/decisions/flags/set-flag.js';
import type { Drift } from '../src/ports/drift.js';
import type { Flags } from '../src/ports/flags.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Workflows } from '../src/ports/workflows.js';
import { engineTime } from './engine-time.js';

/** What an environment is compared with. Users on a candidate that nothing carries on are the reconciler's to find. */
export interface DriftTools {
  readonly fleet: Pick<Fleet, 'read'>;
  readonly flags: Pick<Flags, 'read' | 'recorded'>;
  readonly drift: Drift;
  readonly workflows: Pick<Workflows, 'standing'>;
  readonly services: readonly string[];
}

/** One look at an environment. What cannot be looked at is told as such, and keeps nothing else from being seen. */
export async function lookForDrift(tools: DriftTools, environment: string): Promise<DriftSeen> {
  const at = engineTime();
  const unseen: { readonly what: string; readonly why: string }[] = [];
  const passedOver: string[] = [];
  const places: PlaceSeen[] = [];
  for (const service of tools.services)
    await tried(service, async () => {
      const seen = await placeSeen(tools, { service, environment });
      if (seen) places.push(seen);
      else passedOver.push(service);
    });
  const flags = (await tried('the flags', () => flagsSeen(tools, environment))) ?? [];
  const command = await tried('the configuration', () => tools.drift.look(environment));
  const findings = driftOf({ environment, places, flags, unseen, ...(command && { command }) }, at);
  return { environment, at, findings, passedOver };

  async function tried<T>(what: string, look: () => Promise<T>): Promise<T | undefined> {
    try {
      return await look();
    } catch (fault) {
      unseen.push({ what, why: fault instanceof Error ? fault.message.slice(0, 300) : String(fault) });
      return undefined;
    }
  }
}

/** Nothing while a release or a drill is under way: it moves the place itself, and knows what others have moved. */
async function placeSeen(
  { fleet, workflows }: DriftTools,
  place: { readonly service: string; readonly environment: string },
): Promise<PlaceSeen | undefined> {
  const { service, environment } = place;
  const standing = await workflows.standing(service);
  const { stable, baseline } = await fleet.read(place);
  const after = await workflows.standing(service);
  if ([standing, after].some((of) => of?.underWay !== undefined || of?.drill !== undefined)) return undefined;
  const recorded = after?.running[environment]?.current;
  if (standing?.running[environment]?.current.digest !== recorded?.digest) return undefined;
  const strangers = stable?.instances.filter(({ digest }) => digest !== stable.artifact.digest) ?? [];
  return {
    service,
    ...(recorded && { recorded }),
    ...(stable && { runs: stable.artifact }),
    strangers: strangers.map(({ id, version }) => ({ id, version })),
    instances: stable?.instances.length ?? 0,
    ...(baseline && { baseline: { instances: baseline.instances.length, version: baseline.artifact.version } }),
  };
}

/** Flags that a change has ever set here; what was only ever edited has nothing to be compared with. */
async function flagsSeen({ flags }: DriftTools, environment: string): Promise<readonly FlagSeen[]> {
  const [{ flags: all }, recorded] = await Promise.all([flags.read(environment), flags.recorded(environment)]);
  return Object.entries(recorded).map(([flag, setting]) => {
    const is = all.find(({ name }) => name === flag);
    const service = is?.service;
    return { flag, recorded: setting, ...(service !== undefined && { service }), ...(is && { is: settingOf(is) }) };
  });
}
