import { randomUUID } from 'node:crypto';
import { type Client, WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition, WorkflowNotFoundError } from '@temporalio/common';
import type { Audited, AuditOrder } from '../domain/audit.js';
import type { DriftOrder, DriftSeen } from '../domain/drift.js';
import type { Sweep, SweepOrder } from '../domain/retention.js';
import type { Alert, AlertsHeard } from '../domain/alert.js';
import type { Place } from '../domain/environment.js';
import type { CommandKind, CommandRecord } from '../domain/command.js';
import type { FollowUpAnswer, FollowUpOrder } from '../domain/follow-up.js';
import type { SecretsOrder, SecretsStanding } from '../domain/secret.js';
import { seconds } from '../domain/duration.js';
import type { Finding } from '../domain/finding.js';
import type { ReleaseProgress } from '../domain/release.js';
import type { Hold, RolloutProgress } from '../domain/rollout.js';
import type { ServiceStanding } from '../domain/service.js';
import {
  acknowledgeUpdate,
  aftercareId,
  alertsUpdate,
  comebackUpdate,
  decideUpdate,
  drillUpdate,
  evidenceUpdate,
  type Heard,
  heraldId,
  lineId,
  lineUpdate,
  notMine,
  reconcilerFindings,
  reconcileUpdate,
  recordsWatchId,
  reconcilerId,
  releaseId,
  releaseQueue,
  rolloutId,
  serviceId,
  serviceStanding,
  reviewUpdate,
  submitUpdate,
  vetoUpdate,
  withdrawUpdate,
  workflowTypes,
} from '../messages.js';
import { memoryToOpen, openingOf } from '../mailbox.js';
import { type Address, type Caller, type Desk, DeskFault, type FoundRollout, type SaidCommand } from './desk.js';
import { createCalls, patience } from './engine-calls.js';
import { listExecutions, type Listed, openWindow, runOf, urgentIn, where } from './executions.js';
import { createRestoreTests } from './restore-desk.js';
import { createSchedules } from './schedule-desk.js';
import { speakAs, vouching } from './speaker.js';

/** A desk on a connection, which may be closed once the desk is quiet. */
export interface ReleaseDesk extends Desk {
  /** Returns when no call is under way: the client's retries do not survive the closing of their connection. */
  quiet(): Promise<void>;
}

/** The Temporal client in our words. Every call has a deadline; every fault is one of the desk's. */
export function createReleaseDesk(parts: {
  readonly client: Client;
  /** In order of promotion: what runs nearest to customers is asked first. */
  readonly environments: readonly string[];
}): ReleaseDesk {
  const { environments } = parts;
  const client = vouching(parts.client);
  const ended = new Map<string, FoundRollout>();
  const rehearsals = createRestoreTests(client);
  const scheduled = createSchedules(client, environments);
  const { within, found, answers, quiet } = createCalls(client);

  return {
    submit: (submission) =>
      within(patience.update, () =>
        toMailbox(submitUpdate, submission.request.service, submission, `submit/${submission.key}`),
      ),

    comeBack: (ask) =>
      within(patience.update, () => toMailbox(comebackUpdate, ask.request.service, ask, `comeback/${ask.key}`)),

    withdraw: (service, withdrawal) =>
      within(patience.update, () => toMailbox(withdrawUpdate, service, withdrawal, `withdraw/${withdrawal.changeId}`)),

    review: (service, review) => within(patience.update, () => toldTo(service, reviewUpdate, review, review.by)),

    acknowledge: (service, said, by) => within(patience.update, () => toldTo(service, acknowledgeUpdate, said, by)),

    urgent: async () => (await found(async () => urgentIn(await client.workflow.getHandle(heraldId).describe()))) ?? [],

    reconcile: (service, order, by) => within(patience.work, () => toldTo(service, reconcileUpdate, order, by)),

    drill: (order) => within(patience.update, () => toldTo(order.service, drillUpdate, order, order.by)),

    showEvidence: (service, shown) =>
      within(patience.update, () => toldTo(service, evidenceUpdate, shown, shown.evidence.by)),

    veto: (service, change) =>
      within(patience.update, () => toMailbox(vetoUpdate, service, change, `veto/${randomUUID()}`)),

    line: (change) =>
      within(patience.update, () =>
        client.workflow.executeUpdateWithStart(lineUpdate, {
          args: [change],
          startWorkflowOperation: new WithStartWorkflowOperation(workflowTypes.line, {
            workflowId: lineId,
            taskQueue: releaseQueue,
            args: [{ holds: [] }],
            workflowIdConflictPolicy: 'USE_EXISTING',
            workflowTaskTimeout: seconds(5),
            staticSummary: 'the line: held or not',
          }),
        }),
      ),

    holds: async () => (await found(() => client.workflow.getHandle(lineId).query<readonly Hold[]>('holds'))) ?? [],

    sweep: (order) => done<Sweep>('retention', order, `artifacts that have had their time (${order.by})`),

    audit: (order) => done<Audited>('governanceAudit', order, `governance audit ${order.quarter ?? ''} (${order.by})`),

    drift: (order) => done<DriftSeen>('driftWatch', order, `drift in ${order.environment} (${order.by})`),

    restoreTest: (order) => within(patience.update, () => rehearsals.begin(order)),

    restoreSeen: async (place) => (await found(() => rehearsals.seen(place))) ?? { ...place, state: 'none' },

    schedules: () => within(patience.update, () => scheduled.seen()),

    trigger: (name) => within(patience.update, () => scheduled.trigger(name)),

    secrets: (order) => done<SecretsStanding>('secrets', order, `where secrets stand (${order.by})`),

    async followUp(order) {
      const about = order.how === 'open' ? `a follow-up of ${order.opened.changeId}` : order.word.id;
      const answer = await done<FollowUpAnswer>('followUp', order, about);
      if (answer.kind === 'refused') throw new DeskFault('refused', answer.reason);
      return answer.followUp;
    },

    findings: async () => {
      const found = await Promise.all([...environments.map(reconcilerId), recordsWatchId].map((id) => foundBy(id)));
      return found.flat();
    },

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

    alert: (place, alerts, by) => within(patience.update, () => toWhoeverWatches(place, alerts, by)),

    decide: (at, decision, from) =>
      within(patience.update, () => say<ReleaseProgress>(releaseOf(at), decideUpdate.name, decision, from)),

    command: (at, kind, said, from) => within(patience.update, () => toWhoeverHears(at, kind, said, from)),

    async check() {
      if (!(await answers())) throw new DeskFault('unreachable', 'the engine does not answer');
    },

    quiet,
  };

  /** What the calendar does, and what waits for no turn, done now. */
  function done<T>(
    work: 'retention' | 'governanceAudit' | 'driftWatch' | 'secrets' | 'followUp',
    order: AuditOrder | SweepOrder | DriftOrder | SecretsOrder | FollowUpOrder,
    staticSummary: string,
  ): Promise<T> {
    type Work = (order: unknown) => Promise<T>;
    return within(patience.work, () =>
      client.workflow.execute<Work>(workflowTypes[work], {
        workflowId: `${work}/${randomUUID()}`,
        taskQueue: releaseQueue,
        args: [order],
        staticSummary,
      }),
    );
  }

  async function foundBy(workflowId: string): Promise<readonly Finding[]> {
    return (await found(() => client.workflow.getHandle(workflowId).query(reconcilerFindings))) ?? [];
  }

  /** The rollout under way hears first: from there to the way back is no detour. Without one, the release itself. */
  async function toWhoeverHears(
    at: Address,
    kind: CommandKind,
    said: SaidCommand,
    from: Caller,
  ): Promise<CommandRecord> {
    const key = { ...from, key: from.key ?? randomUUID() };
    for (const environment of environments.toReversed()) {
      const answer = await say<CommandRecord>(
        rolloutId(environment, at.service),
        kind,
        { ...said, change: at.changeId },
        key,
      ).catch(elsewhere);
      if (answer) return answer;
    }
    for (const environment of kind === 'snooze' ? environments.toReversed() : []) {
      const id = aftercareId(environment, at.service, at.changeId);
      const answer = await say<CommandRecord>(id, kind, said, key).catch(elsewhere);
      if (answer) return answer;
    }
    return await say<CommandRecord>(releaseOf(at), kind, said, key);
  }

  /** The rollout under way hears first; where none is, the aftercare of what was adopted last. */
  async function toWhoeverWatches(
    place: Place,
    alerts: readonly Alert[],
    by: string,
  ): Promise<AlertsHeard | undefined> {
    const { service, environment } = place;
    const tell = (workflowId: string) =>
      say<AlertsHeard>(workflowId, alertsUpdate.name, alerts, { person: by }).catch(elsewhere);
    const rolling = await tell(rolloutId(environment, service));
    if (rolling) return rolling;
    const standing = await found(() => client.workflow.getHandle(serviceId(service)).query(serviceStanding));
    const { underWay, running = {} } = standing ?? {};
    for (const changeId of [underWay, running[environment]?.changeId]) {
      const watching = changeId === undefined ? undefined : await tell(aftercareId(environment, service, changeId));
      if (watching) return watching;
    }
    if (underWay !== undefined) await refuseBetween({ service, changeId: underWay }, environment);
    return undefined;
  }

  /** Between a rollout and what comes before or after it nobody hears for a moment: then it is to be told again. */
  async function refuseBetween({ service, changeId }: Address, environment: string): Promise<void> {
    const progress = await found(() =>
      client.workflow.getHandle(releaseId(service, changeId)).query<ReleaseProgress>('progress'),
    );
    if (!progress || progress.environment !== environment) return;
    const adopted = progress.stages.find((stage) => stage.environment === environment)?.outcome?.kind === 'adopted';
    if (progress.state === 'rolling-out' || (progress.state === 'recording' && adopted))
      throw new DeskFault('unreachable', `${changeId} is about to watch ${environment}: tell it again in a moment`);
  }

  /** The workflow's interceptor wraps what is sent into a `Heard`; on the wire it is what the person wrote. */
  function say<T>(workflowId: string, name: string, written: unknown, { person, key }: Caller): Promise<T> {
    return speakAs(person, () =>
      client.workflow.getHandle(workflowId).executeUpdate<T, [unknown]>(name, {
        args: [written],
        updateId: `${name}/${person}/${key ?? randomUUID()}`,
      }),
    );
  }

  /** In a person's name, which the mailbox asks for; on the wire it is what the front door says. */
  function toldTo<T>(service: string, update: UpdateDefinition<T, [Heard]>, said: unknown, person: string): Promise<T> {
    return speakAs(person, () => toMailbox(update, service, said as Heard, `${update.name}/${randomUUID()}`));
  }

  /** The mailbox of a service, which is opened by the first who writes to it, with what an ended one knew. */
  async function toMailbox<T, A>(
    update: UpdateDefinition<T, [A]>,
    service: string,
    ask: A,
    updateId: string,
  ): Promise<T> {
    const mailbox = client.workflow.getHandle(serviceId(service));
    for (;;) {
      const memory = await memoryToOpen(client, service);
      const startWorkflowOperation = memory && openingOf(memory);
      const said = { args: [ask] as [A], updateId };
      if (startWorkflowOperation)
        return await client.workflow.executeUpdateWithStart(update, { ...said, startWorkflowOperation });
      try {
        return await mailbox.executeUpdate(update, said);
      } catch (fault) {
        // It ran when it was looked for, and was ended before it heard this.
        if (!(fault instanceof WorkflowNotFoundError)) throw fault;
      }
    }
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

const releaseOf = ({ service, changeId }: Address): string => releaseId(service, changeId);

/** No rollout is there, or it is one of another change: somebody else is to be asked. */
function elsewhere(fault: unknown): undefined {
  if (fault instanceof WorkflowNotFoundError) return undefined;
  const cause = fault instanceof WorkflowUpdateFailedError ? fault.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.type === notMine) return undefined;
  throw fault;
}
