import { ActivityFailure, CancellationScope, condition, isCancellation, sleep } from '@temporalio/workflow';
import { after, between, hours, type Milliseconds } from '../src/domain/duration.js';
import {
  type BackStep,
  type BoundFlag,
  type Demand,
  type PlannedStep,
  type RollbackFacts,
  type RolloutOrder,
  type RolloutOutcome,
  sentence,
  type Step,
  type StepRecord,
  whyNoWayBack,
} from '../src/domain/rollout.js';
import type { Window } from '../src/domain/strategy.js';
import { fail, pass, type Verdict } from '../src/domain/verdict.js';
import { observe, openJournal, takeBack, takeForth, verifyStable } from './carry-out.js';
import { now } from './clock.js';
import { codeOf, faultOf } from './faults.js';
import { settling, turnOff } from './flags-first.js';
import { patienceWith, untilDecided } from './undecided.js';
import { stopWhileClosed } from './windows.js';
import { type Leave, openRolloutDesk, type Overruling } from './rollout-desk.js';

/**
 * Carries a planned rollout out, step by step, and goes back at the first step that does not pass, or when somebody
 * demands it. A step is written down as begun before it is taken, so that one that breaks half-way is undone too.
 */
export async function rollout(order: RolloutOrder): Promise<RolloutOutcome> {
  const { plan } = order;
  const begunAt = now();
  const journal = openJournal(plan.found);
  const desk = openRolloutDesk(order, journal);
  // Every attempt at the way back that follows a person's word fences off the one before.
  let generation = plan.generation + 1;
  let flagsAreOff = false;

  return await CancellationScope.nonCancellable(async () => {
    for (const step of plan.steps) {
      const leave = (await safePoint(step)) ?? (await forth(step));
      if (leave) return await leaveBy(leave);
    }
    if (order.drill !== undefined) return await leaveBy(await rehearsed(order.drill));
    const late = desk.leaving()?.demand;
    return end('adopted', late && { unanswered: late });
  });

  /** Users stay for a while on what is to be taken back from them, unless somebody wants that sooner. */
  async function rehearsed(reason: string): Promise<Leave> {
    const { drillStays } = order;
    if (drillStays !== undefined)
      await condition(() => desk.leaving() !== undefined, drillStays, { summary: 'all users stay for a while' });
    return desk.leaveBy({ how: 'rollback', demand: { by: 'slipway', reason, at: now(), cause: 'drill' } });
  }

  /** Between two steps nothing begins while people or the line hold it; what users meet is watched meanwhile. */
  async function safePoint(next: PlannedStep): Promise<Leave | undefined> {
    const hours = stopWhileClosed(order, journal.share, desk);
    if (hours) await Promise.race([hours.known, desk.left]);
    const leave = await whileHeld(next);
    hours?.over();
    return leave;
  }

  async function whileHeld(next: PlannedStep): Promise<Leave | undefined> {
    const since = now();
    while (desk.standsStill() && !desk.leaving()) {
      const scope = new CancellationScope();
      const watching = scope.run(() => watch(`${next.id}-paused`, windowBefore(next))).catch(asVerdict);
      const verdict = await Promise.race([watching, desk.unlessHeld()]);
      scope.cancel();
      if (!verdict || verdict.kind === 'pass' || (await flagsFirst(next, verdict))) continue;
      return desk.leaving() ?? ownLeave(verdict);
    }
    // Who has it stand still has the smoke suite wait: that is due as long after as before.
    journal.deployedAt = after(journal.deployedAt, between(since, now()));
    return desk.leaving();
  }

  /** Watches the candidate by the latest window's standards for as long as nothing else happens. */
  async function watch(id: string, window: Window | undefined): Promise<Verdict | undefined> {
    const noReturn = whyNoWayBack(journal.steps, journal.data) !== undefined;
    if (journal.share === 0 || !window || noReturn) return await condition(() => false).then(() => undefined);
    return await observe(id, { ...window, for: hours(336) }, plan, journal);
  }

  function windowBefore(next: PlannedStep): Window | undefined {
    const steps = plan.steps.slice(0, plan.steps.indexOf(next)).map(({ take }) => take);
    return steps.findLast((take) => take.kind === 'observe')?.window;
  }

  /** One step forth, until it passes, is overruled, or leads out. What others have moved is not written over: people are asked. */
  async function forth(step: PlannedStep): Promise<Leave | undefined> {
    for (;;) {
      const { verdict, held } = await attempt(step);
      const leave = step.take.kind === 'adopt' && verdict.kind === 'pass' ? undefined : desk.leaving();
      if (leave) return leave;
      if (verdict.kind === 'pass' || journal.steps.at(-1)?.overruled) return undefined;
      if (!held && (await flagsFirst(step, verdict))) continue;
      const patience = patienceWith(step, verdict);
      const returns = !held && whyNoWayBack(journal.steps, journal.data) === undefined;
      if (returns && patience === undefined) return ownLeave(verdict);
      const said =
        returns && patience !== undefined
          ? await undecided(step, verdict, patience)
          : await desk.decided('held', verdict.reason);
      if ('demand' in said) return said;
      desk.enter('running');
      if (said.how === 'again') continue;
      overrule(
        journal.steps.findLastIndex(({ id }) => id === step.id),
        said,
        verdict,
      );
      return undefined;
    }
  }

  async function undecided(step: PlannedStep, verdict: Verdict, patience: Milliseconds): Promise<Overruling | Leave> {
    const window = step.take.kind === 'observe' ? step.take.window : undefined;
    return await untilDecided({
      ...{ step: step.id, verdict, patience },
      said: desk.undecided(`${verdict.kind}: ${verdict.reason}`, after(now(), patience)),
      watch: () => watch(`${step.id}-held`, window).catch(asVerdict),
      leaveFor: async (seen) => (seen.kind === 'pass' || (await flagsFirst(step, seen)) ? undefined : ownLeave(seen)),
    });
  }

  /** Abandoned as soon as somebody wants out or overrules it. Only what has no way back half-way is waited for. */
  async function attempt(step: PlannedStep): Promise<{ readonly verdict: Verdict; readonly held: boolean }> {
    desk.working(step.id, step.take);
    const done = begin(step.id, step.take, 'forth');
    const scope = new CancellationScope({ cancellable: true, parent: CancellationScope.current() });
    let held = false;
    const taken = scope
      .run(() => takeForth(step, order, journal))
      .catch((fault: unknown) => {
        held = codeOf(fault) === 'moved-by-others';
        return asVerdict(fault);
      });
    if (step.take.kind === 'adopt' || isIrreversible(step.take)) return { verdict: done(await taken), held };
    const left = desk.left.then(({ demand }) => fail(`${demand.by}: ${demand.reason}`));
    const verdict = await Promise.race([taken, left, desk.overruled().then(unfinished)]);
    const over = 'how' in verdict ? verdict : undefined;
    if (over || desk.leaving()) scope.cancel();
    return {
      verdict: done(
        verdict,
        over && { how: over.how === 'skipped' ? 'skipped' : 'promoted', by: over.by, reason: over.reason },
      ),
      held,
    };
  }

  function asVerdict(fault: unknown): Verdict {
    if (!(fault instanceof ActivityFailure) && !isCancellation(fault)) throw fault;
    journal.cause = 'fault';
    return fail(faultOf(fault));
  }

  /**
   * Flags that the release is bound to go off before its version goes back: once, where the figures of the candidate are
   * why. Answers whether it is worth looking again, that is, whether users meet anything else now.
   */
  async function flagsFirst(step: PlannedStep, { kind }: Verdict): Promise<boolean> {
    const { flags = [] } = plan;
    if (flagsAreOff || flags.length === 0 || kind !== 'fail' || journal.cause !== 'judgement') return false;
    flagsAreOff = true;
    const turned = Promise.all(flags.map((flag) => flagOff(step.id, flag)));
    const changed = await Promise.race([turned, desk.left.then((): readonly boolean[] => [])]);
    if (!changed.includes(true) || desk.leaving()) return false;
    await settled(step);
    return !desk.leaving();
  }

  /** Until the flag has reached everybody who asks for it, or somebody wants out. */
  async function settled(step: PlannedStep): Promise<void> {
    const window = step.take.kind === 'observe' ? step.take.window : windowBefore(step);
    const scope = new CancellationScope();
    const over = scope.run(() => sleep(settling(window?.every ?? 0), { summary: 'until everybody has heard of it' }));
    await Promise.race([over.catch(() => undefined), desk.left]);
    scope.cancel();
  }

  /** A flag that cannot be turned off does not keep the version from going back. */
  async function flagOff(step: string, bound: BoundFlag): Promise<boolean> {
    const done = begin(`${step}-${bound.flag}`, { kind: 'set-flag', flag: bound.flag, to: bound.off }, 'back');
    const { place, generation: forthwith } = plan;
    const turning = { environment: place.environment, patience: order.rollbackPatience, generation: forthwith, step };
    try {
      const changed = await turnOff(bound, turning);
      done(pass(changed ? 'read back; looking again' : 'it was so already'));
      return changed;
    } catch (fault) {
      if (!(fault instanceof ActivityFailure)) throw fault;
      done(fail(faultOf(fault)));
      return false;
    }
  }

  /** The judge's, the smoke suite's or a fault's own demand. */
  function ownLeave(verdict: Verdict): Leave {
    const demand = {
      by: 'slipway',
      reason: `${verdict.kind}: ${verdict.reason}`,
      at: now(),
      cause: journal.cause,
    };
    return desk.leaveBy({ how: 'rollback', demand });
  }

  async function leaveBy({ how, demand }: Leave): Promise<RolloutOutcome> {
    if (how === 'take-over') return end('taken-over', { leftUndone: undone(wholeWay(), []) });
    desk.enter('going-back');
    const ways = how === 'abort' ? wholeWay().filter(({ back }) => back.kind !== 'stop') : wholeWay();
    const safeAt = await takeAllBack(ways, demand);
    if (typeof safeAt !== 'string') return end('taken-over', safeAt);
    const digest = plan.from?.digest;
    const verification = digest === undefined ? undefined : await insist('verify', () => verifyFormer(digest));
    if (verification === takenOver) return end('taken-over', { leftUndone: ['smoke suite on the stable lane'] });
    const facts = { rollback: rollbackFacts(demand, safeAt, verification === skipped ? undefined : verification) };
    return end(how === 'abort' ? 'aborted' : 'rolled-back', facts);
  }

  /** The begun steps' ways back, last first; a way back that was just taken is not taken again. */
  function wholeWay(): readonly WayBack[] {
    const begun = journal.steps.filter(({ direction }) => direction === 'forth').toReversed();
    const ways = begun.flatMap(({ id }): WayBack[] => {
      const back = plan.steps.find((step) => step.id === id)?.back;
      return back ? [{ id, back }] : [];
    });
    return ways.filter(({ back }, i) => JSON.stringify(back) !== JSON.stringify(ways[i - 1]?.back));
  }

  /** When users were safe; or, where a person took over, what was left undone. */
  async function takeAllBack(ways: readonly WayBack[], why: Demand): Promise<string | Partial<RolloutOutcome>> {
    let safeAt = why.at;
    const leftOut: WayBack[] = [];
    for (const [i, way] of ways.entries()) {
      const { id, back } = way;
      desk.working(id, back);
      const done = begin(id, back, 'back');
      const at = await insist(id, () => takeBack(way, generation, order, journal));
      if (at === takenOver) return { leftUndone: undone(ways.slice(i), leftOut) };
      if (at === skipped) {
        leftOut.push(way);
        continue;
      }
      done(pass('read back'));
      if (back.kind !== 'stop' && back.kind !== 'stop-baseline') safeAt = at;
      if (back.kind === 'shift') journal.share = back.share;
    }
    return safeAt;
  }

  async function verifyFormer(digest: string): Promise<Verdict> {
    const verdict = await verifyStable(order, digest, journal);
    if (verdict.kind === 'pass') return verdict;
    throw new NotRestored(`went back, but the stable lane does not verify: ${verdict.reason}`);
  }

  /** Tries until it works. What cannot be done within its patience is stuck: people are called, and decide. */
  async function insist<T>(id: string, work: () => Promise<T>): Promise<T | typeof skipped | typeof takenOver> {
    for (;;) {
      try {
        return await work();
      } catch (fault) {
        if (!(fault instanceof ActivityFailure) && !(fault instanceof NotRestored)) throw fault;
        const said = await desk.decided('stuck', faultOf(fault));
        if ('demand' in said) return takenOver;
        generation += 1;
        desk.enter('going-back');
        if (said.how !== 'skipped') continue;
        const at = journal.steps.findLastIndex((step) => step.id === id && step.direction === 'back');
        overrule(at, said, fail(faultOf(fault)));
        return skipped;
      }
    }
  }

  /** A person went on in spite of a verdict: the step stands in the journal as what it is, with who said so. */
  function overrule(at: number, { how, by, reason }: Overruling, verdict: Verdict): void {
    const begun = journal.steps[at];
    const overruled = { how: how === 'promoted' ? how : 'skipped', by, reason } as const;
    if (begun) journal.steps[at] = { ...begun, endedAt: now(), verdict, overruled };
    desk.show();
  }

  /** Writes a step down as begun; what is returned writes its end. */
  function begin(
    id: string,
    step: Step,
    direction: StepRecord['direction'],
  ): (verdict: Verdict, overruled?: StepRecord['overruled']) => Verdict {
    const at = journal.steps.push({ id, step, direction, begunAt: now() }) - 1;
    desk.show();
    return (verdict, overruled) => {
      const begun = journal.steps[at];
      const { kind, reason } = verdict;
      if (begun)
        journal.steps[at] = { ...begun, endedAt: now(), verdict: { kind, reason }, ...(overruled && { overruled }) };
      desk.show();
      return verdict;
    };
  }

  function rollbackFacts(demand: Demand, safeAt: string, verification: Verdict | undefined): RollbackFacts {
    const exposed = journal.steps.find(({ direction, step }) => direction === 'forth' && exposes(step));
    return {
      demand,
      ...(exposed && { exposedAt: exposed.begunAt, timeToDetectMs: between(exposed.begunAt, demand.at) }),
      safeAt,
      timeToSafeMs: Math.max(0, between(demand.at, safeAt)),
      ...(verification && { verification }),
    };
  }

  /** What a person has in hand: every way back that was not taken, a sentence each. */
  function undone(ways: readonly WayBack[], leftOut: readonly WayBack[]): readonly string[] {
    return [...leftOut, ...ways].map(({ id, back }) => `${id}: ${sentence(back, plan)}`);
  }

  function end(kind: RolloutOutcome['kind'], more: Partial<RolloutOutcome> | undefined): RolloutOutcome {
    desk.enter(kind);
    const { steps, smoke, observations, data } = journal;
    const { commands } = desk;
    const alerts = desk.alerts();
    return {
      kind,
      place: plan.place,
      begunAt,
      endedAt: now(),
      steps,
      smoke,
      observations,
      ...(commands.length > 0 && { commands }),
      ...(alerts && { alerts }),
      ...(data && { data }),
      ...more,
    };
  }
}

interface WayBack {
  readonly id: string;
  readonly back: BackStep;
}

/** A person's word about a step of the way back that cannot be taken. */
const skipped = Symbol('skipped');
const takenOver = Symbol('taken over');

/** The way back was taken and yet the former version does not answer as it should. */
class NotRestored extends Error {}

/** What a look has come to when a person ends it. */
const unfinished = (over: Overruling): Verdict & Overruling => ({
  ...over,
  kind: 'inconclusive',
  reason: `ended by ${over.by} before it was over: ${over.reason}`,
});

const isIrreversible = (step: Step): boolean => step.kind === 'migrate' && step.migration.class === 'irreversible';

const exposes = (step: Step): boolean =>
  (step.kind === 'shift' && step.share > 0) || (step.kind === 'replace' && step.batch > 0);
