import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Urgent } from '../domain/decisions/urgent.js';
import { searchAttributes } from '../messages.js';
import { cursorOf, tokenIn } from './cursor.js';
import type { ListedRelease, Run } from './desk.js';

/** A workflow as visibility lists it, its search attributes read. */
export interface Listed extends ListedRelease {
  readonly environment: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** One page of executions, the latest first. The SDK's own `list` hides page tokens, which a web page needs. */
export async function listExecutions(
  client: Client,
  ask: { readonly query: string; readonly limit: number; readonly cursor?: string },
): Promise<{ readonly executions: readonly Listed[]; readonly next?: string }> {
  const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
    namespace: client.options.namespace,
    query: ask.query,
    pageSize: ask.limit,
    ...(ask.cursor !== undefined && { nextPageToken: tokenIn(ask.cursor, ask.query) }),
  });
  const next = nextPageToken.length > 0 ? cursorOf(nextPageToken, ask.query) : undefined;
  return { executions: executions.map(listed), ...(next !== undefined && { next }) };
}

/** A visibility query. Its values are words that have passed the edge; quotes are doubled all the same. */
export function where(of: {
  readonly type: string;
  readonly service?: string | undefined;
  readonly state?: string | undefined;
  readonly changeId?: string;
}): string {
  const conditions = [
    ['WorkflowType', of.type],
    [searchAttributes.service, of.service],
    [searchAttributes.state, of.state],
    [searchAttributes.changeId, of.changeId],
  ].filter((pair): pair is [string, string] => pair[1] !== undefined);
  return conditions.map(([name, value]) => `${name} = "${value.replaceAll('"', '""')}"`).join(' AND ');
}

/** The run that a description is about. */
export function runOf({ workflowId, runId, status, startTime, closeTime }: WorkflowExecutionDescription): Run {
  return {
    workflowId,
    runId,
    status: statusOf(status.code),
    startedAt: startTime.toISOString(),
    ...(closeTime && { closedAt: closeTime.toISOString() }),
  };
}

/** What the open observation window of a rollout or a change of a flag has seen: it carries that from look to look in its heartbeat details. */
export const openWindow = (about: WorkflowExecutionDescription): unknown => carriedBy(about, watching);

/** What was told urgently, which the one who tells it carries from look to look. */
export function urgentIn(about: WorkflowExecutionDescription): readonly Urgent[] {
  const { urgent = {} } = (carriedBy(about, ['tellChanges']) ?? {}) as { urgent?: Readonly<Record<string, Urgent>> };
  return Object.values(urgent);
}

function carriedBy({ raw }: WorkflowExecutionDescription, activities: readonly string[]): unknown {
  const looking = raw.pendingActivities?.find(({ activityType }) => activities.includes(activityType?.name ?? ''));
  const [details] = looking?.heartbeatDetails?.payloads ?? [];
  return details ? read(details) : undefined;
}

const watching: readonly string[] = ['observeCandidate', 'observeFlag'];

type RawExecution = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions'][number];

function listed({ execution, status, startTime, closeTime, searchAttributes: attributes }: RawExecution): Listed {
  const word = (name: string): string => {
    const payload = attributes?.indexedFields?.[name];
    return payload ? String(read(payload)) : '';
  };
  const [workflowId, runId] = [execution?.workflowId ?? '', execution?.runId ?? ''];
  const closedAt = instantOf(closeTime);
  return {
    service: word(searchAttributes.service),
    changeId: word(searchAttributes.changeId),
    version: word(searchAttributes.version),
    state: word(searchAttributes.state),
    environment: word(searchAttributes.environment),
    workflowId,
    runId,
    run: {
      workflowId,
      runId,
      status: statusOf(status ?? 0),
      startedAt: instantOf(startTime) ?? '',
      ...(closedAt !== undefined && { closedAt }),
    },
  };
}

/** Of `WorkflowExecutionStatus`: running (also paused), completed, continued as new; whatever else ended it came from outside. */
function statusOf(code: number): Run['status'] {
  if (code === 1 || code === 8) return 'running';
  return code === 2 || code === 6 ? 'closed' : 'lost';
}

const instantOf = (at: RawExecution['startTime']): string | undefined =>
  at ? new Date(Number(at.seconds ?? 0) * 1_000 + Math.floor((at.nanos ?? 0) / 1e6)).toISOString() : undefined;

/** JSON as it stands; search attributes are payloads too, with a type of their own in the metadata. */
function read({ metadata, data }: Payload): unknown {
  const encoding = metadata?.['encoding'];
  return encoding ? defaultPayloadConverter.fromPayload({ metadata: { encoding }, data: data ?? null }) : undefined;
}
