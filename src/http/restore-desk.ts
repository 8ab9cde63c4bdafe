import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Place } from '../domain/environment.js';
import type { RestoreOrder, RestoreTest } from '../domain/restore-test.js';
import { releaseQueue, restoreTestId, workflowTypes } from '../messages.js';
import { DeskFault, type RestoreSeen } from './desk.js';

/** Rehearsed restores, each known by its place: begun by people here, and every day by the engine's schedule. */
export const createRestoreTests = (client: Client) => ({
  /** Throws a refusal where one is under way. */
  async begin(order: RestoreOrder & Place): Promise<void> {
    const { service, environment, by } = order;
    try {
      await client.workflow.start(workflowTypes.restoreTest, {
        workflowId: restoreTestId(environment, service),
        taskQueue: releaseQueue,
        args: [order],
        staticSummary: `restore of ${service} in ${environment}, rehearsed (${by})`,
      });
    } catch (fault) {
      if (!(fault instanceof WorkflowExecutionAlreadyStartedError)) throw fault;
      throw new DeskFault('refused', `a restore of ${service} in ${environment} is being rehearsed: wait for its end`);
    }
  },

  /** One that was ended from outside has not worked. Throws where there never was one. */
  async seen(place: Place): Promise<RestoreSeen> {
    const handle = client.workflow.getHandle(restoreTestId(place.environment, place.service));
    const { status, startTime } = await handle.describe();
    const about = { ...place, startedAt: startTime.toISOString() };
    if (status.name === 'RUNNING') return { ...about, state: 'running' };
    if (status.name !== 'COMPLETED')
      return { ...about, state: 'failed', reason: `it was ended from outside: ${status.name.toLowerCase()}` };
    const [test] = (await handle.result()) as readonly RestoreTest[];
    if (test?.kind === 'passed') return { ...about, state: 'passed', proof: test.proof };
    return { ...about, state: 'failed', reason: test?.reason ?? 'nothing is known of it' };
  },
});
