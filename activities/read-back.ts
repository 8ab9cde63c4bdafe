import type { Place } from '../src/domain/environment.js';
import type { AnyLane } from '../src/domain/rollout.js';
import type { Fleet, FleetStatus } from '../src/ports/fleet.js';
import type { Traffic } from '../src/ports/traffic.js';

/**
 * What an effect must have brought about. The reply of a platform is no proof: an old state behind a cache, or an answer
 * of somebody in between, would let the next step begin on it. What is not as asked for is worth asking again under the
 * same key, until the patience of the step is over.
 */
export type Wanted =
  | { readonly share: number }
  | { readonly candidate: string | undefined }
  | { readonly baseline: string | undefined }
  | { readonly stable: string };

/** Throws, with what was met and what was wanted, unless the world is as it should be now. */
export async function readBack(
  { fleet, traffic }: { readonly fleet: Fleet; readonly traffic: Traffic },
  place: Place,
  wanted: Wanted,
): Promise<void> {
  const where = `${place.service} in ${place.environment}`;
  if ('share' in wanted) {
    const { share } = await traffic.read(place);
    if (share !== wanted.share) throw notSo(`${where} gives the candidate ${share} %`, `${wanted.share} %`);
    return;
  }
  const [lane, digest] = laneOf(wanted);
  const met = digestOf(await fleet.read(place), lane);
  if (met !== digest) throw notSo(`the ${lane} lane of ${where} is ${met ?? 'nothing'}`, digest ?? 'nothing');
}

function laneOf(wanted: Exclude<Wanted, { share: number }>): readonly [AnyLane, string | undefined] {
  if ('stable' in wanted) return ['stable', wanted.stable];
  return 'baseline' in wanted ? ['baseline', wanted.baseline] : ['candidate', wanted.candidate];
}

const digestOf = (world: FleetStatus, lane: AnyLane): string | undefined => world[lane]?.artifact.digest;

const notSo = (met: string, wanted: string): Error =>
  new Error(`the platform says that it is done, but ${met}; wanted ${wanted}`);
