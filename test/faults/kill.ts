import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { serviceId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { eventIn, follow, type HistoryEvent } from '../support/events.js';
import type { Stage } from '../support/stage.js';
import type { Point } from './points.js';

/** That workers were killed, and when. */
export interface Killed {
  /** The last event that was seen before, which may be later than the one waited for: the server writes several at once. */
  readonly at: string;
}

/** A kill that waits for its event. */
export interface Trap {
  /** What was killed; nothing where the event never came. To be asked once the release has closed. */
  sprung(): Promise<Killed | undefined>;
  disarm(): Promise<void>;
}

/** Follows the history of the point's workflow, and kills the workers with SIGKILL the moment the event appears. */
export function armed(stage: Stage, point: Point, mailboxLength: number): Trap {
  const enough = new AbortController();
  const killing = spring().catch((fault: unknown) => {
    if (enough.signal.aborted) return undefined;
    throw fault;
  });
  killing.catch(() => undefined); // told by whoever asks for it
  return {
    async sprung() {
      const late = pause(5_000, undefined, { signal: enough.signal, ref: false }).catch(() => undefined);
      return await Promise.race([killing, late]);
    },
    async disarm() {
      enough.abort();
      await killing.catch(() => undefined);
    },
  };

  async function spring(): Promise<Killed | undefined> {
    const client = await stage.client();
    const { workers } = await stage.pids();
    const { execution, eventId } = await locate(client, point, mailboxLength);
    for await (const event of follow(client, execution, enough.signal)) {
      if (Number(event.eventId) < eventId) continue;
      await killWorkers(stage, workers);
      return { at: `${String(event.eventId)} ${kindOf(event)}` };
    }
    return undefined;
  }
}

/** At once where the workers are those known before; others where somebody else has killed these meanwhile. */
async function killWorkers(stage: Stage, known: readonly number[]): Promise<void> {
  if (known.some(kill)) return;
  await eventually('there are workers to kill', async () => {
    const { workers } = await stage.pids();
    return workers.some(kill) || undefined;
  });
}

function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'ESRCH') return false;
    throw fault;
  }
}

/** The run that the point means, as soon as it exists, and the event's own number in it. */
async function locate(client: Client, { scenario, workflow, index }: Point, mailboxLength: number) {
  const mailbox = { workflowId: serviceId(scenario) };
  if (workflow === 'service') return { execution: mailbox, eventId: mailboxLength + index };
  const release = await childOf(client, mailbox, mailboxLength);
  if (workflow === 'release') return { execution: release, eventId: index };
  return { execution: await childOf(client, release, 0), eventId: index };
}

/** The first child that a workflow starts after this many events. */
export async function childOf(
  client: Client,
  parent: { readonly workflowId: string },
  after: number,
): Promise<Execution> {
  const started = (event: HistoryEvent) =>
    Boolean(event.childWorkflowExecutionStartedEventAttributes) && Number(event.eventId) > after;
  const { childWorkflowExecutionStartedEventAttributes: child } = await eventIn(client, parent, 'a child', started);
  const { workflowId, runId } = child?.workflowExecution ?? {};
  return { workflowId: workflowId ?? '', runId: runId ?? '' };
}

interface Execution {
  readonly workflowId: string;
  readonly runId: string;
}

/** `activityTaskScheduled`, as the attributes are named. */
const kindOf = (event: HistoryEvent): string =>
  Object.keys(event)
    .find((key) => key.endsWith('EventAttributes'))
    ?.slice(0, -'EventAttributes'.length) ?? 'event';
