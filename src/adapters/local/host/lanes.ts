import { randomBytes } from 'node:crypto';
import type { Artifact } from '../../../domain/artifact.js';
import type { AnyLane } from '../../../domain/rollout.js';
import type { FleetStatus, LaneStatus } from '../../../ports/fleet.js';
import type { ServiceSettings, Source } from '../protocol.js';
import { createTurns, hasRoomBeside } from './choose.js';
import { Instance } from './instance.js';
import type { Surroundings } from './instance.js';
import type { InstanceRecord, PlaceState } from './state.js';

/** One lane: what it runs, and the instances that run it. */
export interface LaneFleet {
  readonly artifact: Artifact;
  readonly instances: readonly Instance[];
}

/** The lanes of a place as they are at this moment, and who leaves them. Changed by effects only, read by the proxy. */
export interface Lanes {
  stable: LaneFleet | undefined;
  candidate: LaneFleet | undefined;
  /** What was stable before, kept warm: it runs and gets no traffic. */
  former: LaneFleet | undefined;
  /** What is stable, started afresh to be compared with the candidate. */
  baseline: LaneFleet | undefined;
  share: number;
  readonly leaving: Set<Instance>;
}

/** The lanes as they were written down, their instances not yet begun. */
export function restoreLanes(saved: PlaceState | undefined, around: Surroundings): Lanes {
  const revive = (record: InstanceRecord) => new Instance(record, around);
  const laneOf = (lane: PlaceState['stable']): LaneFleet | undefined =>
    lane && { artifact: lane.artifact, instances: lane.instances.map(revive) };
  return {
    stable: laneOf(saved?.stable),
    candidate: laneOf(saved?.candidate),
    former: laneOf(saved?.former),
    baseline: laneOf(saved?.baseline),
    share: saved?.share ?? 0,
    leaving: new Set(saved?.leaving.map(revive)),
  };
}

/** The lanes as they are to be written down. */
export function writtenLanes(lanes: Lanes): Pick<PlaceState, keyof Lanes> {
  const laneOf = (lane: LaneFleet) => ({ artifact: lane.artifact, instances: lane.instances.map((i) => i.record) });
  return {
    share: lanes.share,
    leaving: [...lanes.leaving].map((i) => i.record),
    ...(lanes.stable && { stable: laneOf(lanes.stable) }),
    ...(lanes.candidate && { candidate: laneOf(lanes.candidate) }),
    ...(lanes.former && { former: laneOf(lanes.former) }),
    ...(lanes.baseline && { baseline: laneOf(lanes.baseline) }),
  };
}

/** The lanes as the port tells of them. */
export function fleetOf(lanes: Lanes, generation: number): FleetStatus {
  const statusOf = (lane: LaneFleet, name: AnyLane): LaneStatus => ({
    artifact: lane.artifact,
    instances: lane.instances.map((i) => i.status(name)),
  });
  return {
    generation,
    ...(lanes.stable && { stable: statusOf(lanes.stable, 'stable') }),
    ...(lanes.candidate && { candidate: statusOf(lanes.candidate, 'candidate') }),
    ...(lanes.former && { former: statusOf(lanes.former, 'stable') }),
    ...(lanes.baseline && { baseline: statusOf(lanes.baseline, 'baseline') }),
  };
}

/** Every instance that is wanted. */
export const staying = (lanes: Lanes): readonly Instance[] => [
  ...(lanes.stable?.instances ?? []),
  ...(lanes.candidate?.instances ?? []),
  ...(lanes.former?.instances ?? []),
  ...(lanes.baseline?.instances ?? []),
];

/** How many of a lane may be given requests. */
export const ableIn = (lanes: Lanes, lane: AnyLane): number => lanes[lane]?.instances.filter((i) => i.able).length ?? 0;

/** Whether the baseline has users, and can answer them. */
export const baselineServes = (lanes: Lanes): boolean =>
  lanes.share > 0 && hasRoomBeside(lanes.share) && ableIn(lanes, 'baseline') > 0;

/** One more instance of `source`, not yet begun. */
export function newInstance(source: Source, settings: ServiceSettings, around: Surroundings): Instance {
  const { service, version, digest } = source.artifact;
  const id = `${service}-${version}-${randomBytes(4).toString('hex')}`;
  return new Instance({ id, digest, version, archive: source.archive, settings, port: 0, restarts: 0 }, around);
}

/** Which lane and which instance a request reaches. */
export interface Routing {
  /** The lane whose turn it is; `undefined` where nothing runs. */
  turn(): AnyLane | undefined;
  /** The next able instance of a lane, none of `tried`. */
  pick(lane: AnyLane, tried: ReadonlySet<Instance>): Instance | undefined;
  /** Who answers for a lane that cannot: the stable lane always; for that, who already serves users, the baseline first. */
  standIn(lane: AnyLane): AnyLane | undefined;
  version(lane: AnyLane): string;
}

/** Routes by the share as it is at the moment of each request. */
export function createRouting(lanes: Lanes): Routing {
  const next = createTurns();
  const picked: Record<AnyLane, number> = { stable: 0, candidate: 0, baseline: 0 };
  return {
    turn: () => {
      const lane = next(lanes.share, lanes.baseline !== undefined);
      return lanes[lane] && lane;
    },
    pick: (lane, tried) => {
      const able = lanes[lane]?.instances.filter((i) => i.able && !tried.has(i)) ?? [];
      picked[lane] = (picked[lane] + 1) % 1_000_000;
      return able[picked[lane] % able.length];
    },
    standIn: (lane) => {
      if (lane !== 'stable') return lanes.stable && 'stable';
      if (baselineServes(lanes)) return 'baseline';
      return lanes.candidate && lanes.share > 0 ? 'candidate' : undefined;
    },
    version: (lane) => lanes[lane]?.artifact.version ?? 'none',
  };
}
