import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Artifact } from '../src/domain/artifact.js';
import { after, between, type Instant, minutes } from '../src/domain/duration.js';
import { type GateOrder, whyFailed } from '../src/domain/gate.js';
import { isReady, type Readiness } from '../src/domain/readiness.js';
import type {
  BuildOutcome,
  Comeback,
  ReleaseOrder,
  ReleaseOutcome,
  ReleaseOutcomeKind,
  StageOrder,
} from '../src/domain/release.js';
import {
  type Demand,
  type RollbackFacts,
  type RolloutOutcome,
  type RolloutPlan,
  sentence,
  whyNoWayBack,
} from '../src/domain/rollout.js';
import type { Window } from '../src/domain/strategy.js';
import { aftercareId, rolloutId, workflowTypes } from '../src/messages.js';
import { building, checkingIn, forthIn, recording, recovering } from './activities.js';
import type { aftercare } from './aftercare.js';
import {
  changeAttribute,
  environmentAttribute,
  serviceAttribute,
  stateAttribute,
  versionAttribute,
} from './attributes.js';
import { now } from './clock.js';
import { type GateEnd, openDesk } from './desk.js';
import { escalating } from './escalating.js';
import { codeOf, faultOf } from './faults.js';
import type { rollout } from './rollout.js';
import { tellOnCall } from './on-call.js';
import { type AskCalendar, calendarFor, tellCustomers, untilWindow } from './windows.js';

/** A release from commit to production. Read from top to bottom, it is the process of SPEC-0701. */
export async function release(order: ReleaseOrder): Promise<ReleaseOutcome> {
  const { service, version, commit } = order;
  const desk = openDesk(order);
  const rollouts: { workflowId: string; runId: string }[] = [];
  const adopted: string[] = [];
  const noWayBack: Record<string, string> = {};
  let artifact: Artifact | undefined;
  let recordedAt = now();

  return await CancellationScope.nonCancellable(async () => {
    try {
      return await carry();
    } catch (fault) {
      if (!(fault instanceof ActivityFailure)) throw fault;
      return await close('failed', faultOf(fault));
    }
  });

  async function carry(): Promise<ReleaseOutcome> {
    if (order.refusedBecause !== undefined)
      return await close(order.withdrawn ? 'withdrawn' : 'refused', order.refusedBecause);
    if (order.comeback) return await comeBack(order.comeback);
    const built = await desk.unlessWithdrawn(() => build());
    if (!built) return await close(desk.ending(), demandSaid());
    if (built.kind === 'refused') return await close('refused', built.reason);
    artifact = built.artifact;
    desk.enter('planning', undefined, { artifact });

    for (const stage of order.stages) {
      const ended = await promote(stage, artifact);
      if (ended) return ended;
      adopted.push(stage.environment);
    }
    return await close('succeeded', `${version} is stable in ${adopted.join(', ')}`);
  }

  async function build(): Promise<BuildOutcome> {
    return await building(`gates and build of ${service} ${version}`).buildArtifact({ service, version, commit });
  }

  /** One environment: plan, approval, rollout, record. Answers how the release ended, or nothing when it goes on. */
  async function promote(stage: StageOrder, candidate: Artifact): Promise<ReleaseOutcome | undefined> {
    const { environment } = stage;
    await desk.unlessHeld(environment);
    const first = await desk.unlessWithdrawn(() => planned('release', stage, candidate).catch(refusedPlan));
    if (typeof first === 'string') return await close('refused', first, { environment });
    if (!first) return await close(desk.ending(), demandSaid(), { environment });

    const unfit = stage.gates && (await checked(stage.gates, first));
    if (unfit) return unfit;
    const { gate, plan } = await passGates(stage, first);
    if (gate.kind === 'withdrawn') return await close(desk.ending(), demandSaid(), { environment });
    if (gate.kind === 'rejected')
      return await close('refused', `${gate.by} rejected it: ${gate.reason || 'no reason given'}`, { environment });
    if (gate.kind !== 'approved')
      return await close('refused', gate.kind === 'expired' ? gate.reason : 'not approved', { environment });
    await desk.unlessHeld(environment);
    if (desk.demanded()) return await close(desk.ending(), demandSaid(), { environment });

    desk.enter('rolling-out', environment);
    const outcome = await rollOut(stage, plan);
    if (typeof outcome === 'string') return await close('failed', outcome, { environment });
    const settled = outcome.kind === 'adopted' && plan.from ? await unlessLate(stage, plan.from, outcome) : outcome;

    const { kind, begunAt, endedAt, rollback } = settled;
    desk.note(environment, { outcome: { kind, begunAt, endedAt, ...(rollback && { rollback }) } });
    desk.enter('recording', environment);
    const record = recording(`records of ${service} ${version} in ${environment}`);
    const approvals = desk.decisionsAt(environment);
    const { gates, readiness, calendar, customers } = desk.stage(environment) ?? {};
    const shown = {
      ...(gates && { gates }),
      ...(readiness && { readiness }),
      ...(calendar && { calendar }),
      ...(customers && { customers }),
    };
    desk.records.push(...(await record.recordRollout({ order, plan, outcome: settled, approvals, ...shown })).paths);
    recordedAt = now();
    if (kind === 'adopted') {
      const why = whyNoWayBack(settled.steps, settled.data);
      if (why !== undefined) noWayBack[environment] = why;
      if (stage.aftercare && plan.from) await startAftercare(stage, stage.aftercare, plan, settled);
      const { unanswered } = settled;
      if (!unanswered || !plan.from) return undefined;
      adopted.push(environment);
      return await close('failed', `${unanswered.by}: ${unanswered.reason}`, { environment });
    }
    if (kind === 'taken-over')
      return await close(kind, `taken over; not done: ${settled.leftUndone?.join('; ') || 'nothing'}`, { environment });

    const { timeToDetectMs, timeToSafeMs } = rollback ?? {};
    const how = kind === 'rolled-back' && desk.ending() === 'aborted' ? 'aborted' : kind;
    return await close(how, rollback ? `${rollback.demand.by}: ${rollback.demand.reason}` : 'went back', {
      environment,
      ...(timeToDetectMs !== undefined && { timeToDetectMs }),
      ...(timeToSafeMs !== undefined && { timeToSafeMs }),
    });
  }

  /** The environment's quality gates, before anybody is asked. Answers how the release ended, or nothing when all have passed. */
  async function checked(gates: readonly GateOrder[], { place, to }: RolloutPlan): Promise<ReleaseOutcome | undefined> {
    const { environment } = place;
    desk.enter('checking', environment);
    const ask = { place, artifact: to, changeId: order.changeId, gates };
    const runs = await desk.unlessWithdrawn(() => checkingIn(environment, gates).runGates(ask));
    if (!runs) return await close(desk.ending(), demandSaid(), { environment });
    desk.note(environment, { gates: runs });
    const failed = runs.find(({ verdict }) => verdict.kind !== 'pass');
    return failed && (await close('refused', whyFailed(failed, environment), { environment }));
  }

  /**
   * Readiness, approval, the hour; and readiness again, because what was shown may have grown old meanwhile. What waited for
   * something to be shown is planned again: a drill there has moved the world on.
   */
  async function passGates(stage: StageOrder, first: RolloutPlan): Promise<{ gate: GateEnd; plan: RolloutPlan }> {
    const { environment } = stage;
    const ask = stage.calendar && calendarFor(order, stage);
    const notice = order.emergency ? undefined : stage.calendar?.notice;
    const hours = ask && (await ask(notice === undefined ? {} : { notBefore: after(now(), notice) }));
    if (hours) desk.note(environment, { calendar: hours });
    const lasting = untilWindow(stage, hours);
    if (stage.tellsOnCall)
      void tellOnCall(order, stage, hours).then((onCall) => onCall && desk.note(environment, { onCall }));
    let plan = first;
    for (;;) {
      const unready = stage.readiness && (await desk.ready(stage, () => judged(stage, plan)));
      if (unready) return { gate: unready, plan };
      if (stage.plansAgain && desk.state() === 'awaiting-readiness') {
        const again = await desk.unlessWithdrawn(() => planned('release', stage, plan.to).catch(refusedPlan));
        if (!again) return { gate: { kind: 'withdrawn' }, plan };
        if (typeof again === 'string') return { gate: { kind: 'expired', reason: again }, plan };
        plan = again;
      }
      const gate = await escalating(order, stage, () => desk.approval(lasting, plan));
      if (gate.kind !== 'approved') return { gate, plan };
      const waited = ask && (await withinWindow(stage, plan, ask));
      await desk.unlessHeld(environment);
      if (desk.demanded()) return { gate: { kind: 'withdrawn' }, plan };
      if (waited || !desk.stillApproved()) continue;
      if (!stage.readiness) return { gate, plan };
      const readiness = await judged(stage, plan);
      desk.note(environment, { readiness });
      if (isReady(readiness) && desk.stillApproved()) return { gate, plan };
    }
  }

  /** Until the calendar lets it begin, and customers have known of it for long enough. Answers whether that took time. */
  async function withinWindow({ environment, calendar }: StageOrder, plan: RolloutPlan, ask: AskCalendar) {
    const { notice } = calendar ?? {};
    const customers = () => desk.stage(environment)?.customers;
    if (notice !== undefined && !customers() && !order.emergency) {
      desk.enter('awaiting-window', environment);
      const told = await desk.unlessWithdrawn(() => tellCustomers(order, plan.place, { ask, notice }));
      if (told) desk.note(environment, 'from' in told ? { customers: told } : { calendar: told });
    }
    const from = customers()?.from;
    return await desk.opened(environment, (known) =>
      ask({ ...(from !== undefined && { notBefore: from }), ...(known && { known }) }),
    );
  }

  async function judged(stage: StageOrder, { to, place }: RolloutPlan): Promise<Readiness> {
    const { readiness: policy = {}, environment } = stage;
    const staging = order.stages.filter(({ tier }) => tier === 'staging').map((one) => one.environment);
    const rehearsedIn = adopted.filter((name) => staging.includes(name));
    const ask = forthIn(environment, `readiness of ${service} ${version} for ${environment}`);
    const about = { place, policy, now: now(), artifact: to, changeId: order.changeId, rehearsedIn };
    const { onCall = {} } = desk.stage(environment) ?? {};
    return await ask.judgeReadiness({ ...about, ...(stage.tellsOnCall && { onCall }) });
  }

  /** Watches on after the release has ended, and keeps the former version warm for as long. */
  async function startAftercare(
    { environment, alerts }: StageOrder,
    window: Window,
    plan: RolloutPlan,
    adoption: RolloutOutcome,
  ): Promise<void> {
    const compared = adoption.observations.findLast(({ stable }) => stable.requests >= window.minSamples);
    await startChild<typeof aftercare>(workflowTypes.aftercare, {
      workflowId: aftercareId(environment, service, order.changeId),
      args: [
        {
          ...{ changeId: order.changeId, plan, window, about: { requester: order.requester, profile: order.profile } },
          ...(compared && { baseline: compared.stable }),
          ...(alerts && { alerts: { ...alerts, since: adoption.begunAt }, roster: desk.roster }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: '5 seconds',
      staticSummary: `${service} ${plan.to.version} in ${environment}: aftercare`,
      typedSearchAttributes: attributesOf(environment, 'watching', plan.to.version),
    });
  }

  /** The former version comes back: as a release of its own, which builds nothing and asks nobody. */
  async function comeBack({ of, environment, to, demand, exposedAt }: Comeback): Promise<ReleaseOutcome> {
    const stage = order.stages.find((s) => s.environment === environment);
    if (!stage) throw ApplicationFailure.nonRetryable(`no stage ${environment} in the order`);
    artifact = to;
    desk.enter('going-back', environment, { artifact });
    const plan = await planned('recovery', stage, to).catch(refusedPlan);
    if (typeof plan === 'string') return await close('refused', plan, { environment, comebackOf: of });
    desk.note(environment, { plan });
    const recovery = await rollOut(stage, plan);
    if (typeof recovery === 'string') return await close('failed', recovery, { environment, comebackOf: of });
    const { kind, begunAt, endedAt } = recovery;
    const rollback = kind === 'adopted' ? recoveryFacts(demand, recovery, exposedAt) : recovery.rollback;
    desk.note(environment, { outcome: { kind, begunAt, endedAt, ...(rollback && { rollback }) } });
    desk.enter('recording', environment);
    const record = recording(`records of ${service} ${version}, back in ${environment}`);
    const outcome = { ...told(recovery, plan), ...(rollback && { rollback }) };
    desk.records.push(...(await record.recordRollout({ order, ...asRollback(plan, outcome), approvals: [] })).paths);
    if (kind !== 'adopted')
      return await close('failed', `${to.version} could not be brought back: ${said(recovery)}`, {
        environment,
        comebackOf: of,
      });
    adopted.push(environment);
    const { timeToDetectMs, timeToSafeMs } = recoveryFacts(demand, recovery, exposedAt);
    return await close('succeeded', `${to.version} is back in ${environment}: ${demand.by}: ${demand.reason}`, {
      environment,
      comebackOf: of,
      timeToSafeMs,
      ...(timeToDetectMs !== undefined && { timeToDetectMs }),
    });
  }

  async function planned(kind: 'release' | 'recovery', stage: StageOrder, to: Artifact): Promise<RolloutPlan> {
    return await forthIn(stage.environment, `plan ${to.version} in ${stage.environment}`).planRollout({
      kind,
      stage,
      artifact: to,
    });
  }

  /** The rollout is a workflow of its own, whose id is the lock of this service in this environment. */
  async function rollOut(stage: StageOrder, plan: RolloutPlan): Promise<RolloutOutcome | string> {
    const { environment, smokeWithin, rollbackPatience, blastRadius, calendar, alerts } = stage;
    if (await hasBeen(environment, plan)) return overtaken(service, environment);
    const closesAt = desk.stage(environment)?.calendar?.closesAt;
    const ofItsHours = calendar && !order.emergency && plan.strategy !== 'recovery';
    const workflowId = rolloutId(environment, service);
    try {
      const child = await startChild<typeof rollout>(workflowTypes.rollout, {
        workflowId,
        args: [
          {
            changeId: order.changeId,
            plan,
            smokeWithin,
            rollbackPatience,
            ...(blastRadius !== undefined && { blastRadius }),
            ...(alerts && { alerts }),
            ...(ofItsHours && { calendar: { ...calendar, ...(closesAt !== undefined && { closesAt }) } }),
            // Releases that were asked for before commands were heard here go on as they began.
            ...(order.whenBusy && {
              roster: desk.roster,
              tellsRelease: 'standstill' as const,
              // A way back is never held, neither by what is in force nor by what comes.
              ...(plan.strategy === 'recovery'
                ? { onHold: 'finish' as const }
                : { holds: desk.holds(), onHold: stage.onHold ?? ('stop' as const) }),
            }),
          },
        ],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        // A demand must not wait longer than this for a worker that died with the rollout in its hands.
        workflowTaskTimeout: '2 seconds',
        staticSummary: `${service} ${plan.to.version} → ${environment} (${plan.strategy})`,
        typedSearchAttributes: attributesOf(environment, 'running', plan.to.version),
      });
      rollouts.push({ workflowId, runId: child.firstExecutionRunId });
      return await desk.accompany(child);
    } catch (fault) {
      if (fault instanceof WorkflowExecutionAlreadyStartedError)
        return `another rollout of ${service} in ${environment} is under way: end ${workflowId} first`;
      if (fault instanceof ChildWorkflowFailure)
        return `the rollout in ${environment} was ended from outside (${fault.cause?.message ?? faultOf(fault)}): look at what runs there`;
      throw fault;
    }
  }

  /**
   * Whether the records know the end of this rollout: then the engine's data are older than they. A way back never waits
   * for records, and a release that was reset does again what it did.
   */
  async function hasBeen(environment: string, { strategy }: RolloutPlan): Promise<boolean> {
    const { runId, firstExecutionRunId } = workflowInfo();
    const isFresh = between(recordedAt, now()) < recordsAge;
    if (!order.asksRecords || isFresh || strategy === 'recovery' || runId !== firstExecutionRunId) return false;
    const ask = recovering(`whether ${order.changeId} was in ${environment} before`);
    return await ask.isRecorded({ changeId: order.changeId, environment });
  }

  /**
   * A demand that came while adopting, heard by the rollout or here when it just had ended: what was acknowledged is done.
   * The former version comes back, as a rollout of its own. Where it cannot, the demand stays unanswered, with the reason.
   */
  async function unlessLate(stage: StageOrder, former: Artifact, adoption: RolloutOutcome): Promise<RolloutOutcome> {
    const own = desk.takeDemand();
    const { unanswered: demand = own, ...outcome } = adoption;
    if (!demand) return outcome;
    desk.enter('going-back', stage.environment);
    const stays = (why: string): RolloutOutcome => {
      const reason = `${demand.reason}; ${former.version} could not be brought back: ${why}`;
      return { ...outcome, unanswered: { ...demand, reason } };
    };
    const plan = await planned('recovery', stage, former).catch(refusedPlan);
    if (typeof plan === 'string') return stays(plan);
    const recovery = await rollOut(stage, plan);
    if (typeof recovery === 'string') return stays(recovery);
    if (recovery.kind === 'rolled-back') return stays(said(recovery));
    const back = told(recovery, plan);
    return {
      ...outcome,
      kind: 'rolled-back',
      endedAt: back.endedAt,
      steps: [...outcome.steps, ...back.steps],
      smoke: [...outcome.smoke, ...back.smoke],
      rollback: recoveryFacts(demand, recovery),
      ...(recovery.data && { data: recovery.data }),
    };
  }

  function attributesOf(environment: string, state: string, of: string) {
    return [
      { key: serviceAttribute, value: service },
      { key: environmentAttribute, value: environment },
      { key: stateAttribute, value: state },
      { key: changeAttribute, value: order.changeId },
      { key: versionAttribute, value: of },
    ];
  }

  /** Closed means recorded: the release does not end before its story is written. */
  async function close(
    kind: ReleaseOutcomeKind,
    reason: string,
    more: Partial<ReleaseOutcome> = {},
  ): Promise<ReleaseOutcome> {
    const { changeId } = order;
    const final = Object.keys(noWayBack).length > 0 && { noWayBack };
    const about = { kind, changeId, service, version, reason, adopted, ...final };
    const outcome = { ...about, ...(artifact && { artifact }), ...more };
    desk.enter('recording', undefined, { outcome: { ...outcome, records: desk.records } });
    const record = recording(`transcript of ${changeId}`);
    const closed = { ...outcome, records: [...desk.records] };
    const { decisions: approvals, commands } = desk.progress();
    const heard = commands && { commands };
    const { paths } = await record.closeChange({ order, outcome: closed, approvals, ...heard, rollouts });
    const ended = { ...outcome, records: [...desk.records, ...paths] };
    desk.records.push(...paths);
    desk.enter(kind, undefined, { outcome: ended });
    return ended;
  }

  function demandSaid(): string {
    const demand = desk.demanded();
    return demand ? `${demand.by}: ${demand.reason}` : `withdrawn at ${now()}`;
  }
}

/** A recovery's steps speak of the version that comes back: said here, where its plan is known. */
const told = (recovery: RolloutOutcome, plan: RolloutPlan): RolloutOutcome => ({
  ...recovery,
  steps: recovery.steps.map((step) => ({ ...step, does: sentence(step.step, plan) })),
});

/** For the records a comeback is what it means to people: the version that ran went back to the one before it. */
function asRollback(plan: RolloutPlan, outcome: RolloutOutcome): { plan: RolloutPlan; outcome: RolloutOutcome } {
  if (outcome.kind !== 'adopted' || !plan.from || plan.from.digest === plan.to.digest) return { plan, outcome };
  return { plan: { ...plan, to: plan.from, from: plan.to }, outcome: { ...outcome, kind: 'rolled-back' } };
}

/** Users are safe as soon as the traffic was read back on the former version; adopting it comes after that. */
function recoveryFacts(demand: Demand, recovery: RolloutOutcome, exposedAt?: Instant): RollbackFacts {
  const moved = recovery.steps.findLast(({ step, verdict }) => step.kind === 'shift' && verdict?.kind === 'pass');
  const safeAt = moved?.endedAt ?? recovery.endedAt;
  const verification = recovery.smoke.at(-1)?.verdict;
  return {
    demand,
    safeAt,
    timeToSafeMs: Math.max(0, between(demand.at, safeAt)),
    ...(exposedAt !== undefined && { exposedAt, timeToDetectMs: Math.max(0, between(exposedAt, demand.at)) }),
    ...(verification && { verification }),
  };
}

const said = ({ rollback, kind }: RolloutOutcome): string => rollback?.demand.reason ?? kind;

/** A plan that cannot be made for what the data or its flags are now is an answer, and no fault. */
function refusedPlan(fault: unknown): string {
  const code = codeOf(fault);
  if (!noPlan.some((known) => known === code)) throw fault;
  return faultOf(fault);
}

const overtaken = (service: string, environment: string): string =>
  `the records know how its rollout in ${environment} ended, and the engine's data are older than they: slipway reconcile ${service} --reason "…"`;

/** What the engine has done no longer than this ago it has not forgotten; each asking costs some events. */
const recordsAge = minutes(5);

const noPlan = ['no-way-back', 'too-early', 'not-found', 'invalid'];
