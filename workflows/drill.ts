import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  ParentClosePolicy,
  setDefaultSignalHandler,
  setHandler,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { type DrillOrder, type DrillOutcome, drillOutcome, type Sent } from '../src/domain/drill.js';
import type { RolloutOutcome, RolloutPlan } from '../src/domain/rollout.js';
import { drillProgress, rolloutId, workflowTypes } from '../src/messages.js';
import { forthIn, loadIn, recording } from './activities.js';
import {
  changeAttribute,
  environmentAttribute,
  serviceAttribute,
  stateAttribute,
  versionAttribute,
} from './attributes.js';
import { now } from './clock.js';
import { faultOf } from './faults.js';
import type { rollout } from './rollout.js';

/**
 * Rehearses a rollback under load, by the very rollout that a release would use: what is stable is given to users a second
 * time, and taken back. What it has shown is recorded, and is evidence.
 */
export async function drill(order: DrillOrder): Promise<DrillOutcome> {
  const { service, stage, by } = order;
  const { environment } = stage;
  const place = { service, environment };
  let state = 'planning';
  setHandler(drillProgress, () => ({ state, order }), { description: 'How far the drill is.' });
  setDefaultSignalHandler(() => undefined);

  return await CancellationScope.nonCancellable(async () => {
    const plan = await planned().catch(refusal);
    if (typeof plan === 'string') return refused(plan);
    state = 'under way';
    const load = new CancellationScope();
    const sending = load.run(() => loadIn(environment).sendLoad({ place, requestsPerSecond: order.requestsPerSecond }));
    const counted = sending.catch((): Sent => ({ sent: 0, failed: 0 }));
    const outcome = await rehearse(plan);
    load.cancel();
    const sent = await counted;
    if (typeof outcome === 'string') return refused(outcome);
    state = 'recording';
    const shown = drillOutcome(order, outcome, sent);
    const record = await recording(`drill of ${service} in ${environment}`).recordDrill({
      ...{ order, plan, outcome, sent, drill: shown },
    });
    return { ...shown, record };
  });

  async function planned(): Promise<RolloutPlan> {
    return await forthIn(environment, `plan a drill of ${service} in ${environment}`).planDrill({ service, stage });
  }

  async function rehearse(plan: RolloutPlan): Promise<RolloutOutcome | string> {
    const { smokeWithin, rollbackPatience } = stage;
    const stays = order.stays !== undefined && { drillStays: order.stays };
    const about = { changeId: `drill-${order.at}`, plan, smokeWithin, rollbackPatience, ...stays };
    const holds = { roster: { [by]: [] }, onHold: 'finish' as const, drill: `rehearsed for ${by}: ${order.reason}` };
    const workflowId = rolloutId(environment, service);
    try {
      const child = await startChild<typeof rollout>(workflowTypes.rollout, {
        workflowId,
        args: [{ ...about, ...holds }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        workflowTaskTimeout: '2 seconds',
        staticSummary: `${service} ${plan.to.version} → ${environment} (drill)`,
        typedSearchAttributes: [
          { key: serviceAttribute, value: service },
          { key: environmentAttribute, value: environment },
          { key: stateAttribute, value: 'running' },
          { key: changeAttribute, value: about.changeId },
          { key: versionAttribute, value: plan.to.version },
        ],
      });
      return await child.result();
    } catch (fault) {
      if (fault instanceof WorkflowExecutionAlreadyStartedError)
        return `a rollout of ${service} in ${environment} is under way: ask again when it has ended`;
      if (fault instanceof ChildWorkflowFailure)
        return `its rollout was ended from outside (${faultOf(fault)}): slipway status ${service}`;
      throw fault;
    }
  }

  function refused(reason: string): DrillOutcome {
    return { kind: 'refused', environment, by, at: now(), reason };
  }
}

/** The adapter's own words, where it says that there is nothing to rehearse. */
function refusal(fault: unknown): string {
  if (!(fault instanceof ActivityFailure)) throw fault;
  return fault.cause instanceof ApplicationFailure ? fault.cause.message : faultOf(fault);
}
