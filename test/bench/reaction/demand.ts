import { releaseId, rollbackQueue, rolloutId } from '../../../src/messages.js';
import { eventsOf, type HistoryEvent, preciseNow, timeOf } from '../../support/events.js';
import type { Stage } from '../../support/stage.js';
import type { UnderWay } from './ground.js';

/** How a demand was heard: milliseconds from the moment it was sent, by the server's clock. */
export interface Reaction {
  /** The first activity of the way back was started. */
  readonly started: number;
  /** It was answered: the world was read back. */
  readonly safe: number;
  /** Where the time until `started` went, hop by hop. */
  readonly hops?: Readonly<Record<string, number>>;
  /** Workflow tasks that a worker did not answer in time. */
  readonly lost?: readonly string[];
}

/** The ways a demand comes in: a person over HTTP, an Alertmanager's webhook, the Temporal UI; `direct` goes past the release, to its rollout. */
export const ways = { http: overHttp, alert: byAlert, signal: bySignal, direct } as const;

/** What one case measures: every way in, and the floor under the same circumstances; `relay` is what `signal` is held against. */
export type Measured = Readonly<Record<keyof typeof ways | 'floor' | 'relay', readonly Reaction[]>>;

/** Demands the way back of a release under way, and answers how that went once it has closed. */
export async function demandOn(stage: Stage, way: keyof typeof ways, at: UnderWay): Promise<Reaction> {
  const client = await stage.client();
  const demanded = preciseNow();
  await ways[way](stage, at);
  const ids = [releaseId(at.service, at.changeId), rolloutId('production', at.service)] as const;
  await client.workflow.getHandle(ids[0]).result();
  const [release, rollout] = await Promise.all(ids.map((id) => eventsOf(client, id)));
  return reactionIn({ demanded, release: release ?? [], rollout: rollout ?? [] });
}

async function overHttp(stage: Stage, { changeId }: UnderWay): Promise<void> {
  const { status, body } = await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'bench' });
  if (status !== 200) throw new Error(`rollback of ${changeId} answered ${status}: ${JSON.stringify(body)}`);
}

async function byAlert(stage: Stage, { service, changeId }: UnderWay): Promise<void> {
  const labels = { alertname: 'Bench', service, environment: 'production', severity: 'critical' };
  const alert = { status: 'firing', labels, startsAt: new Date().toISOString(), fingerprint: changeId };
  const { status, body } = await stage.ask('dave', 'POST', '/v1/alerts/alertmanager', {
    version: '4',
    alerts: [alert],
  });
  const [taken] = body['alerts'] as readonly { readonly outcome: string; readonly said: string }[];
  if (status !== 200 || taken?.outcome !== 'demanded') throw new Error(`the alert came to ${JSON.stringify(body)}`);
}

async function bySignal(stage: Stage, { service, changeId }: UnderWay): Promise<void> {
  const handle = (await stage.client()).workflow.getHandle(releaseId(service, changeId));
  await handle.signal('rollback', { person: 'dave', reason: 'bench' });
}

async function direct(stage: Stage, { service }: UnderWay): Promise<void> {
  const handle = (await stage.client()).workflow.getHandle(rolloutId('production', service));
  await handle.signal('rollback', { person: 'dave', reason: 'bench' });
}

/** What the server wrote down of it. */
function reactionIn(seen: {
  readonly demanded: number;
  readonly release: readonly HistoryEvent[];
  readonly rollout: readonly HistoryEvent[];
}): Reaction {
  const { demanded, release, rollout } = seen;
  const signalled = rollout.find((event) => event.workflowExecutionSignaledEventAttributes);
  const first = rollout.findIndex(
    ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.taskQueue?.name === rollbackQueue('production'),
  );
  const turned = taskBefore(rollout, first);
  const activity = activityAt(rollout, first);
  const marks = {
    ...passing(release),
    // An update stands in history only once it is accepted: its task was asked for when it came.
    'to the rollout': signalled ? timeOf(signalled) : turned.scheduled,
    'rollout task waits': turned.started,
    'rollout task': turned.completed,
    'activity waits': activity.started,
  };
  const times = [demanded, ...Object.values(marks)];
  const hops = Object.keys(marks).map((hop, i) => [hop, (times[i + 1] ?? 0) - (times[i] ?? 0)]);
  return {
    started: activity.started - demanded,
    safe: activity.completed - demanded,
    hops: Object.fromEntries(hops) as Record<string, number>,
    lost: [...release, ...rollout].flatMap(({ workflowTaskTimedOutEventAttributes: late }) =>
      late ? [lateBy[late.timeoutType ?? 0] ?? 'unknown'] : [],
    ),
  };
}

/** Of Temporal's timeout types. */
const lateBy = ['unspecified', 'start-to-close', 'schedule-to-start', 'schedule-to-close', 'heartbeat'];

/** The hops through the release, where the demand took that way. */
function passing(release: readonly HistoryEvent[]): Readonly<Record<string, number>> {
  const passedOn = release.findIndex((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
  if (passedOn < 0) return {};
  const { scheduled, started, completed } = taskBefore(release, passedOn);
  return { 'caller to release': scheduled, 'release task waits': started, 'release task': completed };
}

/** The workflow task that ended in the command whose event stands at `index`. */
function taskBefore(events: readonly HistoryEvent[], index: number) {
  const before = events.slice(0, index + 1);
  return {
    scheduled: timeOf(before.findLast((event) => event.workflowTaskScheduledEventAttributes) ?? {}),
    started: timeOf(before.findLast((event) => event.workflowTaskStartedEventAttributes) ?? {}),
    completed: timeOf(before.findLast((event) => event.workflowTaskCompletedEventAttributes) ?? {}),
  };
}

function activityAt(events: readonly HistoryEvent[], index: number) {
  const id = String(events[index]?.eventId);
  const of = (attributes: { readonly scheduledEventId?: unknown } | null | undefined): boolean =>
    attributes !== null && attributes !== undefined && String(attributes.scheduledEventId) === id;
  return {
    started: timeOf(events.find((event) => of(event.activityTaskStartedEventAttributes)) ?? {}),
    completed: timeOf(events.find((event) => of(event.activityTaskCompletedEventAttributes)) ?? {}),
  };
}
