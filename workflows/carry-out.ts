import { sleep } from '@temporalio/workflow';
import { after, type Instant } from '../src/domain/duration.js';
import type { DataRecord } from '../src/domain/migration.js';
import { neverReached } from '../src/domain/never.js';
import {
  type BackStep,
  type Demand,
  type Observation,
  type PlannedStep,
  type RolloutOrder,
  type RolloutPlan,
  sentence,
  type SmokeRun,
  type StepRecord,
} from '../src/domain/rollout.js';
import type { Window } from '../src/domain/strategy.js';
import { fail, pass, type Verdict } from '../src/domain/verdict.js';
import { backIn, forthIn, watchIn } from './activities.js';
import { takeData, takeDataBack } from './carry-out-data.js';
import { now } from './clock.js';
import { fenceOf } from './fence.js';

/** What a rollout has done and seen: its own memory, and what the records are made of. */
export interface Journal {
  readonly steps: StepRecord[];
  readonly smoke: SmokeRun[];
  readonly observations: Observation[];
  /** What was done to data; missing as long as nothing was. */
  data?: DataRecord;
  /** The share last read back. */
  share: number;
  /** When the candidate was last read back as running, and later by as long as people or the calendar had it stand still: smoke is due from here. */
  deployedAt: Instant;
  /** What the last look that did not pass was looking at. */
  cause: Demand['cause'];
}

export const openJournal = (share = 0): Journal => ({
  steps: [],
  smoke: [],
  observations: [],
  share,
  deployedAt: now(),
  cause: 'judgement',
});

/** Takes one step forth. Effects return once the world was read back; looks return what they saw. */
export async function takeForth({ id, take }: PlannedStep, order: RolloutOrder, journal: Journal): Promise<Verdict> {
  const { plan } = order;
  const { place, to, from, instances } = plan;
  const ask = forthIn(place.environment, sentence(take, plan));
  const fence = fenceOf(plan.generation, id);
  switch (take.kind) {
    case 'start': {
      const { at } = await ask.startCandidate({ ...fence, place, artifact: to, instances, ...(from && { from }) });
      journal.deployedAt = at;
      return pass(`${instances} healthy`);
    }
    case 'start-baseline': {
      if (!from) return fail('nothing ran before: there is no baseline to start');
      // Deployed is what is wanted once all of it runs.
      journal.deployedAt = (await ask.startBaseline({ ...fence, place, artifact: from, instances })).at;
      return pass(`${instances} healthy, as many as of the candidate`);
    }
    case 'replace': {
      const { batch, of } = take;
      const { at } = await ask.replaceBatch({ ...fence, place, batch, of, instances, to, ...(from && { from }) });
      journal.deployedAt = at;
      journal.share = Math.round((100 * batch) / of);
      return pass(`${batch} of ${of} replaced, all healthy`);
    }
    case 'shift':
      await ask.shiftTraffic({
        ...fence,
        place,
        share: take.share,
        expected: journal.share,
        ...(take.share > 0 && { digest: to.digest }),
        ...capacity(order),
      });
      journal.share = take.share;
      return pass(`${take.share} % read back`);
    case 'adopt':
      await ask.adoptCandidate({ ...fence, place, digest: to.digest, ...(take.keepFormer && { keepFormer: true }) });
      journal.share = 0; // the candidate is the stable lane now
      return pass(`${to.version} is stable`);
    case 'stop':
      await ask.stopCandidate({ ...fence, place });
      return pass('stopped');
    case 'stop-baseline':
      await ask.stopBaseline({ ...fence, place });
      return pass('stopped; the stable lane has its traffic');
    case 'verify': {
      const before = after(journal.deployedAt, take.within);
      const run = await ask.runSmoke({ place, lane: take.lane, digest: to.digest, before });
      journal.smoke.push(run);
      journal.cause = 'smoke';
      return run.verdict;
    }
    case 'observe':
      return await observe(id, take.window, plan, journal);
    case 'set-flag':
      await ask.setFlag({
        ...fence,
        environment: place.environment,
        flag: take.flag,
        to: { kind: 'setting', setting: take.to },
      });
      return pass('read back');
    case 'backup':
    case 'migrate':
    case 'revert':
      return await takeData({ id, take }, plan, journal);
    default:
      return neverReached(take);
  }
}

/** Takes one step of the way back. Returns when the world was read back. */
export async function takeBack(
  { id, back }: { readonly id: string; readonly back: BackStep },
  generation: number,
  order: RolloutOrder,
  journal: Journal,
): Promise<Instant> {
  const { place, to, from, instances } = order.plan;
  const ask = backIn(place.environment, order.rollbackPatience, sentence(back, order.plan));
  const fence = fenceOf(generation, `${id}-back`);
  switch (back.kind) {
    case 'shift': {
      for (const between of (back.by ?? []).filter((step) => step < journal.share)) {
        const key = `${fence.key}-${between}`;
        await ask.shiftTraffic({ ...fence, key, place, share: between, ...capacity(order) });
        await sleep(back.every ?? 0, { summary: `${between} %, on the way back to ${back.share} %` });
      }
      return (await ask.shiftTraffic({ ...fence, place, share: back.share, ...capacity(order) })).at;
    }
    case 'replace': {
      const { batch, of } = back;
      return (await ask.replaceBatch({ ...fence, place, batch, of, instances, to, ...(from && { from }) })).at;
    }
    case 'stop':
      return (await ask.stopCandidate({ ...fence, place })).at;
    case 'stop-baseline':
      return (await ask.stopBaseline({ ...fence, place })).at;
    case 'migrate':
    case 'revert':
      return await takeDataBack(back, fence, order, journal);
    default:
      return neverReached(back);
  }
}

/** Looks at what users have now, after going back: every instance of the stable lane runs the former version, and it works. */
export async function verifyStable(order: RolloutOrder, digest: string, journal: Journal): Promise<Verdict> {
  const { place } = order.plan;
  const ask = backIn(place.environment, order.rollbackPatience, 'smoke suite on the stable lane, after going back');
  const run = await ask.runSmoke({ place, lane: 'stable', digest, before: after(now(), order.smokeWithin) });
  journal.smoke.push(run);
  return run.verdict;
}

/** One window. What it has seen goes into the journal, and why it ended. */
export async function observe(stepId: string, window: Window, plan: RolloutPlan, journal: Journal): Promise<Verdict> {
  const { place, from, to } = plan;
  const control = hasBaseline(journal) ? 'baseline' : undefined;
  const beside = control ? `, beside a fresh ${control} of ${from?.version ?? 'nothing'}` : '';
  const ask = watchIn(place.environment, window.every, `observe ${to.version} at ${journal.share} %${beside}`);
  const { cause, ...seen } = await ask.observeCandidate({
    ...{ place, window, compared: from !== undefined },
    ...(window.metrics && { share: journal.share }),
    ...(control && { control }),
  });
  journal.observations.push({ stepId, share: journal.share, ...seen });
  journal.cause = cause;
  return seen.verdict;
}

/** A fresh baseline is up: one was begun, and its end was not. */
const hasBaseline = ({ steps }: Journal): boolean =>
  steps.findLast(({ step }) => step.kind === 'start-baseline' || step.kind === 'stop-baseline')?.step.kind ===
  'start-baseline';

/** Whoever receives traffic must have the instances for it; rollouts begun before that was asked do not ask. */
const capacity = ({ plan, tellsRelease }: RolloutOrder): { readonly instances?: number } =>
  tellsRelease ? { instances: plan.instances } : {};
