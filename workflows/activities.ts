import {
  ActivityCancellationType,
  type ActivityOptions,
  proxyActivities,
  type RetryPolicy,
} from '@temporalio/workflow';
import type {
  AuditActivities,
  BuildActivities,
  CodeActivities,
  DatabaseActivities,
  EnvironmentActivities,
  FollowUpActivities,
  HeraldActivities,
  ReconcilerActivities,
  RecordActivities,
  RecoveryActivities,
  RotationActivities,
  SecretActivities,
} from '../activities/contract.js';
import { failureCodes } from '../src/domain/failure.js';
import type { GateOrder } from '../src/domain/gate.js';
import { minutes, type Milliseconds, seconds } from '../src/domain/duration.js';
import { auditQueue, buildQueue, environmentQueue, noticeQueue, recordQueue, rollbackQueue } from '../src/messages.js';

/** The one table of timeouts and retries. What retrying does not cure is a failure code, and ends at once. */
const retry: RetryPolicy = {
  initialInterval: '250 milliseconds',
  backoffCoefficient: 2,
  maximumInterval: '10 seconds',
  nonRetryableErrorTypes: [...failureCodes],
};

/** A worker that dies is noticed after this; activities that may take longer beat more often. */
const heartbeatTimeout = seconds(5);

const effect: ActivityOptions = {
  retry,
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout,
  // A demand never waits for the way forth: what it still does is refused by the fence.
  cancellationType: ActivityCancellationType.TRY_CANCEL,
};

/** Builds are long, and are ended when the release is withdrawn. */
export const building = (summary: string): BuildActivities =>
  proxyActivities<BuildActivities>({ ...effect, taskQueue: buildQueue, startToCloseTimeout: '2 hours', summary });

/** Records are retried until they are written: a release is not closed before. */
export const recording = (summary: string): RecordActivities =>
  proxyActivities<RecordActivities>({
    retry,
    taskQueue: recordQueue,
    startToCloseTimeout: '1 minute',
    heartbeatTimeout,
    summary,
  });

/** Reading all records of a quarter takes as long as there are many of them. */
export const auditing = (summary: string): AuditActivities =>
  proxyActivities<AuditActivities>({
    retry,
    taskQueue: auditQueue,
    startToCloseTimeout: '10 minutes',
    heartbeatTimeout,
    summary,
  });

/** The records compared with the engine: one activity, looking once an attempt, for ever. */
export const comparingRecords = proxyActivities<RecoveryActivities>({
  retry: { ...retry, maximumInterval: '30 seconds', nonRetryableErrorTypes: [] },
  taskQueue: recordQueue,
  startToCloseTimeout: '30 seconds',
  summary: 'compare the records with what the engine knows',
});

/** What the records tell of a service that the engine has forgotten: read in seconds, however many there are. */
export const recovering = (summary: string): RecoveryActivities =>
  proxyActivities<RecoveryActivities>({
    retry,
    taskQueue: recordQueue,
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout,
    summary,
  });

/** What runs in an environment; without an answer its workers are not there. */
export const seeingIn = (environment: string): Pick<EnvironmentActivities, 'seePlace'> =>
  proxyActivities<EnvironmentActivities>({
    retry,
    taskQueue: environmentQueue(environment),
    scheduleToCloseTimeout: '5 seconds',
    summary: `what runs in ${environment}`,
  });

/** Telling people: what no channel takes for ten minutes is told by pages and metrics alone. */
export const telling = (summary: string): RecordActivities =>
  proxyActivities<RecordActivities>({
    retry,
    taskQueue: recordQueue,
    startToCloseTimeout: '10 seconds',
    scheduleToCloseTimeout: '10 minutes',
    summary,
  });

/** Telling people what becomes of releases: one activity, looking once an attempt, for ever. */
export const tellingChanges = proxyActivities<HeraldActivities>({
  retry: { ...retry, maximumInterval: '30 seconds', nonRetryableErrorTypes: [] },
  taskQueue: noticeQueue,
  // Each channel has its patience, and each release that has changed is told to all of them.
  startToCloseTimeout: '2 minutes',
  summary: 'tell people of each state that a release comes to',
});

/** Sending approvers their codes: tried for as long as the gate waits, seldom after a while. */
export const mailing = (gate: string, within: Milliseconds): CodeActivities =>
  proxyActivities<CodeActivities>({
    retry: { ...retry, maximumInterval: '2 minutes' },
    taskQueue: noticeQueue,
    startToCloseTimeout: '1 minute',
    scheduleToCloseTimeout: within,
    summary: `${gate}: approvers are sent their codes`,
  });

/** What the house knows of secrets and their rotations: somebody waits for it. */
export const rotating = (summary: string): RotationActivities =>
  proxyActivities<RotationActivities>({ retry, taskQueue: recordQueue, startToCloseTimeout: '1 minute', summary });

/** Follow-ups are written down, and looked through. */
export const followingUp = (summary: string): FollowUpActivities =>
  proxyActivities<FollowUpActivities>({ retry, taskQueue: recordQueue, startToCloseTimeout: '1 minute', summary });

/** What the workers of an environment find: without an answer they are not there. */
export const reportingIn = (environment: string): SecretActivities =>
  proxyActivities<SecretActivities>({
    retry,
    taskQueue: environmentQueue(environment),
    scheduleToCloseTimeout: '5 seconds',
    summary: `what the workers of ${environment} find of their secrets`,
  });

/** Comparing an environment with what is under way: one activity, looking once an attempt, for ever. */
export const comparingIn = (environment: string): ReconcilerActivities =>
  proxyActivities<ReconcilerActivities>({
    retry: { ...retry, maximumInterval: '30 seconds', nonRetryableErrorTypes: [] },
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: '30 seconds',
    summary: `compare ${environment} with what is under way`,
  });

/** Looking whether an environment has drifted: its command may take minutes, and nothing is changed by looking again. */
export const lookingIn = (environment: string, summary: string): ReconcilerActivities =>
  proxyActivities<ReconcilerActivities>({
    retry,
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: '15 minutes',
    scheduleToCloseTimeout: '2 hours',
    heartbeatTimeout,
    summary,
  });

/** The way forth in an environment: a step that cannot be taken within its patience goes back. */
export const forthIn = (environment: string, summary: string): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({
    ...effect,
    taskQueue: environmentQueue(environment),
    scheduleToCloseTimeout: '15 minutes',
    summary,
  });

/** Quality gates of an environment: each may take as long as it is given, and all end when the release is withdrawn. */
export const checkingIn = (environment: string, gates: readonly GateOrder[]): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({
    ...effect,
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: gates.reduce((sum, { timeout }) => sum + timeout, 0) + minutes(1),
    summary: `quality gates of ${environment}: ${gates.map(({ name }) => name).join(', ')}`.slice(0, 200),
  });

/** A window: one activity, looking once an attempt. Its retries are the looks, so only the window limits their number. */
export const watchIn = (environment: string, every: Milliseconds, summary: string): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({
    ...effect,
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: '30 seconds',
    retry: { ...retry, initialInterval: every, maximumInterval: every, backoffCoefficient: 1 },
    summary,
  });

/** Requests that go out until they are told to end, and then say what became of them. */
export const loadIn = (environment: string): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({
    ...effect,
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: '2 hours',
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    summary: 'requests, for as long as it is rehearsed',
  });

/** Keeping order in an environment: nobody waits for it, so it is tried until it is done. */
export const keepingIn = (environment: string, summary: string): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({ ...effect, taskQueue: environmentQueue(environment), summary });

/** The way back: its own queue, and a deadline for each step after which people are called. */
export const backIn = (environment: string, patience: Milliseconds, summary: string): EnvironmentActivities =>
  proxyActivities<EnvironmentActivities>({
    ...effect,
    taskQueue: rollbackQueue(environment),
    scheduleToCloseTimeout: patience,
    startToCloseTimeout: Math.min(patience, minutes(10)),
    // The side that gets the traffic may come back: the platform is at it. Until then traffic stays where it is alive.
    retry: {
      ...retry,
      maximumInterval: '2 seconds',
      nonRetryableErrorTypes: failureCodes.filter((code) => code !== 'unhealthy'),
    },
    summary,
  });

/** A backup takes as long as its data is large; what has to wait for a table is tried for some minutes. */
export const dataIn = (environment: string, summary: string): DatabaseActivities =>
  proxyActivities<DatabaseActivities>({
    ...effect,
    taskQueue: environmentQueue(environment),
    startToCloseTimeout: '4 hours',
    retry: { ...retry, maximumAttempts: 30 },
    summary,
  });

/** The way back for data: the patience covers a whole script. */
export const dataBackIn = (environment: string, patience: Milliseconds, summary: string): DatabaseActivities =>
  proxyActivities<DatabaseActivities>({
    ...effect,
    taskQueue: rollbackQueue(environment),
    scheduleToCloseTimeout: patience,
    startToCloseTimeout: patience,
    retry: { ...retry, maximumInterval: '2 seconds' },
    summary,
  });
