import {
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import {
  type ApprovalDecision,
  type ApprovalSubject,
  asked,
  standing,
  type Standing,
  whyNot,
} from '../src/domain/approval.js';
import { type Command, type CommandRecord, precedence, ruleOn } from '../src/domain/command.js';
import type { CalendarStanding } from '../src/domain/calendar.js';
import { after, between } from '../src/domain/duration.js';
import { stops } from '../src/domain/line.js';
import { isReady, type Readiness, whatIsMissing } from '../src/domain/readiness.js';
import type { ReleaseOrder, ReleaseProgress, ReleaseState, StageOrder, StageProgress } from '../src/domain/release.js';
import type { Demand, Hold, Pause, Refusal, RolloutOutcome, RolloutPlan } from '../src/domain/rollout.js';
import {
  approveSignal,
  decideUpdate,
  evidenceSignal,
  type Heard,
  holdsSignal,
  rejectSignal,
  releaseProgress,
  revokeSignal,
  rolloutStateSignal,
} from '../src/messages.js';
import { stateAttribute } from './attributes.js';
import { now } from './clock.js';
import { hearCommands, noteCommand, refusal } from './commands.js';
import { releaseDetails } from './details.js';
import { answeredWith, hearDecisions, type OpenGate } from './deciding.js';
import { hearHolds } from './holds.js';
import { mailingCodes } from './mailing-codes.js';
import { noteRefusal } from './refusals.js';
import type { rollout } from './rollout.js';
import { resolvable } from './resolvable.js';

/** How the wait at a gate ended. */
export type GateEnd = Standing | { readonly kind: 'expired'; readonly reason: string } | { readonly kind: 'withdrawn' };

/**
 * The desk of a release: everything anybody says to it is heard here, judged by its rules, answered, and written down,
 * refused or not. The story asks the desk; the desk never acts.
 */
export function openDesk(order: ReleaseOrder) {
  const { requester } = order;
  const roster = { ...order.roster, [requester.person]: requester.roles };
  const stages: StageProgress[] = order.stages.map(({ environment }) => ({ environment }));
  const decisions: ApprovalDecision[] = [];
  const refused: Refusal[] = [];
  const commands: CommandRecord[] = [];
  const records: string[] = [];
  const withdrawn = resolvable<Demand>();
  const outbox: (() => Promise<void>)[] = [];
  let seen: Pick<ReleaseProgress, 'state' | 'environment' | 'artifact' | 'outcome'> = { state: 'building' };
  let gate: OpenGate | undefined;
  /** Opened by people, and nothing has begun behind it. */
  let passed: OpenGate | undefined;
  let demand: Demand | undefined;
  let ending: 'withdrawn' | 'aborted' = 'withdrawn';
  let pause: Pause | undefined;
  let holds: readonly Hold[] = order.holds ?? [];
  /** How often something was shown of the service: then the checklist is looked at again. */
  let shown = 0;
  let child: ChildWorkflowHandle<typeof rollout> | undefined;

  const decide = hearDecisions({
    ...{ roster, requester: requester.person, changeId: () => order.changeId },
    ...{ gate: () => gate, passed: () => passed, hasApproved },
    ...{ shut: () => `the release is ${seen.state}`, refuse, count: counted },
  });

  setHandler(releaseProgress, progress, { description: 'How far this release is: state, plans, approvals, refusals.' });
  setHandler(approveSignal, (heard) => void decide(approveSignal.name, heard, 'approve'), {
    description: 'Approve what the details show. Example: {"person": "grace", "comment": "read the plan"}',
  });
  setHandler(rejectSignal, (heard) => void decide(rejectSignal.name, heard, 'reject'), {
    description: 'Reject it; one rejection decides. Example: {"person": "grace", "comment": "not before the weekend"}',
  });
  hearCommands({ changeId: order.changeId, roster, hear, refuse });
  setHandler(revokeSignal, (heard) => void decide(revokeSignal.name, heard, 'revoke'), {
    description: 'Take your approval back, before anything has begun. Example: {"person": "grace", "comment": "wait"}',
  });
  setHandler(decideUpdate, (heard) => answeredWith(decide(decideUpdate.name, heard), answered), {
    description:
      'Approve or reject, answered at once. Example: {"person": "grace", "decision": "approve", "comment": "…"}',
  });
  hearHolds((now) => {
    holds = now;
    pass(holdsSignal.name, now);
    show();
  });
  setHandler(evidenceSignal, () => void (shown += 1), {
    description: 'Something was shown of the service: look at the checklist again (its mailbox tells).',
  });
  setHandler(rolloutStateSignal, hearRollout, { description: 'How its rollout is (the rollout tells).' });
  setDefaultSignalHandler(
    (name) =>
      void refuse(
        name,
        'unknown sender',
        `no such signal; possible: approve, reject, revoke, ${precedence.join(', ')}`,
      ),
  );
  void CancellationScope.current().cancelRequested.catch(() => {
    goBack({ by: 'the Temporal UI', reason: 'cancellation was requested', at: now(), cause: 'cancellation' });
  });
  show();

  return {
    enter,
    note,
    progress,
    state: () => seen.state,
    stage: (environment: string) => stages.find((stage) => stage.environment === environment),
    ready,
    approval,
    stillApproved,
    opened,
    accompany,
    unlessWithdrawn,
    unlessHeld,
    decisionsAt,
    records,
    roster,
    holds: () => holds,
    demanded: () => demand,
    takeDemand,
    ending: () => ending,
  };

  /** Waits until everything that the stage asks for has been shown, the wait expires, or the release is withdrawn. */
  async function ready(
    { environment, approval: { expiresAfter } }: StageOrder,
    judge: () => Promise<Readiness>,
  ): Promise<GateEnd | undefined> {
    const expiresAt = after(now(), expiresAfter);
    for (;;) {
      const judgedAt = shown;
      const readiness = await judge();
      note(environment, { readiness });
      if (demand) return { kind: 'withdrawn' };
      if (isReady(readiness)) return undefined;
      enter('awaiting-readiness', environment);
      const left = Math.max(1, between(now(), expiresAt));
      const changed = await condition(() => demand !== undefined || shown !== judgedAt, left, {
        summary: `${environment}: readiness is waited for`,
      });
      if (!changed) return { kind: 'expired', reason: `not shown in time: ${whatIsMissing(readiness)}` };
    }
  }

  /** Waits at the gate of a stage until people have decided, the wait expires, or the release is withdrawn. */
  async function approval(stage: StageOrder, plan: RolloutPlan): Promise<GateEnd> {
    const { environment, approval: policy } = stage;
    const subject = { gate: environment, digest: plan.to.digest, planHash: plan.hash };
    gate = { policy, subject, expiresAt: after(now(), policy.expiresAfter) };
    passed = undefined;
    const byAsking = whyNot({ policy, roster, requester: requester.person }, requester.person) === undefined;
    if (byAsking)
      count({
        ...subject,
        person: requester.person,
        decision: 'approve',
        comment: 'asked for the release',
        at: now(),
        via: 'request',
        proved: true,
      });
    note(environment, {
      plan,
      approval: { subject, policy, standing: stand(), expiresAt: after(now(), policy.expiresAfter) },
    });
    if (stand().kind === 'waiting' && !demand) {
      enter('awaiting-approval', environment);
      const decided = await mailingCodes(gate, codesAsked(subject), () =>
        condition(() => stand().kind !== 'waiting' || demand !== undefined, policy.expiresAfter, {
          summary: `${environment}: approval expires`,
        }),
      );
      if (!decided) return close({ kind: 'expired', reason: `nobody decided in time: ${missing(stand())}` });
    }
    return close(demand ? { kind: 'withdrawn' } : stand());

    function close(end: GateEnd): GateEnd {
      if (end.kind === 'approved') passed = gate;
      gate = undefined;
      return end;
    }
  }

  function codesAsked(subject: ApprovalSubject) {
    const { changeId, service, version } = order;
    const have = Object.keys(roster).filter((person) => hasApproved(person, subject));
    const [what, command] = [`${service} ${version}`, `slipway approve ${changeId} --comment "…"`];
    return { changeId, roster, requester: requester.person, have, what, command };
  }

  /** Waits until the calendar lets the release begin there, or it is withdrawn; answers whether it had to wait. */
  async function opened(
    environment: string,
    look: (known?: CalendarStanding) => Promise<CalendarStanding>,
  ): Promise<boolean> {
    let standing = await unlessWithdrawn(() => look());
    const waits = standing?.open === false;
    while (standing) {
      const known = standing;
      note(environment, { calendar: known });
      if (known.open) break;
      enter('awaiting-window', environment);
      standing = await unlessWithdrawn(() => look(known));
    }
    return waits;
  }

  /** Waits for a rollout to end and passes on to it what it has to hear. */
  async function accompany(handle: ChildWorkflowHandle<typeof rollout>): Promise<RolloutOutcome> {
    child = handle;
    passed = undefined;
    let over = false;
    const result = handle.result().finally(() => (over = true));
    result.catch(() => undefined);
    if (demand) pass(ending === 'aborted' ? 'abort' : 'rollback', { person: demand.by, reason: demand.reason });
    while (!over) {
      await condition(() => over || outbox.length > 0);
      for (const send of outbox.splice(0)) await send();
    }
    child = undefined;
    return await result;
  }

  /** The work, unless the release is withdrawn first: then the work is cancelled and nothing is returned. */
  async function unlessWithdrawn<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (demand) return undefined;
    const scope = new CancellationScope();
    const working = scope.run(work);
    working.catch(() => undefined);
    const done = await Promise.race([working, withdrawn.then((): typeof nothing => nothing)]);
    if (done !== nothing) return done;
    scope.cancel();
    return undefined;
  }

  function counted(decision: ApprovalDecision): void {
    count(decision);
    note(decision.gate, {});
  }

  /** One person's word counts once: saying it again changes nothing. */
  function count(decision: ApprovalDecision): void {
    const last = decisions.findLast((d) => d.person === decision.person && d.planHash === decision.planHash);
    if (last?.decision !== decision.decision) decisions.push(decision);
  }

  function hasApproved(person: string, { planHash }: ApprovalSubject): boolean {
    return decisions.findLast((d) => d.person === person && d.planHash === planHash)?.decision === 'approve';
  }

  /** Whether what people have agreed to still stands: until something has begun they may take it back. */
  function stillApproved(): boolean {
    return passed === undefined || standing({ ...passed, roster }, decisions, now()).kind === 'approved';
  }

  /** A safe point: nothing further begins while people or the line hold it. */
  async function unlessHeld(environment: string): Promise<void> {
    if (demand || !held(environment)) return;
    enter('paused', environment);
    await condition(() => demand !== undefined || !held(environment));
  }

  function held(environment: string): Pause | undefined {
    return pause ?? holds.find((hold) => stops(hold, order.service, environment));
  }

  /** What concerns a rollout is the rollout's to judge; what concerns the rest is judged here. */
  function hear(command: Command): CommandRecord {
    const phase = closing() ? 'closing' : 'preparing';
    const ruling = child
      ? ({ outcome: 'done', said: `passed on to the rollout in ${seen.environment ?? ''}` } as const)
      : ruleOn(command, { phase, paused: pause !== undefined, looks: false }, commands);
    const record = { ...command, ...ruling };
    noteCommand(commands, record);
    if (ruling.outcome === 'refused') refuse(command.kind, command.by, ruling.said);
    if (ruling.outcome === 'done') follow(command);
    show();
    return record;
  }

  function follow({ kind, by, reason, at, step, full, lasts }: Command): void {
    if (kind === 'rollback' || kind === 'abort') {
      ending = kind === 'abort' ? 'aborted' : 'withdrawn';
      return goBack({ by, reason, at, cause: 'person' });
    }
    const meant = { ...(step !== undefined && { step }), ...(full && { full }) };
    if (child) return pass(kind, { person: by, reason, ...meant, ...(lasts !== undefined && { for: `${lasts}ms` }) });
    if (kind === 'pause') pause = { by, reason, at };
    if (kind === 'resume') pause = undefined;
  }

  function goBack(wanted: Demand): void {
    if (demand || closing()) return;
    demand = wanted;
    if (child) {
      enter('going-back', seen.environment);
      pass(ending === 'aborted' ? 'abort' : 'rollback', { person: wanted.by, reason: wanted.reason });
    } else withdrawn.resolve(wanted);
    show();
  }

  /** The demand, to be answered by who takes it: what is started for that is not told to go back itself. */
  function takeDemand(): Demand | undefined {
    const taken = demand;
    demand = undefined;
    return taken;
  }

  /** The rollout tells when it goes back, stands still, or needs people. */
  function hearRollout(heard: Heard): void {
    const state = heard.ok && child ? heard.value : undefined;
    if (state === 'running') enter('rolling-out', seen.environment);
    if (state === 'paused' || state === 'held' || state === 'going-back' || state === 'stuck')
      enter(state, seen.environment);
  }

  function pass(name: string, said: unknown): void {
    const to = child;
    if (!to) return;
    outbox.push(async () => {
      try {
        await to.signal(name, said);
      } catch (fault) {
        const why = fault instanceof Error ? fault.message : String(fault);
        refuse(name, 'the release', `the rollout had ended already: ${why}`);
      }
    });
  }

  function refuse(message: string, from: string, reason: string): string {
    noteRefusal(refused, { at: now(), message, from, reason });
    show();
    return reason;
  }

  function answered(refused: string | undefined): ReleaseProgress {
    if (refused === undefined) return progress();
    throw refusal('Refused', refused);
  }

  function note(environment: string, what: Omit<Partial<StageProgress>, 'environment'>): void {
    const at = stages.findIndex((stage) => stage.environment === environment);
    const stage = { ...stages[at], ...what, environment };
    stages[at] = stage.approval && gate ? { ...stage, approval: { ...stage.approval, standing: stand() } } : stage;
    show();
  }

  function enter(
    state: ReleaseState,
    environment?: string,
    more?: Pick<ReleaseProgress, 'artifact' | 'outcome'>,
  ): void {
    if (state !== seen.state) upsertSearchAttributes([{ key: stateAttribute, value: state }]);
    seen = { ...seen, ...more, state, ...(environment !== undefined && { environment }) };
    show();
  }

  function stand(): Standing {
    if (!gate) throw new Error('no gate is open');
    const { policy, subject } = gate;
    return standing({ policy, subject, roster }, decisions, now());
  }

  function closing(): boolean {
    return (
      seen.outcome !== undefined ||
      (seen.state === 'recording' && seen.environment === order.stages.at(-1)?.environment)
    );
  }

  function decisionsAt(environment: string): readonly ApprovalDecision[] {
    return decisions.filter((d) => d.gate === environment);
  }

  function show(): void {
    setCurrentDetails(releaseDetails(progress()));
  }

  function progress(): ReleaseProgress {
    const stands = seen.state === 'paused' ? held(seen.environment ?? '') : pause;
    return {
      ...seen,
      order,
      stages,
      decisions,
      refused,
      ...(commands.length > 0 && { commands }),
      ...(stands && { paused: stands }),
      records,
    };
  }
}

/** Stands for the work's answer when the withdrawal came first. */
const nothing = Symbol('nothing');

const missing = (waiting: Standing): string =>
  waiting.kind === 'waiting' ? `${asked(waiting.missing)} missing` : waiting.kind;
