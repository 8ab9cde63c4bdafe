import type { Place } from '../domain/environment.js';
import type { Fence } from './fleet.js';

export interface TrafficStatus {
  /** Per cent of requests that go to the candidate lane, 0–100, as the router itself reports it. */
  readonly share: number;
  /** Where users reach the service in this environment. */
  readonly url: string;
}

/**
 * Decides which lane a request reaches. While a baseline is up, and twice the share is 100 % at most, the baseline gets the
 * candidate's share too, and the stable lane the rest.
 */
export interface Traffic {
  read(place: Place): Promise<TrafficStatus>;
  /**
   * Gives the candidate lane `share` per cent and returns the share read back. Refused as `unhealthy` when the side that
   * gains traffic has no healthy instance, or too few for its part of the traffic (a baseline beside it too), and as `moved-by-others` when the share
   * is neither `expected` nor `share`.
   */
  shift(ask: {
    readonly place: Place;
    readonly share: number;
    /** The share this rollout wrote last; left out on the way back, which goes whatever the share is. */
    readonly expected?: number;
    /** How many instances carry all of the traffic; a side needs its part of them, rounded up. One is enough when left out. */
    readonly instances?: number;
    readonly fence: Fence;
  }): Promise<TrafficStatus>;
}
