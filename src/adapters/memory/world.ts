import type { Artifact } from '../../domain/artifact.js';
import type { Place } from '../../domain/environment.js';
import type { Instant } from '../../domain/duration.js';
import { isOutrun, newestWith, outrunBy } from '../../domain/fencing.js';
import { Refused } from '../../domain/failure.js';
import type { AnyLane } from '../../domain/rollout.js';
import type { LaneSample } from '../../domain/sample.js';
import { namesLane } from '../../domain/window-metric.js';
import type { Fence, FleetStatus, LaneStatus } from '../../ports/fleet.js';
import type { Answer } from '../../ports/metrics.js';
import { createTurns } from '../local/host/choose.js';
import { createTally } from './tally.js';
import type { Conduct, Tally } from './tally.js';

/** An effect that was brought about. */
export interface Applied extends Fence {
  readonly place: Place;
  readonly what: string;
}

/** One service in one environment, as the three ports share it. */
export interface MemoryPlace {
  readonly name: string;
  readonly url: string;
  generation: number;
  /** The latest run seen of that generation. */
  run?: string;
  share: number;
  stable: MemoryLane | undefined;
  candidate: MemoryLane | undefined;
  former: MemoryLane | undefined;
  baseline: MemoryLane | undefined;
}

export interface MemoryLane {
  readonly artifact: Artifact;
  /** The names of its instances. */
  readonly instances: readonly string[];
}

/** A world in memory: what `createMemoryFleet`, `createMemoryTraffic` and `createMemoryMetrics` work on. */
export interface MemoryWorld {
  at(place: Place): MemoryPlace;
  /** Brings an effect about once per key and never for an older generation than was seen. */
  apply(place: Place, fence: Fence, what: string, effect: (here: MemoryPlace) => void): MemoryPlace;
  /** Every effect, in order; each key stands here once. */
  readonly ledger: readonly Applied[];
  /** How a digest conducts itself from now on; healthy, without errors and quick where nothing was said. */
  conduct(digest: string, how: Partial<Conduct>): void;
  isHealthy(digest: string): boolean;
  healthyIn(here: MemoryPlace, lane: AnyLane): number;
  /** Lets all but so many instances of a digest be sick from now on. */
  weaken(digest: string, healthy: number): void;
  /** Lets users send requests; the digests that answered, in order. */
  send(place: Place, requests: number): readonly string[];
  /** Moves traffic as somebody would who asks nobody. */
  move(place: Place, share: number): void;
  sample(place: Place): LaneSample;
  /** Lets a query of a lane be answered so from now on. */
  tell(place: Place, of: { readonly query: string; readonly lane: AnyLane }, value: Figure['value']): void;
  /** What a query of a lane has been answered, in the order of time. */
  figures(place: Place, query: string, lane: AnyLane): readonly Figure[];
  nextId(artifact: Artifact): string;
}

/** A figure as it was from a moment on; or why it could not be asked. */
export interface Figure {
  readonly at: Instant;
  readonly value: Answer;
}

/** An empty world. `now` is its clock. */
export function createMemoryWorld(now: () => Date = () => new Date()): MemoryWorld {
  const places = new Map<string, PlaceWithUsers>();
  const ledger: Applied[] = [];
  const conducts = new Map<string, Conduct>();
  const weakened = new Map<string, number>();
  const figures = new Map<string, Figure[]>();
  let instances = 0;

  const conductOf = (digest: string): Conduct => conducts.get(digest) ?? { healthy: true, errors: 0, latencyMs: 5 };
  const placeAt = (place: Place) => {
    const name = `${place.service} in ${place.environment}`;
    const url = `http://memory.invalid/${place.environment}/${place.service}`;
    const here: PlaceWithUsers = places.get(name) ?? {
      ...empty,
      name,
      url,
      tallies: { stable: createTally(), candidate: createTally(), baseline: createTally() },
      turn: createTurns(),
    };
    places.set(name, here);
    return here;
  };
  const figuresOf = (place: Place, query: string, lane: AnyLane): Figure[] => {
    const name = JSON.stringify([place.environment, place.service, query, namesLane(query) ? lane : '']);
    const known = figures.get(name) ?? [];
    figures.set(name, known);
    return known;
  };
  const isHealthy = (digest: string) => conductOf(digest).healthy;

  return {
    at: placeAt,
    apply: (place, fence, what, effect) => {
      const here = placeAt(place);
      const { key, generation } = fence;
      if (isOutrun(fence, here)) throw new Refused('superseded', outrunBy(fence, here, here.name));
      Object.assign(here, newestWith(fence, here));
      if (ledger.some((done) => done.key === key && placeAt(done.place) === here)) return here;
      effect(here);
      ledger.push({ key, generation, place, what });
      return here;
    },
    ledger,
    conduct: (digest, how) => conducts.set(digest, { ...conductOf(digest), ...how }),
    isHealthy,
    healthyIn: (here, lane) => {
      const fleet = here[lane];
      if (!fleet || !isHealthy(fleet.artifact.digest)) return 0;
      return Math.min(fleet.instances.length, weakened.get(fleet.artifact.digest) ?? Infinity);
    },
    weaken: (digest, healthy) => weakened.set(digest, healthy),
    send: (place, requests) => {
      const here = placeAt(place);
      return Array.from({ length: requests }).flatMap(() => {
        const lane = here.turn(here.share, here.baseline !== undefined);
        const digest = here[lane]?.artifact.digest;
        if (digest === undefined) return [];
        here.tallies[lane].count(conductOf(digest));
        return [digest];
      });
    },
    move: (place, share) => {
      placeAt(place).share = share;
    },
    sample: (place) => {
      const { tallies, baseline } = placeAt(place);
      const lanes = { stable: tallies.stable.read(), candidate: tallies.candidate.read() };
      return { at: now().toISOString(), ...lanes, ...(baseline && { baseline: tallies.baseline.read() }) };
    },
    tell: (place, { query, lane }, value) => figuresOf(place, query, lane).push({ at: now().toISOString(), value }),
    figures: figuresOf,
    nextId: (artifact) => `${artifact.service}-${artifact.version}-${++instances}`,
  };
}

/** The lanes of a place as the port tells of them. */
export function memoryFleetStatus(world: MemoryWorld, here: MemoryPlace): FleetStatus {
  const statusOf = ({ artifact, instances }: MemoryLane, lane: AnyLane): LaneStatus => ({
    artifact,
    instances: instances.map((id) => ({
      id,
      lane,
      digest: artifact.digest,
      version: artifact.version,
      healthy: world.isHealthy(artifact.digest),
      url: `${here.url}/${id}`,
    })),
  });
  return {
    generation: here.generation,
    ...(here.stable && { stable: statusOf(here.stable, 'stable') }),
    ...(here.candidate && { candidate: statusOf(here.candidate, 'candidate') }),
    ...(here.former && { former: statusOf(here.former, 'stable') }),
    ...(here.baseline && { baseline: statusOf(here.baseline, 'baseline') }),
  };
}

interface PlaceWithUsers extends MemoryPlace {
  readonly tallies: Readonly<Record<AnyLane, Tally>>;
  readonly turn: ReturnType<typeof createTurns>;
}

const empty: Pick<MemoryPlace, 'generation' | 'share' | 'stable' | 'candidate' | 'former' | 'baseline'> = {
  generation: 0,
  share: 0,
  stable: undefined,
  candidate: undefined,
  former: undefined,
  baseline: undefined,
};
