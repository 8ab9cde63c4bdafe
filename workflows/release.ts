import {
  ActivityFailure,
  CancellationScope,
  ChildWorkflowFailure,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { Artifact } from '../src/domain/artifact.js';
import type {
  BuildOutcome,
  ReleaseOrder,
  ReleaseOutcome,
  ReleaseOutcomeKind,
  StageOrder,
} from '../src/domain/release.js';
import type { RolloutOutcome, RolloutPlan } from '../src/domain/rollout.js';
import { rolloutId, workflowTypes } from '../src/messages.js';
import { building, forthIn, recording } from './activities.js';
import {
  changeAttribute,
  environmentAttribute,
  serviceAttribute,
  stateAttribute,
  versionAttribute,
} from './attributes.js';
import { now } from './clock.js';
import { openDesk } from './desk.js';
import { faultOf } from './faults.js';
import type { rollout } from './rollout.js';

/** A release from commit to production. Read from top to bottom, it is the process of SPEC-0701. */
export async function release(order: ReleaseOrder): Promise<ReleaseOutcome> {
  const { service, version, commit } = order;
  const desk = openDesk(order);
  const rollouts: { workflowId: string; runId: string }[] = [];
  const adopted: string[] = [];
  let artifact: Artifact | undefined;

  return await CancellationScope.nonCancellable(async () => {
    try {
      return await carry();
    } catch (fault) {
      if (!(fault instanceof ActivityFailure)) throw fault;
      return await close('failed', faultOf(fault));
    }
  });

  async function carry(): Promise<ReleaseOutcome> {
    const built = await desk.unlessWithdrawn(() => build());
    if (!built) return await close('withdrawn', demandSaid());
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
    const plan = await desk.unlessWithdrawn(() => planned('release', stage, candidate));
    if (!plan) return await close('withdrawn', demandSaid(), { environment });

    const gate = await desk.approval(stage, plan);
    if (gate.kind === 'withdrawn') return await close('withdrawn', demandSaid(), { environment });
    if (gate.kind === 'rejected')
      return await close('refused', `${gate.by} rejected it: ${gate.reason || 'no reason given'}`, { environment });
    if (gate.kind !== 'approved')
      return await close('refused', gate.kind === 'expired' ? gate.reason : 'not approved', { environment });

    desk.enter('rolling-out', environment);
    const outcome = await rollOut(stage, plan);
    if (typeof outcome === 'string') return await close('failed', outcome, { environment });
    const settled = outcome.unanswered && plan.from ? await recover(stage, plan.from, outcome) : outcome;

    const { kind, begunAt, endedAt, rollback } = settled;
    desk.note(environment, { outcome: { kind, begunAt, endedAt, ...(rollback && { rollback }) } });
    desk.enter('recording', environment);
    const record = recording(`records of ${service} ${version} in ${environment}`);
    const approvals = desk.decisionsAt(environment);
    desk.records.push(...(await record.recordRollout({ order, plan, outcome: settled, approvals })).paths);
    if (kind === 'adopted') return undefined;

    const { timeToDetectMs, timeToSafeMs } = rollback ?? {};
    return await close('rolled-back', rollback ? `${rollback.demand.by}: ${rollback.demand.reason}` : 'went back', {
      environment,
      ...(timeToDetectMs !== undefined && { timeToDetectMs }),
      ...(timeToSafeMs !== undefined && { timeToSafeMs }),
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
    const { environment, smokeWithin, rollbackPatience } = stage;
    const workflowId = rolloutId(environment, service);
    try {
      const child = await startChild<typeof rollout>(workflowTypes.rollout, {
        workflowId,
        args: [{ changeId: order.changeId, plan, smokeWithin, rollbackPatience }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowTaskTimeout: '5 seconds',
        staticSummary: `${service} ${plan.to.version} → ${environment} (${plan.strategy})`,
        typedSearchAttributes: [
          { key: serviceAttribute, value: service },
          { key: environmentAttribute, value: environment },
          { key: stateAttribute, value: 'running' },
          { key: changeAttribute, value: order.changeId },
          { key: versionAttribute, value: plan.to.version },
        ],
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

  /** A demand that came while adopting: the former version comes back, as a rollout of its own. */
  async function recover(stage: StageOrder, former: Artifact, late: RolloutOutcome): Promise<RolloutOutcome> {
    const { unanswered: demand, ...outcome } = late;
    if (!demand) return outcome;
    desk.enter('going-back', stage.environment);
    const recovery = await rollOut(stage, await planned('recovery', stage, former));
    if (typeof recovery === 'string' || recovery.kind === 'rolled-back') return outcome;
    const timeToSafeMs = Date.parse(recovery.endedAt) - Date.parse(demand.at);
    const verification = recovery.smoke.at(-1)?.verdict;
    return {
      ...outcome,
      kind: 'rolled-back',
      endedAt: recovery.endedAt,
      steps: [...outcome.steps, ...recovery.steps],
      smoke: [...outcome.smoke, ...recovery.smoke],
      rollback: { demand, safeAt: recovery.endedAt, timeToSafeMs, ...(verification && { verification }) },
    };
  }

  /** Closed means recorded: the release does not end before its story is written. */
  async function close(
    kind: ReleaseOutcomeKind,
    reason: string,
    more: Partial<ReleaseOutcome> = {},
  ): Promise<ReleaseOutcome> {
    const { changeId } = order;
    const outcome = { kind, changeId, service, version, reason, adopted, ...(artifact && { artifact }), ...more };
    desk.enter('recording', undefined, { outcome: { ...outcome, records: desk.records } });
    const record = recording(`transcript of ${changeId}`);
    const closed = { ...outcome, records: [...desk.records] };
    const { paths } = await record.closeChange({
      order,
      outcome: closed,
      approvals: desk.progress().decisions,
      rollouts,
    });
    const final = { ...outcome, records: [...desk.records, ...paths] };
    desk.records.push(...paths);
    desk.enter(kind, undefined, { outcome: final });
    return final;
  }

  function demandSaid(): string {
    const demand = desk.demanded();
    return demand ? `${demand.by}: ${demand.reason}` : `withdrawn at ${now()}`;
  }
}
