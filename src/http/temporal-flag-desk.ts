import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { SearchAttributeType, defineSearchAttributeKey, type UpdateDefinition } from '@temporalio/common';
import { seconds } from '../domain/duration.js';
import { wantedText } from '../domain/flag.js';
import type { FlagAccepted, FlagProgress, FlagSubmission } from '../domain/flag-change.js';
import {
  decideFlagUpdate,
  flagChangeId,
  type Heard,
  releaseQueue,
  retryFlagUpdate,
  rollbackFlagUpdate,
  searchAttributes,
  submitFlagUpdate,
  workflowTypes,
} from '../messages.js';
import type { Caller } from './desk.js';
import { createCalls, patience } from './engine-calls.js';
import { openWindow, runOf } from './executions.js';
import type { FlagAddress, FlagDesk } from './flag-desk.js';
import { speakAs, vouching } from './speaker.js';

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);
const changeAttribute = keyword(searchAttributes.changeId);

/** A desk on a connection, which may be closed once the desk is quiet. */
export interface TemporalFlagDesk extends FlagDesk {
  quiet(): Promise<void>;
}

/** The Temporal client in the words of the flags' desk. */
export function createFlagDesk(parts: { readonly client: Client }): TemporalFlagDesk {
  const client = vouching(parts.client);
  const { within, found, quiet } = createCalls(client);

  return {
    submit: (submission) =>
      within(patience.update, async () => (await accepted(submission)) ?? (await begin(submission))),

    change: (at) =>
      found(async () => {
        const handle = client.workflow.getHandle(idOf(at));
        const [about, progress] = await Promise.all([handle.describe(), handle.query<FlagProgress>('progress')]);
        const window = openWindow(about);
        return { run: runOf(about), progress, ...(window !== undefined && { window }) };
      }),

    decide: (at, decision, from) => say(decideFlagUpdate, at, decision, from),
    rollback: (at, demand, from) => say(rollbackFlagUpdate, at, demand, from),
    retry: (at, demand, from) => say(retryFlagUpdate, at, demand, from),
    quiet,
  };

  /** The answer that this key was given before: Temporal itself forgets it with the end of the workflow. */
  async function accepted({ request, key }: FlagSubmission): Promise<FlagAccepted | undefined> {
    const query = `WorkflowId = "${flagChangeId(request.environment, request.flag)}"`;
    let looked = 0;
    for await (const { memo, typedSearchAttributes } of client.workflow.list({ query, pageSize: mostEarlier })) {
      const changeId = typedSearchAttributes.get(changeAttribute);
      if (memo?.['key'] === key && changeId !== undefined)
        return { changeId, fingerprint: String(memo['fingerprint']) };
      if (++looked >= mostEarlier) break;
    }
    return undefined;
  }

  async function begin(submission: FlagSubmission): Promise<FlagAccepted> {
    const { request, key, fingerprint } = submission;
    const { environment, flag, to, observe, requester } = request;
    return await client.workflow.executeUpdateWithStart(submitFlagUpdate, {
      args: [submission],
      updateId: `submit/${key}`,
      startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.flagChange, {
        workflowId: flagChangeId(environment, flag),
        taskQueue: releaseQueue,
        args: [submission],
        memo: { key, fingerprint },
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowTaskTimeout: seconds(5),
        staticSummary: `flag ${flag} in ${environment}: ${wantedText(to)} (${requester.person})`,
        typedSearchAttributes: [
          { key: keyword(searchAttributes.service), value: observe?.service ?? '' },
          { key: keyword(searchAttributes.environment), value: environment },
          { key: keyword(searchAttributes.state), value: 'opening' },
        ],
      }),
    });
  }

  function say(
    update: UpdateDefinition<FlagProgress, [Heard]>,
    at: FlagAddress,
    written: unknown,
    { person, key }: Caller,
  ): Promise<FlagProgress> {
    return within(patience.update, () =>
      speakAs(person, () =>
        client.workflow.getHandle(idOf(at)).executeUpdate<FlagProgress, [unknown]>(update.name, {
          args: [written],
          updateId: `${update.name}/${person}/${key ?? randomUUID()}`,
        }),
      ),
    );
  }
}

const mostEarlier = 50;

const idOf = ({ environment, flag }: FlagAddress): string => flagChangeId(environment, flag);
