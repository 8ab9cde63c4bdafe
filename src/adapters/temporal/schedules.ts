import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { SweepOrder } from '../../domain/retention.js';
import type { SecretsOrder } from '../../domain/secret.js';
import { releaseQueue, schedules, workflowTypes } from '../../messages.js';

/** Makes what is done by the calendar, or finds it made: what somebody has changed or paused in the Temporal UI stays as it is. */
export async function ensureSchedules(client: Client): Promise<void> {
  const order: SweepOrder = { how: 'tell-first', by: 'the schedule' };
  await ensure(client, {
    scheduleId: schedules.retention,
    spec: { calendars: [{ hour: 3, minute: 15, comment: 'every day, 03:15 UTC' }], jitter: '10 minutes' },
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.retention,
      workflowId: schedules.retention,
      taskQueue: releaseQueue,
      args: [order],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
  });
  const reminding: SecretsOrder = { how: 'remind', by: 'the schedule', reports: [] };
  await ensure(client, {
    scheduleId: schedules.secrets,
    spec: { calendars: [{ hour: 7, minute: 45, comment: 'every day, 07:45 UTC' }], jitter: '10 minutes' },
    action: {
      type: 'startWorkflow',
      workflowType: workflowTypes.secrets,
      workflowId: schedules.secrets,
      taskQueue: releaseQueue,
      args: [reminding],
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 day' },
  });
}

async function ensure(client: Client, schedule: Parameters<Client['schedule']['create']>[0]): Promise<void> {
  try {
    await client.schedule.create(schedule);
  } catch (fault) {
    if (!(fault instanceof ScheduleAlreadyRunning)) throw fault;
  }
}
