import type { Artifact } from '../domain/artifact.js';
import type { Place } from '../domain/environment.js';
import type { AnyLane } from '../domain/rollout.js';

/**
 * What every effect on the world carries. A platform remembers the highest generation it has seen per place and the
 * keys it has applied: an older generation is refused (`superseded`), a known key is answered with the state as it is.
 */
export interface Fence {
  /** `<rollout run>/<generation>/<step id>` */
  readonly key: string;
  readonly generation: number;
}

export interface Instance {
  readonly id: string;
  readonly lane: AnyLane;
  /** The digest that the instance reports; of one that reports none, the digest it was started from. */
  readonly digest: string;
  readonly version: string;
  /** Answers on its health path. */
  readonly healthy: boolean;
  /** Where it can be reached past the traffic's shares, `http://127.0.0.1:41234`. */
  readonly url: string;
}

export interface LaneStatus {
  readonly artifact: Artifact;
  readonly instances: readonly Instance[];
}

export interface FleetStatus {
  /** The highest generation seen; 0 before the first rollout. */
  readonly generation: number;
  /** Missing where nothing has been adopted yet. */
  readonly stable?: LaneStatus;
  readonly candidate?: LaneStatus;
  /** What was stable before the last adoption, kept warm: its instances run and get no traffic. */
  readonly former?: LaneStatus;
  /** What is stable, started afresh to be compared with the candidate. */
  readonly baseline?: LaneStatus;
}

/**
 * The running instances of services. Asking twice leaves the world as asking once does; every call returns only when
 * the world has been read back as asked for, and throws `Refused` where it never will be.
 */
export interface Fleet {
  read(place: Place): Promise<FleetStatus>;
  /**
   * Brings `instances` healthy instances of `artifact` up in the candidate lane. No traffic reaches them by this. Instances
   * that were kept warm of this artifact are taken, so that going back needs to start nothing. A baseline that is there is
   * ended: it is of another candidate.
   */
  start(ask: {
    readonly place: Place;
    readonly artifact: Artifact;
    readonly instances: number;
    readonly fence: Fence;
  }): Promise<FleetStatus>;
  /**
   * Brings as many healthy instances of the stable `artifact` up as a baseline, none of which has run before. As long as it is up
   * and there is room for two, traffic gives it as much as the candidate. Refused as `moved-by-others` where something
   * else is stable.
   */
  startBaseline(ask: {
    readonly place: Place;
    readonly artifact: Artifact;
    readonly instances: number;
    readonly fence: Fence;
  }): Promise<FleetStatus>;
  /**
   * Ends the baseline: drained first, then stopped; the stable lane has its traffic. Done at once where there is none. Refused
   * as `unhealthy` while it has traffic that the stable lane cannot take. What ends the candidate lane, or makes it
   * stable, ends the baseline too.
   */
  stopBaseline(ask: { readonly place: Place; readonly fence: Fence }): Promise<FleetStatus>;
  /**
   * Ends the candidate lane: drained first, then stopped. Refused while it holds traffic: as `invalid`, or as `unhealthy`
   * where a stable lane should take that and cannot.
   */
  stop(ask: { readonly place: Place; readonly fence: Fence }): Promise<FleetStatus>;
  /**
   * Makes `batch` of `of` parts of the `instances` run `to` (candidate lane), the others `from` (stable lane), one
   * instance after another, each healthy before the one it replaces is drained and stopped; traffic in proportion.
   */
  replace(ask: {
    readonly place: Place;
    readonly batch: number;
    readonly of: number;
    readonly instances: number;
    readonly from?: Artifact;
    readonly to: Artifact;
    readonly fence: Fence;
  }): Promise<FleetStatus>;
  /**
   * The candidate lane becomes the stable one with all traffic. The former stable instances are drained and stopped, or
   * kept warm with `keepFormer`; what was kept warm before is stopped in any case.
   */
  adopt(ask: {
    readonly place: Place;
    readonly digest: string;
    readonly keepFormer?: boolean;
    readonly fence: Fence;
  }): Promise<FleetStatus>;
  /** Stops what was kept warm; done at once where nothing is. */
  retire(ask: { readonly place: Place; readonly fence: Fence }): Promise<FleetStatus>;
}
