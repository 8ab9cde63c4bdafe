import { existsSync } from 'node:fs';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { CodeActivities, HeraldActivities } from '../activities/contract.js';
import { createBuildActivities } from '../activities/build.js';
import { createEnvironmentActivities, type EnvironmentTools } from '../activities/environment.js';
import { createReconcilerActivities, type ReconcilerTools } from '../activities/reconcile.js';
import { tellChanges } from '../activities/herald.js';
import { createFollowUpActivities } from '../activities/follow-ups.js';
import { createRecoveryActivities, type RecoveryTools } from '../activities/recovery.js';
import { mailCodes } from '../activities/mail-codes.js';
import { createRotationActivities, createSecretActivities, type SecretTools } from '../activities/secrets.js';
import type { SweepTools } from '../activities/sweep.js';
import { type AuditTools, createAuditActivities } from '../activities/audit.js';
import { createRecordActivities, type ReadHistory } from '../activities/records.js';
import type { KnownPrincipals } from '../src/domain/decisions/who-sent.js';
import { seconds } from '../src/domain/duration.js';
import type { NoticePolicy } from '../src/domain/acknowledgement.js';
import type { Roster } from '../src/domain/approval.js';
import type { FollowUpPolicy } from '../src/domain/follow-up.js';
import type { EnvironmentConfig } from '../src/config/config.js';
import type { Builder } from '../src/ports/builder.js';
import type { ApprovalCodes } from '../src/ports/approval-codes.js';
import type { Customers, Notifier, PersonalMail } from '../src/ports/notifier.js';
import type { Principals } from '../src/ports/principals.js';
import type { Records } from '../src/ports/records.js';
import type { Secrets } from '../src/ports/secrets.js';
import type { Workflows } from '../src/ports/workflows.js';
import {
  auditQueue,
  buildQueue,
  environmentQueue,
  noticeQueue,
  recordQueue,
  releaseQueue,
  rollbackQueue,
} from '../src/messages.js';
import { bundleOptions, bundlePath } from './bundle.js';

/** Where workers poll. */
export interface Polling {
  readonly connection: NativeConnection;
  readonly namespace: string;
}

/** What the house works with: it builds and writes, and reaches no environment. */
export interface HouseTools extends Omit<SweepTools, 'workflows'>, Omit<AuditTools, 'workflows'>, RecoveryTools {
  readonly builder: Builder;
  readonly records: Records;
  readonly readHistory: ReadHistory;
  readonly workflows: Workflows;
  readonly notifier: Notifier;
  readonly customers: Customers;
  readonly personalMail: PersonalMail;
  readonly codes: ApprovalCodes;
  readonly principals: Principals;
  readonly knownPrincipals?: KnownPrincipals;
  readonly secrets: Secrets;
  readonly followUps: FollowUpPolicy;
  readonly notices: NoticePolicy;
  readonly roster: Roster;
}

/** The workflows, builds, the one writer of records, and who reads all of them. */
export const houseWorkers = ({ connection, namespace }: Polling, tools: HouseTools): Promise<readonly Worker[]> =>
  Promise.all([
    worker({ connection, namespace, taskQueue: releaseQueue, ...workflows() }),
    worker({
      connection,
      namespace,
      taskQueue: buildQueue,
      activities: { ...createBuildActivities(tools) },
      maxConcurrentActivityTaskExecutions: 2,
    }),
    worker({
      connection,
      namespace,
      taskQueue: recordQueue,
      activities: {
        ...createRecordActivities(tools),
        ...createRotationActivities(tools),
        ...createFollowUpActivities(tools),
        ...createRecoveryActivities(tools),
      },
      maxConcurrentActivityTaskExecutions: 1,
    }),
    worker({
      connection,
      namespace,
      taskQueue: auditQueue,
      activities: { ...createAuditActivities(tools) },
      maxConcurrentActivityTaskExecutions: 1,
    }),
    worker({
      connection,
      namespace,
      taskQueue: noticeQueue,
      activities: {
        ...({
          tellChanges: () => tellChanges(tools, seconds(2)),
          mailCodes: (ask) => mailCodes(tools, ask),
        } satisfies HeraldActivities & CodeActivities),
      },
      maxConcurrentActivityTaskExecutions: 4,
    }),
  ]);

/** One environment's workers: the way forth, and the way back on a queue of its own, so that it never waits behind the other. */
export function environmentWorkers(
  { connection, namespace }: Polling,
  { name, atOnce }: Pick<EnvironmentConfig, 'name' | 'atOnce'>,
  tools: EnvironmentTools & ReconcilerTools & SecretTools,
): Promise<readonly Worker[]> {
  const activities = {
    ...createEnvironmentActivities(tools),
    ...createReconcilerActivities(tools),
    ...createSecretActivities(tools),
  };
  const forth = { taskQueue: environmentQueue(name), ...(atOnce && { maxConcurrentActivityTaskExecutions: atOnce }) };
  const back = { taskQueue: rollbackQueue(name) };
  return Promise.all([forth, back].map((queue) => worker({ connection, namespace, activities, ...queue })));
}

/** The bundle made by the build, or the sources where it is missing (tests may start before it is made). */
const workflows = (): Partial<WorkerOptions> =>
  existsSync(bundlePath)
    ? { workflowBundle: { codePath: bundlePath } }
    : {
        workflowsPath: bundleOptions.workflowsPath,
        interceptors: { workflowModules: bundleOptions.workflowInterceptorModules },
      };

/**
 * What is under way at an ordered end has five seconds to finish; a worker that died is replaced after one, because a
 * workflow task waits no longer for the one that knew the workflow.
 */
export const worker = (options: WorkerOptions): Promise<Worker> =>
  Worker.create({
    shutdownGraceTime: '5 seconds',
    shutdownForceTime: '15 seconds',
    stickyQueueScheduleToStartTimeout: '1 second',
    maxHeartbeatThrottleInterval: '1 second',
    defaultHeartbeatThrottleInterval: '1 second',
    ...options,
  });
