import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { seconds } from './domain/duration.js';
import type { ServiceMemory } from './domain/service.js';
import { releaseQueue, serviceId, serviceMemory, workflowTypes } from './messages.js';

/** How the mailbox of a service is opened; one that runs is used as it is. */
export const openingOf = (memory: ServiceMemory) =>
  new WithStartWorkflowOperation(workflowTypes.service, {
    ...startOf(memory),
    workflowIdConflictPolicy: 'USE_EXISTING',
  });

/** The same for a start without a message. */
export const startOf = (memory: ServiceMemory) => ({
  workflowId: serviceId(memory.service),
  taskQueue: releaseQueue,
  args: [memory] as [ServiceMemory],
  workflowTaskTimeout: seconds(5),
  staticSummary: `mailbox of ${memory.service}`,
});

/**
 * What a mailbox that is opened now has to begin with: nothing for a service that never had one, and all that the last
 * one knew where it was ended from outside (Terminate in the Temporal UI), which a worker reads from its history.
 * `undefined` where one runs: should it end at this very moment, it is asked for again and not opened empty.
 */
export async function memoryToOpen(client: Client, service: string): Promise<ServiceMemory | undefined> {
  const empty: ServiceMemory = { service, running: {}, accepted: {}, latest: [], tellsBeside: true, asksRecords: true };
  const handle = client.workflow.getHandle(serviceId(service));
  try {
    const { status } = await handle.describe();
    return status.name === 'RUNNING' ? undefined : await handle.query(serviceMemory);
  } catch (fault) {
    if (fault instanceof WorkflowNotFoundError) return empty;
    throw fault;
  }
}
