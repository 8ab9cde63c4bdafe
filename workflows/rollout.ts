import {
  ActivityFailure,
  CancellationScope,
  condition,
  isCancellation,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  Trigger,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { between } from '../src/domain/duration.js';
import type {
  Demand,
  PlannedStep,
  Refusal,
  RollbackFacts,
  RolloutOrder,
  RolloutOutcome,
  RolloutProgress,
  RolloutState,
  Step,
  StepRecord,
} from '../src/domain/rollout.js';
import { fail, pass, type Verdict } from '../src/domain/verdict.js';
import { type Heard, retrySignal, rollbackSignal, rolloutProgress } from '../src/messages.js';
import { stateAttribute } from './attributes.js';
import { openJournal, takeBack, takeForth, verifyStable } from './carry-out.js';
import { now } from './clock.js';
import { rolloutDetails } from './details.js';
import { faultOf } from './faults.js';
import { readDemand } from './reading.js';
import { noteRefusal } from './refusals.js';

/**
 * Carries a planned rollout out, step by step, and goes back at the first step that does not pass, or when somebody
 * demands it. A step is written down as begun before it is taken, so that one that breaks half-way is undone too.
 */
export async function rollout(order: RolloutOrder): Promise<RolloutOutcome> {
  const { plan } = order;
  const begunAt = now();
  const journal = openJournal();
  const refused: Refusal[] = [];
  const demanded = new Trigger<Demand>();
  let state: RolloutState = 'running';
  let demand: Demand | undefined;
  let stuck: string | undefined;
  let retries = 0;
  // Every attempt at the way back that follows a person's retry fences off the one before.
  let generation = plan.generation + 1;

  setHandler(rolloutProgress, progress, { description: 'How far this rollout is: steps, verdicts, share, demand.' });
  setHandler(rollbackSignal, onRollback, {
    description: 'Go back now. Example: {"person": "dave", "reason": "customers cannot pay"}',
  });
  setHandler(retrySignal, onRetry, { description: 'A way back that is stuck is tried again. Example: "dave"' });
  setDefaultSignalHandler((name) => {
    note(name, 'unknown sender', `no such signal; possible: ${rollbackSignal.name}, ${retrySignal.name}`);
  });
  void CancellationScope.current().cancelRequested.catch(() => {
    demandOnce({ by: 'the Temporal UI', reason: 'cancellation was requested', at: now(), cause: 'cancellation' });
  });
  show();

  return await CancellationScope.nonCancellable(async () => {
    for (const step of plan.steps) {
      const verdict = await forth(step);
      const wanted = step.take.kind === 'adopt' && verdict.kind === 'pass' ? undefined : demandOf(verdict);
      if (wanted) return await goBack(wanted);
    }
    return end('adopted', demand && { unanswered: demand });
  });

  /** One step forth, abandoned as soon as the way back is demanded. Only adopting is waited for: half-way there is no way back. */
  async function forth(step: PlannedStep): Promise<Verdict> {
    const done = begin(step.id, step.take, 'forth');
    const scope = new CancellationScope({ cancellable: true, parent: CancellationScope.current() });
    const taken = scope.run(() => takeForth(step, order, journal)).catch(asVerdict);
    if (step.take.kind === 'adopt') return done(await taken);
    const verdict = await Promise.race([taken, demanded.then((d) => fail(`${d.by}: ${d.reason}`))]);
    if (demand) scope.cancel();
    return done(verdict);
  }

  function asVerdict(fault: unknown): Verdict {
    if (!(fault instanceof ActivityFailure) && !isCancellation(fault)) throw fault;
    journal.cause = 'fault';
    return fail(faultOf(fault));
  }

  /** The begun steps' ways back, last first; a way back that was just taken is not taken again. */
  async function goBack(why: Demand): Promise<RolloutOutcome> {
    demand = why;
    enter('going-back');
    const safeAt = await takeAllBack(why);
    const verification = plan.from && (await insist(() => verifyFormer(plan.from?.digest ?? '')));
    return end('rolled-back', { rollback: facts(why, safeAt, verification) });
  }

  async function takeAllBack(why: Demand): Promise<string> {
    let safeAt = why.at;
    let last: Step | undefined;
    for (const { id } of journal.steps.toReversed()) {
      const back = plan.steps.find((step) => step.id === id)?.back;
      if (!back || JSON.stringify(back) === JSON.stringify(last)) continue;
      last = back;
      const done = begin(id, back, 'back');
      const at = await insist(() => takeBack({ id, back }, generation, order, journal));
      done(pass('read back'));
      if (back.kind !== 'stop') safeAt = at;
      if (back.kind === 'shift') journal.share = back.share;
    }
    return safeAt;
  }

  async function verifyFormer(digest: string): Promise<Verdict> {
    const verdict = await verifyStable(order, digest, journal);
    if (verdict.kind === 'pass') return verdict;
    throw new NotRestored(`went back, but the stable lane does not verify: ${verdict.reason}`);
  }

  /** Tries until it works. What cannot be done within its patience is stuck: people are called, and `retry` tries again. */
  async function insist<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (fault) {
        if (!(fault instanceof ActivityFailure) && !(fault instanceof NotRestored)) throw fault;
        stuck = `${faultOf(fault)}. Mend what it names, then send retry`;
        enter('stuck');
        const before = retries;
        await condition(() => retries > before);
        generation += 1;
        stuck = undefined;
        enter('going-back');
      }
    }
  }

  function onRollback(heard: Heard): void {
    const read = readDemand(heard);
    if (!read.ok) return note(rollbackSignal.name, read.from, read.reason);
    const { person, reason } = read.value;
    if (state !== 'running') return note(rollbackSignal.name, person, `already ${state}`);
    demandOnce({ by: person, reason, at: now(), cause: 'person' });
    show();
  }

  function onRetry(heard: Heard): void {
    const read = readDemand(heard);
    const from = read.ok ? read.value.person : read.from;
    if (state !== 'stuck') return note(retrySignal.name, from, `nothing is stuck: ${state}`);
    retries += 1;
  }

  function demandOnce(wanted: Demand): void {
    if (demand) return;
    demand = wanted;
    demanded.resolve(wanted);
  }

  function demandOf(verdict: Verdict): Demand | undefined {
    if (demand) return demand;
    if (verdict.kind === 'pass') return undefined;
    return { by: 'slipway', reason: `${verdict.kind}: ${verdict.reason}`, at: now(), cause: journal.cause };
  }

  /** Writes a step down as begun; what is returned writes its end. */
  function begin(id: string, step: Step, direction: StepRecord['direction']): (verdict: Verdict) => Verdict {
    const at = journal.steps.push({ id, step, direction, begunAt: now() }) - 1;
    show();
    return (verdict) => {
      const begun = journal.steps[at];
      if (begun) journal.steps[at] = { ...begun, endedAt: now(), verdict };
      show();
      return verdict;
    };
  }

  function facts(why: Demand, safeAt: string, verification: Verdict | undefined): RollbackFacts {
    const exposed = journal.steps.find(({ direction, step }) => direction === 'forth' && exposes(step));
    return {
      demand: why,
      ...(exposed && { exposedAt: exposed.begunAt, timeToDetectMs: between(exposed.begunAt, why.at) }),
      safeAt,
      timeToSafeMs: Math.max(0, between(why.at, safeAt)),
      ...(verification && { verification }),
    };
  }

  function end(kind: RolloutOutcome['kind'], more: Partial<RolloutOutcome> | undefined): RolloutOutcome {
    enter(kind);
    const { steps, smoke, observations, data } = journal;
    return {
      kind,
      place: plan.place,
      begunAt,
      endedAt: now(),
      steps,
      smoke,
      observations,
      ...(data && { data }),
      ...more,
    };
  }

  function enter(next: RolloutState): void {
    state = next;
    upsertSearchAttributes([{ key: stateAttribute, value: next }]);
    show();
  }

  function note(message: string, from: string, reason: string): void {
    noteRefusal(refused, { at: now(), message, from, reason });
    show();
  }

  function show(): void {
    setCurrentDetails(rolloutDetails(progress()));
  }

  function progress(): RolloutProgress {
    return {
      state,
      plan,
      share: journal.share,
      steps: journal.steps,
      ...(demand && { demand }),
      ...(stuck !== undefined && { stuck }),
      refused,
    };
  }
}

/** The way back was taken and yet the former version does not answer as it should. */
class NotRestored extends Error {}

const exposes = (step: Step): boolean =>
  (step.kind === 'shift' && step.share > 0) || (step.kind === 'replace' && step.batch > 0);
