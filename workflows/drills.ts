import { getExternalWorkflowHandle, ParentClosePolicy, startChild } from '@temporalio/workflow';
import { type DrillOrder, type DrillOutcome, type DrillUnderWay, evidenceOfDrill } from '../src/domain/drill.js';
import type { Evidence } from '../src/domain/readiness.js';
import { drillId, rolloutId, workflowTypes } from '../src/messages.js';
import { environmentAttribute, serviceAttribute, stateAttribute } from './attributes.js';
import { now } from './clock.js';
import { refusal } from './commands.js';
import type { drill } from './drill.js';
import { faultOf } from './faults.js';

/** The drills of a service: one at a time, and none beside a release that has its environment still before it. */
export function keepDrills(
  service: string,
  last: DrillOutcome | undefined,
  told: { readonly changed: () => void; readonly shown: (evidence: Evidence) => void },
) {
  let underWay: DrillUnderWay | undefined;
  let latest = last;

  return {
    underWay: () => underWay,

    /** What is shown of them, and what is remembered. */
    standing: () => ({ ...(underWay && { drill: underWay }), ...(latest && { drilled: latest }) }),
    memory: () => (latest ? { drilled: latest } : {}),

    /** As the records tell of the latest. */
    restore(told: DrillOutcome | undefined): void {
      latest = told ?? latest;
    },

    /** Throws a refusal that names the rule; answers as soon as it has begun. */
    async begin(order: DrillOrder, busyWith: string | undefined): Promise<DrillUnderWay> {
      const { environment } = order.stage;
      if (underWay)
        throw refusal('Refused', `a drill is under way in ${underWay.environment}, asked for by ${underWay.by}`);
      if (busyWith !== undefined && busyWith !== order.beside)
        throw refusal(
          'Refused',
          `${service} is busy with ${busyWith}, which has ${environment} still before it: ask again when it waits or has ended`,
        );
      const workflowId = drillId(environment, service);
      underWay = { environment, by: order.by, at: order.at, workflowId };
      told.changed();
      try {
        const child = await startChild<typeof drill>(workflowTypes.drill, {
          workflowId,
          args: [order],
          parentClosePolicy: ParentClosePolicy.ABANDON,
          staticSummary: `${service} in ${environment}: drill (${order.by})`,
          typedSearchAttributes: [
            { key: serviceAttribute, value: service },
            { key: environmentAttribute, value: environment },
            { key: stateAttribute, value: 'running' },
          ],
        });
        void child.result().then(ended, (fault: unknown) => ended(lost(order, faultOf(fault))));
      } catch (fault) {
        ended(lost(order, faultOf(fault)));
      }
      return { environment, by: order.by, at: order.at, workflowId };
    },

    /** Its users are brought back at once: somebody wants a version back who must not wait. */
    async giveWay(reason: string): Promise<void> {
      if (!underWay) return;
      const rollout = getExternalWorkflowHandle(rolloutId(underWay.environment, service));
      await rollout.signal('rollback', { person: underWay.by, reason }).catch(() => undefined);
    },
  };

  function ended(outcome: DrillOutcome): void {
    underWay = undefined;
    latest = outcome;
    const evidence = evidenceOfDrill(outcome);
    if (evidence) told.shown(evidence);
    told.changed();
  }
}

const lost = ({ stage: { environment }, by }: DrillOrder, why: string): DrillOutcome => ({
  ...{ kind: 'failed', environment, by, at: now() },
  reason: `it was ended from outside (${why}): look at what runs there`,
});
