import { type Client, type ScheduleDescription, ScheduleNotFoundError } from '@temporalio/client';
import type { ScheduleSeen } from '../domain/schedule.js';
import { driftScheduleOf, restoreScheduleOf, schedules } from '../messages.js';
import { DeskFault } from './desk.js';

/** What the engine does at its times: Slipway's own schedules, those that are there. */
export const createSchedules = (client: Client, environments: readonly string[]) => {
  const names = [
    ...Object.values(schedules),
    ...environments.flatMap((of) => [driftScheduleOf(of), restoreScheduleOf(of)]),
  ];
  return {
    seen: async (): Promise<readonly ScheduleSeen[]> =>
      (await Promise.all(names.map((name) => seen(client, name)))).filter((found) => found !== undefined),

    /** Begins a run now, paused or not. Refused where one is under way; `undefined` where there is no such schedule. */
    async trigger(name: string): Promise<ScheduleSeen | undefined> {
      const before = names.includes(name) ? await seen(client, name) : undefined;
      if (!before) return undefined;
      if (before.underWay) throw new DeskFault('refused', `${name} is under way: wait for its end`);
      await client.schedule.getHandle(name).trigger();
      return await seen(client, name);
    },
  };
};

async function seen(client: Client, name: string): Promise<ScheduleSeen | undefined> {
  try {
    return asSeen(await client.schedule.getHandle(name).describe());
  } catch (fault) {
    if (fault instanceof ScheduleNotFoundError) return undefined;
    throw fault;
  }
}

function asSeen({ scheduleId, spec, info, state }: ScheduleDescription): ScheduleSeen {
  const [next] = info.nextActionTimes;
  const last = info.recentActions.at(-1);
  const times = (spec.calendars ?? []).flatMap(({ comment }) => (comment === undefined ? [] : [comment]));
  return {
    name: scheduleId,
    when: times.join('; ') || 'as its schedule in the Temporal UI says',
    ...(next && !state.paused && { next: next.toISOString() }),
    ...(last && { last: last.takenAt.toISOString() }),
    underWay: info.runningActions.length > 0,
    ...(state.paused && { paused: state.note ?? 'nothing was said' }),
  };
}
