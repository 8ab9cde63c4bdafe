import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';

type Events = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>['events'];

/** The activities that leave one entry of the chain each (`activities/contract.ts`). */
const recorders = ['recordRollout', 'closeChange', 'recordFlagChange'];

/** How many entries of the chain a running change has asked for; `undefined` where it does not run or was reset. */
export async function recordsAskedBy(client: Client, workflowId: string): Promise<number | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING' && status.name !== 'PAUSED') return undefined;
    const { events } = await handle.fetchHistory();
    return wasReset(events) ? undefined : asked(events);
  } catch (fault) {
    if (fault instanceof WorkflowNotFoundError) return undefined;
    throw fault;
  }
}

const asked = (events: Events): number =>
  (events ?? []).filter((event) =>
    recorders.includes(event.activityTaskScheduledEventAttributes?.activityType?.name ?? ''),
  ).length;

/** What came after the point that it was reset to is asked for again, and is in the records already. */
const wasReset = (events: Events): boolean =>
  (events ?? []).some((event) => (event.workflowTaskFailedEventAttributes?.baseRunId ?? '') !== '');
