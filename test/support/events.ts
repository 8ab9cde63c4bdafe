import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The events of a workflow as they stand now. */
export async function eventsOf(client: Client, workflowId: string, runId?: string): Promise<readonly HistoryEvent[]> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  return events ?? [];
}

/** When the server wrote an event: milliseconds since 1970, with their fraction. */
export const timeOf = ({ eventTime }: HistoryEvent): number =>
  Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;

/** The same clock, of this process. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/** The process whose worker did the last task of a workflow, and has it in its cache; workers are named `pid@host`. */
export async function holderOf(client: Client, workflowId: string): Promise<number> {
  const events = await eventsOf(client, workflowId);
  const last = events.findLast((event) => event.workflowTaskCompletedEventAttributes);
  const pid = Number.parseInt(last?.workflowTaskCompletedEventAttributes?.identity ?? '', 10);
  if (Number.isNaN(pid)) throw new Error(`${workflowId}: no workflow task was completed yet`);
  return pid;
}

/** A workflow's events as the server writes them, from the first on, until its run has closed or `enough` says so. */
export async function* follow(
  client: Client,
  execution: { readonly workflowId: string; readonly runId?: string },
  enough: AbortSignal,
): AsyncGenerator<HistoryEvent, void> {
  const { namespace } = client.options;
  setMaxListeners(0, enough); // the client listens anew with every call
  let nextPageToken: Uint8Array | undefined;
  while (!enough.aborted) {
    const ask = { namespace, execution, waitNewEvent: true, ...(nextPageToken && { nextPageToken }) };
    const page = await client.withAbortSignal(enough, () => client.workflowService.getWorkflowExecutionHistory(ask));
    yield* page.history?.events ?? [];
    if (page.nextPageToken.length === 0) return;
    nextPageToken = page.nextPageToken;
  }
}

/** The first event that is as asked for, waited for; a fault when the run closes, or `within` passes, without one. */
export async function eventIn(
  client: Client,
  execution: { readonly workflowId: string; readonly runId?: string },
  what: string,
  is: (event: HistoryEvent) => boolean,
  within = 120_000,
): Promise<HistoryEvent> {
  const enough = AbortSignal.timeout(within);
  try {
    for await (const event of follow(client, execution, enough)) if (is(event)) return event;
  } catch (fault) {
    if (!enough.aborted) throw fault;
  }
  throw new Error(`${execution.workflowId}: ${enough.aborted ? `waited ${within} ms for` : 'closed without'} ${what}`);
}
