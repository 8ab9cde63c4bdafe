import {
  type Client,
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { AuditOrder } from '../../domain/audit.js';
import type { DriftOrder } from '../../domain/drift.js';
import type { RestoreOrder } from '../../domain/restore-test.js';
import type { SweepOrder } from '../../domain/retention.js';
import type { SecretsOrder } from '../../domain/secret.js';
import {
  driftScheduleOf,
  formerSchedules,
  releaseQueue,
  restoreScheduleOf,
  schedules,
  workflowTypes,
} from '../../messages.js';

const by = 'the schedule';

/** Makes what is done by the calendar, or finds it made: what somebody has changed or paused in the Temporal UI stays as it is. */
export async function ensureSchedules(client: Client): Promise<void> {
  await ensure(client, {
    scheduleId: schedules.retention,
    type: workflowTypes.retention,
    calendar: { hour: 3, minute: 15, comment: 'every day, 03:15 UTC' },
    order: { how: 'tell-first', by } satisfies SweepOrder,
    catchupWindow: '1 day',
  });
  await ensure(client, {
    scheduleId: schedules.governanceAudit,
    type: workflowTypes.governanceAudit,
    calendar: {
      ...{ month: ['JANUARY', 'APRIL', 'JULY', 'OCTOBER'], dayOfMonth: 1, hour: 5, minute: 15 },
      comment: 'the first day of every quarter, 05:15 UTC: of the quarter before',
    },
    order: { how: 'write', by } satisfies AuditOrder,
    catchupWindow: '60 days',
  });
  await ensure(client, {
    scheduleId: schedules.reminders,
    type: workflowTypes.reminders,
    calendar: { hour: 7, minute: 30, comment: 'every day, 07:30 UTC' },
    catchupWindow: '1 day',
  });
  await ensure(client, {
    scheduleId: schedules.secrets,
    type: workflowTypes.secrets,
    calendar: { hour: 7, minute: 45, comment: 'every day, 07:45 UTC' },
    order: { how: 'remind', by, reports: [] } satisfies SecretsOrder,
    catchupWindow: '1 day',
  });
  for (const scheduleId of formerSchedules) await remove(client, scheduleId);
}

/** Each environment whose worker this is: every day it is compared with what is recorded of it, and a restore is rehearsed. */
export async function ensureEnvironmentSchedules(
  client: Client,
  of: { readonly environments: readonly string[]; readonly restored: readonly string[] },
): Promise<void> {
  for (const environment of of.restored)
    await ensure(client, {
      scheduleId: restoreScheduleOf(environment),
      type: workflowTypes.restoreTest,
      calendar: { hour: 2, minute: 15, comment: 'every day, 02:15 UTC' },
      order: { environment, by } satisfies RestoreOrder,
      catchupWindow: '1 day',
    });
  for (const environment of of.environments)
    await ensure(client, {
      scheduleId: driftScheduleOf(environment),
      type: workflowTypes.driftWatch,
      calendar: { hour: 4, minute: 15, comment: 'every day, 04:15 UTC' },
      order: { environment, how: 'tell', by } satisfies DriftOrder,
      catchupWindow: '1 day',
    });
}

/** What is started, and when. An engine that was down starts within the `catchupWindow` what it has missed. */
interface Scheduled {
  readonly scheduleId: string;
  readonly type: string;
  readonly calendar: NonNullable<ScheduleOptions['spec']['calendars']>[number];
  readonly order?: unknown;
  readonly catchupWindow: '1 day' | '60 days';
}

async function ensure(client: Client, of: Scheduled): Promise<void> {
  const { scheduleId, type, calendar, order, catchupWindow } = of;
  try {
    await client.schedule.create({
      scheduleId,
      spec: { calendars: [calendar], jitter: '10 minutes' },
      action: {
        type: 'startWorkflow',
        workflowType: type,
        workflowId: scheduleId,
        taskQueue: releaseQueue,
        args: order === undefined ? [] : [order],
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
    });
  } catch (fault) {
    if (!(fault instanceof ScheduleAlreadyRunning)) throw fault;
  }
}

async function remove(client: Client, scheduleId: string): Promise<void> {
  try {
    await client.schedule.getHandle(scheduleId).delete();
  } catch (fault) {
    if (!(fault instanceof ScheduleNotFoundError)) throw fault;
  }
}
