import type { Lane } from '../../../domain/rollout.js';

/**
 * Whether request `n` (from 0) of a lane split goes to the candidate. Of every hundred requests exactly `share` do,
 * evenly spread; each hundred begins at another point, so that a client repeating itself every ten or twenty requests
 * does not always meet the same lane.
 */
export function goesToCandidate(n: number, share: number): boolean {
  const hundred = Math.floor(n / 100);
  const turn = hundred * 100 + ((n + 17 * hundred) % 100);
  return Math.floor(((turn + 1) * share) / 100) > Math.floor((turn * share) / 100);
}

/** Whose turn it is, request by request; counting begins anew with each new share. */
export function createTurns(): (share: number) => Lane {
  let counted = { share: 0, requests: 0 };
  return (share) => {
    if (counted.share !== share) counted = { share, requests: 0 };
    return goesToCandidate(counted.requests++, share) ? 'candidate' : 'stable';
  };
}

/** How many of `instances` run the new version after `batch` of `of`: small beginnings, at least one, all at the end. */
export const replacedBy = (ask: {
  readonly batch: number;
  readonly of: number;
  readonly instances: number;
}): number => {
  if (ask.batch <= 0) return 0;
  if (ask.batch >= ask.of) return ask.instances;
  return Math.max(1, Math.floor((ask.instances * ask.batch) / ask.of));
};

/** The candidate's share of the traffic, in whole per cent, when every instance gets the same part of it. */
export const proportion = (candidates: number, stables: number): number =>
  candidates === 0 ? 0 : Math.round((100 * candidates) / (candidates + stables));

/** How many able instances a lane needs before it gets `share` per cent, where `instances` carry all of it: at least one. */
export const neededFor = (share: number, instances = 1): number => Math.max(1, Math.ceil((instances * share) / 100));
