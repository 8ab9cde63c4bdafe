import type { AnyLane } from '../../../domain/rollout.js';

/**
 * Whether request `n` (from 0) of a lane split goes to the candidate. Of every hundred requests exactly `share` do,
 * evenly spread; each hundred begins at another point, so that a client repeating itself every ten or twenty requests
 * does not always meet the same lane.
 */
export const goesToCandidate = (n: number, share: number): boolean => numberAmong(n, share) !== undefined;

/** The how-manieth of those that are chosen request `n` is, from 1; `undefined` where it is not chosen. */
function numberAmong(n: number, share: number): number | undefined {
  const hundred = Math.floor(n / 100);
  const turn = hundred * 100 + ((n + 17 * hundred) % 100);
  const number = Math.floor(((turn + 1) * share) / 100);
  return number > Math.floor((turn * share) / 100) ? number : undefined;
}

/** Whether a baseline can be given as much as the candidate has. */
export const hasRoomBeside = (share: number): boolean => 2 * share <= 100;

/** With a baseline: the candidate and the baseline take turns in what both are given together. */
function laneBeside(n: number, share: number): AnyLane {
  const number = numberAmong(n, 2 * share);
  if (number === undefined) return 'stable';
  return number % 2 === 1 ? 'candidate' : 'baseline';
}

/** Whose turn it is, request by request; counting begins anew with each new share, and where a baseline comes or goes. */
export function createTurns(): (share: number, hasBaseline: boolean) => AnyLane {
  let counted = { share: 0, beside: false, requests: 0 };
  return (share, hasBaseline) => {
    const beside = hasBaseline && hasRoomBeside(share);
    if (counted.share !== share || counted.beside !== beside) counted = { share, beside, requests: 0 };
    const n = counted.requests++;
    if (beside) return laneBeside(n, share);
    return goesToCandidate(n, share) ? 'candidate' : 'stable';
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
