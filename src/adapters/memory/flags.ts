import { createHash } from 'node:crypto';
import type { FlagDefinition } from '../../domain/flag.js';
import type { Flags } from '../../ports/flags.js';
import { type Deed, deedFor, leftBy, outcomeOf, withDeed } from '../flags/deeds.js';

/** Feature flags that last as long as the process, each environment's own. */
export function createMemoryFlags(of: Readonly<Record<string, readonly FlagDefinition[]>>): Flags {
  const held = new Map(Object.entries(of));
  const path = 'memory';
  let deeds: readonly Deed[] = [];
  const flagsIn = (environment: string): readonly FlagDefinition[] => held.get(environment) ?? [];
  return {
    read: (environment) => {
      const flags = flagsIn(environment);
      const revision = createHash('sha256').update(JSON.stringify(flags)).digest('hex');
      return Promise.resolve({ flags, retired: [], path, revision });
    },
    recorded: (environment) => Promise.resolve(leftBy(deeds, environment)),
    set: async (ask) => {
      await Promise.resolve();
      const flags = flagsIn(ask.environment);
      const deed = deedFor(ask, deeds, { flags, path });
      if (!deed.done)
        held.set(
          ask.environment,
          flags.map((flag) => (flag.name === ask.flag ? changed(flag, deed) : flag)),
        );
      deeds = withDeed(deeds, { ...deed, done: true });
      return outcomeOf(deed);
    },
  };
}

function changed(flag: FlagDefinition, { after }: Deed): FlagDefinition {
  const others = Object.entries(flag).filter(([key]) => key !== 'rollout');
  return { ...(Object.fromEntries(others) as unknown as Omit<FlagDefinition, 'rollout'>), ...after };
}
