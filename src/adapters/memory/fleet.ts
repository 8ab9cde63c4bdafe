import { shortDigest } from '../../domain/artifact.js';
import type { Artifact } from '../../domain/artifact.js';
import { Refused } from '../../domain/failure.js';
import type { Lane } from '../../domain/rollout.js';
import type { Fleet } from '../../ports/fleet.js';
import { hasRoomBeside, proportion, replacedBy } from '../local/host/choose.js';
import { memoryFleetStatus } from './world.js';
import type { MemoryLane, MemoryPlace, MemoryWorld } from './world.js';

/** The instances of services as entries in a list: every effect is instant. */
export function createMemoryFleet(world: MemoryWorld): Fleet {
  const status = (here: MemoryPlace) => Promise.resolve(memoryFleetStatus(world, here));

  const laneOf = (former: MemoryLane | undefined, artifact: Artifact, size: number): MemoryLane => {
    const kept = former?.instances.slice(0, size) ?? [];
    const missing = Array.from({ length: size - kept.length }, () => world.nextId(artifact));
    return { artifact, instances: [...kept, ...missing] };
  };
  const mustBeHealthy = (here: MemoryPlace, artifact: Artifact) => {
    if (world.isHealthy(artifact.digest)) return;
    throw new Refused('unhealthy', `${artifact.version} does not become healthy for ${here.name}`);
  };

  return {
    read: async (place) => status(world.at(place)),
    start: async ({ place, artifact, instances, fence }) =>
      status(
        world.apply(place, fence, `start ${instances} of ${artifact.version}`, (here) => {
          makeRoom(here, artifact);
          here.baseline = undefined;
          if (!here.candidate && here.former?.artifact.digest === artifact.digest)
            Object.assign(here, { candidate: here.former, former: undefined });
          here.candidate = laneOf(here.candidate, artifact, instances);
          mustBeHealthy(here, artifact);
        }),
      ),
    stop: async ({ place, fence }) =>
      status(
        world.apply(place, fence, 'stop the candidate', (here) => {
          if (here.share > 0 && world.healthyIn(here, 'stable') > 0)
            throw new Refused('invalid', `the candidate of ${here.name} still has ${here.share} % of the traffic`);
          if (here.share > 0 && here.stable && world.healthyIn(here, 'candidate') > 0)
            throw new Refused('unhealthy', `the candidate of ${here.name} is all that lives: it is not stopped`);
          Object.assign(here, { candidate: undefined, baseline: undefined, share: 0 });
        }),
      ),
    startBaseline: async ({ place, artifact, instances, fence }) =>
      status(
        world.apply(place, fence, `start ${instances} of ${artifact.version} as the baseline`, (here) => {
          if (here.stable?.artifact.digest !== artifact.digest) throw notAsLeft(here, 'stable', artifact);
          const mine = here.baseline?.artifact.digest === artifact.digest ? here.baseline : undefined;
          here.baseline = laneOf(mine, artifact, instances);
          mustBeHealthy(here, artifact);
        }),
      ),
    stopBaseline: async ({ place, fence }) =>
      status(
        world.apply(place, fence, 'stop the baseline', (here) => {
          const serves = here.share > 0 && hasRoomBeside(here.share) && world.healthyIn(here, 'baseline') > 0;
          if (serves && world.healthyIn(here, 'stable') === 0)
            throw new Refused('unhealthy', `the baseline of ${here.name} is all that lives of it: it is not stopped`);
          here.baseline = undefined;
        }),
      ),
    replace: async ({ place, batch, of, instances, from, to, fence }) =>
      status(
        world.apply(place, fence, `batch ${batch} of ${of} runs ${to.version}`, (here) => {
          if (here.stable && here.stable.artifact.digest !== from?.digest) throw notAsLeft(here, 'stable', from);
          makeRoom(here, to);
          here.baseline = undefined;
          const wanted = replacedBy({ batch, of, instances });
          const kept = from ? instances - wanted : 0;
          if (wanted > (here.candidate?.instances.length ?? 0)) mustBeHealthy(here, to);
          if (from && kept > (here.stable?.instances.length ?? 0)) mustBeHealthy(here, from);
          if (from) here.stable = laneOf(here.stable, from, kept);
          here.candidate = wanted > 0 ? laneOf(here.candidate, to, wanted) : undefined;
          here.share = proportion(world.healthyIn(here, 'candidate'), world.healthyIn(here, 'stable'));
        }),
      ),
    retire: async ({ place, fence }) =>
      status(
        world.apply(place, fence, 'retire the former version', (here) => {
          here.former = undefined;
        }),
      ),
    adopt: async ({ place, digest, keepFormer, fence }) =>
      status(
        world.apply(place, fence, `adopt ${shortDigest(digest)}`, (here) => {
          const { candidate, stable } = here;
          here.baseline = undefined;
          if (!candidate && stable?.artifact.digest === digest) return;
          if (!candidate)
            throw new Refused('not-found', `${here.name} has no candidate ${shortDigest(digest)} to adopt`);
          if (candidate.artifact.digest !== digest) throw notAsLeft(here, 'candidate', { digest });
          mustBeHealthy(here, candidate.artifact);
          const former = keepFormer && stable && stable.instances.length > 0 ? stable : undefined;
          Object.assign(here, { stable: candidate, candidate: undefined, former, share: 0 });
        }),
      ),
  };
}

/** A candidate left over from before gives way, unless users are on it. */
function makeRoom(here: MemoryPlace, artifact: Artifact): void {
  if (!here.candidate || here.candidate.artifact.digest === artifact.digest) return;
  if (here.share > 0) throw notAsLeft(here, 'candidate', artifact);
  here.candidate = undefined;
}

const notAsLeft = (here: MemoryPlace, lane: Lane, wanted: Pick<Artifact, 'digest'> | undefined): Refused =>
  new Refused(
    'moved-by-others',
    `the ${lane} lane of ${here.name} runs ${here[lane]?.artifact.version ?? 'nothing'}, not ${wanted ? shortDigest(wanted.digest) : 'nothing'}`,
  );
