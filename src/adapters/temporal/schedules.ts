import { type Client, ScheduleAlreadyRunning, ScheduleOverlapPolicy } from '@temporalio/client';
import type { SweepOrder } from '../../domain/retention.js';
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
}

async function ensure(client: Client, schedule: Parameters<Client['schedule']['create']>[0]): Promise<void> {
  try {
    await client.schedule.create(schedule);
  } catch (fault) {
    if (!(fault instanceof ScheduleAlreadyRunning)) throw fault;
  }
}
