import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/common';
import { seconds } from '../domain/duration.js';
import type { ReleaseProgress } from '../domain/release.js';
import type { RolloutProgress } from '../domain/rollout.js';
import type { ServiceStanding } from '../domain/service.js';
import {
  decideUpdate,
  type Heard,
  releaseId,
  releaseQueue,
  retryUpdate,
  rollbackUpdate,
  serviceId,
  submitUpdate,
  workflowTypes,
} from '../messages.js';
import { type Address, type Caller, type Desk, DeskFault, type FoundRollout } from './desk.js';
import { createCalls, patience } from './engine-calls.js';
import { listExecutions, type Listed, openWindow, runOf, where } from './executions.js';
import { speakAs, vouching } from './speaker.js';

/** A desk on a connection, which may be closed once the desk is quiet. */
export interface ReleaseDesk extends Desk {
  /** Returns when no call is under way: the client's retries do not survive the closing of their connection. */
  quiet(): Promise<void>;
}

/** The Temporal client in our words. Every call has a deadline; every fault is one of the desk's. */
export function createReleaseDesk(parts: { readonly client: Client }): ReleaseDesk {
  const client = vouching(parts.client);
  const ended = new Map<string, FoundRollout>();
  const { within, found, answers, quiet } = createCalls(client);

  return {
    submit: (submission) =>
      within(patience.update, () => {
        const { service } = submission.request;
        const mailbox = { service, running: {}, accepted: {}, latest: [] };
        return client.workflow.executeUpdateWithStart(submitUpdate, {
          args: [submission],
          updateId: `submit/${submission.key}`,
          startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.service, {
            workflowId: serviceId(service),
            taskQueue: releaseQueue,
            args: [mailbox],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowTaskTimeout: seconds(5),
            staticSummary: `mailbox of ${service}`,
          }),
        });
      }),

    standing: (service) =>
      found(() => client.workflow.getHandle(serviceId(service)).query<ServiceStanding>('standing')),

    serviceOf: (changeId) =>
      within(patience.look, async () => {
        const query = where({ type: workflowTypes.release, changeId });
        const page = await listExecutions(client, { query, limit: 1 });
        return page.executions[0]?.service;
      }),

    release: ({ service, changeId }) =>
      found(async () => {
        const handle = client.workflow.getHandle(releaseId(service, changeId));
        const [about, progress] = await Promise.all([handle.describe(), handle.query<ReleaseProgress>('progress')]);
        return { run: runOf(about), progress };
      }),

    rollouts: ({ changeId }) =>
      within(patience.look, async () => {
        const query = where({ type: workflowTypes.rollout, changeId });
        const { executions } = await listExecutions(client, { query, limit: 50 });
        const found = await Promise.all(executions.map(rolloutOf));
        return found.toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt));
      }),

    list: ({ service, state, cursor, limit }) =>
      within(patience.look, async () => {
        const query = where({ type: workflowTypes.release, service, state });
        const { executions, next } = await listExecutions(client, {
          query,
          limit,
          ...(cursor !== undefined && { cursor }),
        });
        return { releases: executions, ...(next !== undefined && { next }) };
      }),

    decide: (at, decision, from) => say(decideUpdate, at, decision, from),
    rollback: (at, demand, from) => say(rollbackUpdate, at, demand, from),
    retry: (at, demand, from) => say(retryUpdate, at, demand, from),

    async check() {
      if (!(await answers())) throw new DeskFault('unreachable', 'the engine does not answer');
    },

    quiet,
  };

  /** The workflow's interceptor wraps what is sent into a `Heard`; on the wire it is what the person wrote. */
  function say(
    update: UpdateDefinition<ReleaseProgress, [Heard]>,
    { service, changeId }: Address,
    written: unknown,
    { person, key }: Caller,
  ): Promise<ReleaseProgress> {
    return within(patience.update, () =>
      speakAs(person, () =>
        client.workflow.getHandle(releaseId(service, changeId)).executeUpdate<ReleaseProgress, [unknown]>(update.name, {
          args: [written],
          updateId: `${update.name}/${person}/${key ?? randomUUID()}`,
        }),
      ),
    );
  }

  /** One that has ended is asked for once: it will not say anything else. */
  async function rolloutOf({ run, workflowId, runId }: Listed): Promise<FoundRollout> {
    const known = ended.get(runId);
    if (known) return known;
    const handle = client.workflow.getHandle(workflowId, runId);
    const [progress, about] = await Promise.all([
      handle.query<RolloutProgress>('progress'),
      run.status === 'running' ? handle.describe() : undefined,
    ]);
    const window = about && openWindow(about);
    const sight = { run: about ? runOf(about) : run, progress, ...(window !== undefined && { window }) };
    if (run.status !== 'running') keep(sight);
    return sight;
  }

  function keep(sight: FoundRollout): void {
    const [oldest] = ended.keys();
    if (ended.size >= mostKept && oldest !== undefined) ended.delete(oldest);
    ended.set(sight.run.runId, sight);
  }
}

const mostKept = 200;
