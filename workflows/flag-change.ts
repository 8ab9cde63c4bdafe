import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  workflowInfo,
} from '@temporalio/workflow';
import type { Fenced } from '../activities/contract.js';
import { between, type Instant } from '../src/domain/duration.js';
import { failureCodes } from '../src/domain/failure.js';
import { settingText, wantedText } from '../src/domain/flag.js';
import type {
  FlagObservation,
  FlagOrder,
  FlagOutcome,
  FlagOutcomeKind,
  FlagPlan,
  FlagSubmission,
} from '../src/domain/flag-change.js';
import type { Demand, RollbackFacts } from '../src/domain/rollout.js';
import { backIn, forthIn, recording, watchIn } from './activities.js';
import { now } from './clock.js';
import { faultOf } from './faults.js';
import { openFlagDesk } from './flag-desk.js';

/**
 * A change of a feature flag in one environment: written down, approved, set, watched, recorded. What is set is set back
 * at the first window that does not pass, or when somebody demands it; the way back is fixed before the flag is touched.
 */
export async function flagChange(submission: FlagSubmission): Promise<FlagOutcome> {
  const { request, key } = submission;
  const { environment, flag, to, observe, rollbackPatience } = request;
  const desk = openFlagDesk(submission);
  let told: Omit<FlagOutcome, 'kind' | 'reason' | 'endedAt'> = { begunAt: now() };
  let changeId = '';

  return await CancellationScope.nonCancellable(async () => {
    const outcome = await carry();
    await condition(allHandlersFinished);
    return outcome;
  });

  async function carry(): Promise<FlagOutcome> {
    const eventId = `open-flag/${environment}/${flag}/${key}`;
    const opened = await recording(`change id for flag ${flag}`).openFlagChange({ eventId, request });
    ({ changeId } = opened);
    desk.enter('planning', { changeId });
    if (opened.ended)
      return await close('refused', `the records say that ${changeId} has ended: ask for it anew, under another key`);

    const plan = await desk.unlessDemanded(planned);
    if (!plan) return await close('withdrawn', demandSaid());
    if (typeof plan === 'string') return await close('refused', plan);
    told = { ...told, plan };
    desk.enter('planning', { plan });
    if (!plan.changes) return await close('unchanged', `${flag} in ${environment} is ${settingText(plan.to)} already`);

    const gate = await desk.approval(plan);
    if (gate.kind === 'demanded') return await close('withdrawn', demandSaid());
    if (gate.kind === 'rejected')
      return await close('refused', `${gate.by} rejected it: ${gate.reason || 'no reason given'}`);
    if (gate.kind !== 'approved') return await close('refused', gate.kind === 'expired' ? gate.reason : 'not approved');

    const compared = await compare();
    if (compared !== undefined) return compared;
    return await set(plan);
  }

  async function planned(): Promise<FlagPlan | string> {
    try {
      return await forthIn(environment, `plan ${flag}: ${wantedText(to)}`).planFlag({
        ...{ environment, flag, to },
        ...(request.blastRadius !== undefined && { blastRadius: request.blastRadius }),
      });
    } catch (fault) {
      return refusedFor(fault);
    }
  }

  /** What the service answers before the flag is set: without it nothing could be said of the time after. */
  async function compare(): Promise<FlagOutcome | undefined> {
    if (!observe?.before) return undefined;
    desk.enter('comparing');
    const window = observe.before;
    const watch = watchIn(environment, window.every, `watch ${observe.service} before ${flag} is set`);
    const place = { service: observe.service, environment };
    const before = await desk.unlessDemanded(() => watch.observeFlag({ place, window, judged: false }));
    if (!before) return await close('withdrawn', demandSaid());
    told = { ...told, before };
    if (before.verdict.kind === 'pass') return undefined;
    return await close('refused', `nothing to compare ${flag} with: ${before.verdict.reason}`);
  }

  /** The step and its watch. It is written down as begun before it is taken, so that one that breaks half-way is undone too. */
  async function set(plan: FlagPlan): Promise<FlagOutcome> {
    const untouched = told;
    told = { ...told, setAt: now() };
    desk.enter('setting');
    const ask = forthIn(environment, `set ${flag}: ${settingText(plan.from)} → ${settingText(plan.to)}`);
    const wanted = { kind: 'setting', setting: plan.to } as const;
    try {
      const done = await desk.unlessDemanded(() =>
        ask.setFlag({ ...fence(1, 'set'), environment, flag, to: wanted, expected: plan.from }),
      );
      if (!done) return await goBack(plan);
      told = { ...told, setAt: done.at, path: done.path };
    } catch (fault) {
      if (!isRefused(fault))
        return await goBack(plan, { by: 'slipway', reason: faultOf(fault), at: now(), cause: 'fault' });
      told = untouched;
      return await close('refused', faultOf(fault));
    }
    const seen = await watched();
    if (seen) told = { ...told, observation: seen };
    const failed = seen && seen.verdict.kind !== 'pass';
    if (desk.demanded() ?? failed) return await goBack(plan, seen && failed ? demandOf(seen) : undefined);
    const how = seen ? `; ${seen.verdict.reason}` : '';
    return await close('succeeded', `${flag} in ${environment} is ${settingText(plan.to)}${how}`);
  }

  async function watched(): Promise<FlagObservation | undefined> {
    if (!observe) return undefined;
    const { service, window } = observe;
    desk.enter('observing');
    const watch = watchIn(environment, window.every, `watch ${service} with ${flag} set`);
    const baseline = told.before?.counters;
    const ask = { place: { service, environment }, window, judged: true, ...(baseline && { baseline }) };
    return await desk.unlessDemanded(async () => {
      try {
        return await watch.observeFlag(ask);
      } catch (fault) {
        if (!(fault instanceof ActivityFailure)) throw fault;
        return unseen(faultOf(fault));
      }
    });
  }

  /** Sets the flag back, however often it takes: stuck is stuck until it is mended, and `retry` tries again. */
  async function goBack(plan: FlagPlan, own?: Demand): Promise<FlagOutcome> {
    const why = desk.demanded() ?? own ?? { by: 'slipway', reason: 'it did not pass', at: now(), cause: 'judgement' };
    desk.enter('going-back');
    const back = { kind: 'setting', setting: plan.from } as const;
    for (let generation = 2; ; generation += 1) {
      const stuck = await setBack(generation);
      if (stuck === undefined) break;
      await desk.retried(`${stuck}. Mend what it names, then send retry`);
    }
    return await close('rolled-back', `${why.by}: ${why.reason}`);

    async function setBack(generation: number): Promise<string | undefined> {
      const ask = backIn(environment, rollbackPatience, `set ${flag} back: ${settingText(plan.from)}`);
      try {
        const { at, path } = await ask.setFlag({ ...fence(generation, 'set-back'), environment, flag, to: back });
        told = { ...told, path, rollback: facts(why, at) };
        return undefined;
      } catch (fault) {
        if (!(fault instanceof ActivityFailure)) throw fault;
        return faultOf(fault);
      }
    }
  }

  function facts(demand: Demand, safeAt: Instant): RollbackFacts {
    const { setAt } = told;
    return {
      demand,
      ...(setAt !== undefined && { exposedAt: setAt, timeToDetectMs: Math.max(0, between(setAt, demand.at)) }),
      safeAt,
      timeToSafeMs: Math.max(0, between(demand.at, safeAt)),
    };
  }

  /** Closed means recorded: the change does not end before its story is written. */
  async function close(kind: FlagOutcomeKind, reason: string): Promise<FlagOutcome> {
    const outcome: FlagOutcome = { ...told, kind, reason, endedAt: now() };
    desk.enter('recording', { outcome });
    const order: FlagOrder = { ...request, changeId };
    const record = recording(`records of flag ${flag} in ${environment}`);
    const { paths } = await record.recordFlagChange({ order, outcome, approvals: desk.decisions });
    desk.records.push(...paths);
    desk.enter(kind);
    return outcome;
  }

  function demandSaid(): string {
    const demand = desk.demanded();
    return demand ? `${demand.by}: ${demand.reason}` : `withdrawn at ${now()}`;
  }
}

const fence = (generation: number, step: string): Fenced => ({
  key: `${workflowInfo().runId}/${generation}/${step}`,
  generation,
});

const demandOf = ({ verdict, cause }: FlagObservation): Demand => ({
  by: 'slipway',
  reason: `${verdict.kind}: ${verdict.reason}`,
  at: now(),
  cause,
});

/** A window that could not be looked at: silence is never success. */
const unseen = (reason: string): FlagObservation => ({
  from: now(),
  to: now(),
  looks: 0,
  seen: { requests: 0, errors: 0 },
  counters: { requests: 0, errors: 0, latency: [] },
  verdict: { kind: 'error', reason },
  cause: 'judgement',
});

/** Whether the world said no before anything was done; what broke in another way may be half done. */
const isRefused = (fault: unknown): boolean =>
  fault instanceof ActivityFailure &&
  fault.cause instanceof ApplicationFailure &&
  failureCodes.some((code) => code === (fault.cause as ApplicationFailure).type);

function refusedFor(fault: unknown): string {
  if (!(fault instanceof ActivityFailure)) throw fault;
  return faultOf(fault);
}
