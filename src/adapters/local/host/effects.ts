import type { Artifact } from '../../../domain/artifact.js';
import { shortDigest } from '../../../domain/artifact.js';
import { Refused } from '../../../domain/failure.js';
import { neverReached } from '../../../domain/never.js';
import type { AnyLane, Lane } from '../../../domain/rollout.js';
import type { Effect, EffectOf, Source } from '../protocol.js';
import { hasRoomBeside, neededFor, proportion, replacedBy } from './choose.js';
import { unlessEnded } from './ended.js';
import type { Instance } from './instance.js';
import { ableIn, baselineServes } from './lanes.js';
import type { LaneFleet, Lanes } from './lanes.js';

/** What an effect works on. */
export interface Ground {
  /** `web in production` */
  readonly name: string;
  readonly lanes: Lanes;
  /** Puts one more instance into a lane and starts it. */
  add(lane: AnyLane, source: Source): Promise<void>;
  /** Takes instances out of their lanes at once, and returns when they have been drained and stopped. */
  retire(instances: readonly Instance[]): Promise<void>;
  /** Returns when nobody is on the way out any more. */
  allGone(): Promise<void>;
  /** Writes the lanes down as they are. */
  save(): Promise<void>;
}

/** Brings the asked-for state about, whatever of it is there already. Once `ended` it touches nothing any more. */
export function bringAbout(ground: Ground, ask: Effect, ended: AbortSignal): Promise<void> {
  switch (ask.kind) {
    case 'start':
      return start(ground, ask, ended);
    case 'stop':
      return stop(ground, ended);
    case 'start-baseline':
      return startBaseline(ground, ask, ended);
    case 'stop-baseline':
      return stopBaseline(ground, ended);
    case 'replace':
      return replace(ground, ask, ended);
    case 'adopt':
      return adopt(ground, ask, ended);
    case 'retire':
      return retire(ground, ended);
    case 'shift':
      return shift(ground, ask);
    default:
      return neverReached(ask);
  }
}

async function start(ground: Ground, { to, instances }: EffectOf<'start'>, ended: AbortSignal): Promise<void> {
  await makeRoom(ground, to.artifact, ended);
  await unlessEnded(ended, endBaseline(ground));
  takeWarm(ground.lanes, to.artifact);
  await fill(ground, { lane: 'candidate', source: to, instances }, ended);
}

async function startBaseline(
  ground: Ground,
  { of, instances }: EffectOf<'start-baseline'>,
  ended: AbortSignal,
): Promise<void> {
  const { stable, baseline } = ground.lanes;
  const { digest } = of.artifact;
  if (stable?.artifact.digest !== digest) throw notAsLeft(ground, 'stable', stable?.artifact, of.artifact);
  if (baseline && baseline.artifact.digest !== digest) await unlessEnded(ended, endBaseline(ground));
  await fill(ground, { lane: 'baseline', source: of, instances }, ended);
}

async function stopBaseline(ground: Ground, ended: AbortSignal): Promise<void> {
  const { lanes, name } = ground;
  if (baselineServes(lanes) && ableIn(lanes, 'stable') === 0)
    throw new Refused(
      'unhealthy',
      `the baseline of ${name} has ${lanes.share} % of the traffic, and no instance of the stable lane could take it: it is not stopped`,
    );
  await unlessEnded(ended, endBaseline(ground));
}

/** As many instances as asked for in a lane, all of them ready. */
async function fill(
  ground: Ground,
  { lane, source, instances }: { readonly lane: AnyLane; readonly source: Source; readonly instances: number },
  ended: AbortSignal,
): Promise<void> {
  const there = (ground.lanes[lane] ??= emptyLane(source.artifact));
  const missing = Math.max(0, instances - there.instances.length);
  const retired = ground.retire(there.instances.slice(instances));
  await unlessEnded(ended, Promise.all([retired, ...Array.from({ length: missing }, () => ground.add(lane, source))]));
  await allReady(ground, lane, ended);
}

async function stop(ground: Ground, ended: AbortSignal): Promise<void> {
  const { lanes } = ground;
  if (lanes.share > 0 && ableIn(lanes, 'stable') > 0)
    throw new Refused(
      'invalid',
      `the candidate of ${ground.name} still has ${lanes.share} % of the traffic: shift it first`,
    );
  if (lanes.share > 0 && lanes.stable && ableIn(lanes, 'candidate') > 0)
    throw new Refused(
      'unhealthy',
      `the candidate of ${ground.name} has ${lanes.share} % of the traffic and is all that lives: it is not stopped`,
    );
  lanes.share = 0;
  await unlessEnded(ended, Promise.all([endCandidate(ground), endBaseline(ground)]));
}

async function replace(ground: Ground, ask: EffectOf<'replace'>, ended: AbortSignal): Promise<void> {
  const { lanes } = ground;
  const stable = lanes.stable?.artifact;
  if (stable && stable.digest !== ask.from?.artifact.digest)
    throw notAsLeft(ground, 'stable', stable, ask.from?.artifact);
  await makeRoom(ground, ask.to.artifact, ended);
  await unlessEnded(ended, endBaseline(ground));
  if (ask.from) lanes.stable ??= emptyLane(ask.from.artifact);
  lanes.candidate ??= emptyLane(ask.to.artifact);

  const wanted = replacedBy(ask);
  const kept = ask.from ? ask.instances - wanted : 0;
  const all = ask.instances;
  // An ailing stable lane must not hold up what may cure it: it is waited for only where it is what grows.
  const goesBack = lanes.candidate.instances.length > wanted || (lanes.stable?.instances.length ?? 0) < kept;
  await oneByOne(ground, { lane: 'candidate', source: ask.to, upTo: wanted, other: 'stable', all }, ended);
  if (ask.from && goesBack)
    await oneByOne(ground, { lane: 'stable', source: ask.from, upTo: kept, other: 'candidate', all }, ended);
  await thinOut(ground, 'stable', kept, ended);
  await thinOut(ground, 'candidate', wanted, ended);
  if (wanted === 0) lanes.candidate = undefined;
}

async function adopt(ground: Ground, { digest, keepFormer }: EffectOf<'adopt'>, ended: AbortSignal): Promise<void> {
  const { lanes } = ground;
  const { candidate, stable, former } = lanes;
  if (candidate) {
    const stranger = [candidate.artifact, ...candidate.instances].find((of) => of.digest !== digest);
    if (stranger) throw notAsLeft(ground, 'candidate', stranger, { digest });
    mustBeAble(ground, 'candidate', 100, 1);
    const kept = keepFormer && stable && stable.instances.length > 0 ? stable : undefined;
    Object.assign(lanes, { stable: candidate, candidate: undefined, former: kept, share: 0 });
    const goes = [...(kept ? [] : (stable?.instances ?? [])), ...(former?.instances ?? [])];
    await unlessEnded(ended, ground.retire(goes));
  } else if (stable?.artifact.digest !== digest)
    throw new Refused('not-found', `${ground.name} has no candidate ${shortDigest(digest)} to adopt`);
  await unlessEnded(ended, endBaseline(ground));
  await unlessEnded(ended, ground.allGone());
}

async function retire(ground: Ground, ended: AbortSignal): Promise<void> {
  const { former } = ground.lanes;
  ground.lanes.former = undefined;
  await unlessEnded(ended, ground.retire(former?.instances ?? []));
}

/** Instances that were kept warm come back as the candidate lane, as they are. */
function takeWarm(lanes: Lanes, artifact: Artifact): void {
  if (lanes.candidate || lanes.former?.artifact.digest !== artifact.digest) return;
  Object.assign(lanes, { candidate: lanes.former, former: undefined });
}

async function shift(ground: Ground, { share, expected, instances }: EffectOf<'shift'>): Promise<void> {
  const { lanes, name } = ground;
  if (expected !== undefined && lanes.share !== expected && lanes.share !== share)
    throw new Refused(
      'moved-by-others',
      `the share of ${name} is ${lanes.share} %, not the ${expected} % written last`,
    );
  if (share > lanes.share) {
    mustBeAble(ground, 'candidate', share, instances);
    if (lanes.baseline && hasRoomBeside(share)) mustBeAble(ground, 'baseline', share, instances);
  }
  // Going back to nothing is allowed where nothing was before.
  const backToNothing = share === 0 && !lanes.stable;
  const stableGains = share < lanes.share || (share < 100 && !lanes.stable);
  if (stableGains && !backToNothing) mustBeAble(ground, 'stable', 100 - share, instances);
  lanes.share = share;
  await ground.save();
}

/** Lets `upTo` instances run in a lane, one after another: each is ready before one of the other lane makes room for it. */
async function oneByOne(
  ground: Ground,
  ask: {
    readonly lane: Lane;
    readonly source: Source;
    readonly upTo: number;
    readonly other: Lane;
    readonly all: number;
  },
  ended: AbortSignal,
): Promise<void> {
  const { lanes } = ground;
  const size = (lane: Lane) => lanes[lane]?.instances.length ?? 0;
  while (ask.upTo > 0) {
    if (size(ask.lane) <= ask.upTo) await allReady(ground, ask.lane, ended);
    balance(lanes);
    await thinOut(ground, ask.other, Math.max(0, ask.all - size(ask.lane)), ended);
    if (size(ask.lane) >= ask.upTo) return;
    await unlessEnded(ended, ground.add(ask.lane, ask.source));
  }
}

/** Leaves `upTo` instances in a lane; who is not able goes first. */
async function thinOut(ground: Ground, lane: Lane, upTo: number, ended: AbortSignal): Promise<void> {
  const instances = ground.lanes[lane]?.instances ?? [];
  const leaving = instances
    .toSorted((a, b) => Number(a.able) - Number(b.able))
    .slice(0, Math.max(0, instances.length - upTo));
  const gone = ground.retire(leaving);
  balance(ground.lanes);
  await unlessEnded(ended, gone);
}

/** A candidate lane left over from before is ended, unless users are on it: then it is somebody else's. */
async function makeRoom(ground: Ground, artifact: Artifact, ended: AbortSignal): Promise<void> {
  const { candidate, share } = ground.lanes;
  if (!candidate || candidate.artifact.digest === artifact.digest) return;
  if (share > 0) throw notAsLeft(ground, 'candidate', candidate.artifact, artifact);
  await unlessEnded(ended, endCandidate(ground));
}

async function endCandidate(ground: Ground): Promise<void> {
  const gone = ground.retire(ground.lanes.candidate?.instances ?? []);
  ground.lanes.candidate = undefined;
  await gone;
}

async function endBaseline(ground: Ground): Promise<void> {
  const gone = ground.retire(ground.lanes.baseline?.instances ?? []);
  ground.lanes.baseline = undefined;
  await gone;
}

async function allReady(ground: Ground, lane: AnyLane, ended: AbortSignal): Promise<void> {
  await Promise.all(ground.lanes[lane]?.instances.map((i) => i.ready(ended)) ?? []);
  ended.throwIfAborted();
}

function mustBeAble(ground: Ground, lane: AnyLane, share: number, instances: number | undefined): void {
  const able = ableIn(ground.lanes, lane);
  const needed = neededFor(share, instances);
  if (able >= needed) return;
  const { length } = ground.lanes[lane]?.instances ?? [];
  throw new Refused(
    'unhealthy',
    `the ${lane} lane of ${ground.name} would get ${share} % of the traffic, which takes ${needed} healthy; of its ${length} instances ${able} are`,
  );
}

const balance = (lanes: Lanes): void => {
  lanes.share = proportion(ableIn(lanes, 'candidate'), ableIn(lanes, 'stable'));
};

const emptyLane = (artifact: Artifact): LaneFleet => ({ artifact, instances: [] });

const notAsLeft = (
  ground: Ground,
  lane: Lane,
  met: Pick<Artifact, 'digest'> | undefined,
  wanted: Pick<Artifact, 'digest'> | undefined,
): Refused =>
  new Refused(
    'moved-by-others',
    `the ${lane} lane of ${ground.name} runs ${met ? shortDigest(met.digest) : 'nothing'}, not ${wanted ? shortDigest(wanted.digest) : 'nothing'}`,
  );
