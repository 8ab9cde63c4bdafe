import { Refused } from '../../domain/failure.js';
import type { AnyLane } from '../../domain/rollout.js';
import type { Traffic } from '../../ports/traffic.js';
import { hasRoomBeside, neededFor } from '../local/host/choose.js';
import type { MemoryPlace, MemoryWorld } from './world.js';

/** The share of a place as a number: the next request sent through the world follows it. */
export function createMemoryTraffic(world: MemoryWorld): Traffic {
  const status = ({ share, url }: MemoryPlace) => Promise.resolve({ share, url });
  const mustBeHealthy = (here: MemoryPlace, lane: AnyLane, share: number, instances: number | undefined) => {
    const able = world.healthyIn(here, lane);
    const needed = neededFor(share, instances);
    if (able >= needed) return;
    throw new Refused(
      'unhealthy',
      `the ${lane} lane of ${here.name} would get ${share} % of the traffic, which takes ${needed} healthy instances; it has ${able}`,
    );
  };
  return {
    read: async (place) => status(world.at(place)),
    shift: async ({ place, share, expected, instances, fence }) =>
      status(
        world.apply(place, fence, `shift ${share} %`, (here) => {
          if (expected !== undefined && here.share !== expected && here.share !== share)
            throw new Refused('moved-by-others', `the share of ${here.name} is ${here.share} %, not ${expected} %`);
          if (share > here.share) {
            mustBeHealthy(here, 'candidate', share, instances);
            if (here.baseline && hasRoomBeside(share)) mustBeHealthy(here, 'baseline', share, instances);
          }
          const backToNothing = share === 0 && !here.stable;
          const stableGains = share < here.share || (share < 100 && !here.stable);
          if (stableGains && !backToNothing) mustBeHealthy(here, 'stable', 100 - share, instances);
          here.share = share;
        }),
      ),
  };
}
