import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Principals } from '../../ports/principals.js';

const { EventType, WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/** The kinds of principals that the history of a workflow tells; none where the server authenticates nobody, or keeps it to itself. */
export async function principalTypes(client: Client, workflowId: string): Promise<readonly string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return [...new Set((events ?? []).flatMap(({ principal }) => (principal?.type ? [principal.type] : [])))];
}

/**
 * Reads who has sent a signal from the event of it: `principal` is written by the server, once an authorizer has let the
 * caller in, and no caller can set it; `identity` is whatever the caller wrote. Of an update there is no such thing: its
 * event is written for the worker that accepts it.
 */
export function createPrincipals(client: Client): Principals {
  return {
    async senderOf({ workflowId, runId, eventId }) {
      const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      const upTo = (events ?? []).filter((event) => Number(event.eventId) <= eventId);
      const signal = upTo.find((event) => Number(event.eventId) === eventId);
      if (signal?.eventType !== EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED) return undefined;
      const afterReset = upTo.some(
        ({ workflowTaskFailedEventAttributes: failed }) =>
          failed?.cause === WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
      );
      const { type, name } = signal.principal ?? {};
      return { afterReset, ...(type && name && { principal: { type, name } }) };
    },
  };
}
