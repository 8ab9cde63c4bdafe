import * as z from 'zod';
import type { ScheduleSeen } from '../../domain/schedule.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const schedule = z
  .strictObject({
    name: z.string(),
    /** When, as a sentence. */
    when: z.string(),
    next: nouns.instant.exactOptional(),
    last: nouns.instant.exactOptional(),
    underWay: z.boolean(),
    /** What was said when it was paused. */
    paused: z.string().exactOptional(),
  })
  .meta({ id: 'Schedule' }) satisfies z.ZodType<ScheduleSeen>;

const all = z.strictObject({ schedules: nouns.list(schedule) });

export type SchedulesView = z.infer<typeof all>;

/** What the engine does by itself at its times, and now where somebody says so. */
export const scheduleRoutes = ({ desk }: DoorParts): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/schedules',
    name: 'listSchedules',
    summary: 'What the engine does by itself: when, when it last did, when it next will, and whether it is paused.',
    access: 'person',
    params: nothing,
    query: nothing,
    key: 'none',
    answers: { 200: { description: 'All schedules.', schema: all } },
    handle: async () => json({ schedules: await desk.schedules() }),
  }),
  route({
    method: 'post',
    path: '/v1/schedules/{name}/runs',
    name: 'triggerSchedule',
    summary: 'Begins a run of a schedule now, also of one that is paused; refused while one is under way.',
    access: 'person',
    params: z.strictObject({ name: z.string().max(200) }),
    query: nothing,
    body: z.strictObject({}),
    key: 'none',
    answers: { 202: { description: 'It has begun.', schema: schedule } },
    async handle({ params, person }) {
      mustOperate(person, 'trigger a schedule');
      const begun = await desk.trigger(params.name);
      if (begun) return json(begun, 202);
      const known = (await desk.schedules()).map(({ name }) => name).join(', ');
      throw new Problem('not-found', `there is no schedule "${params.name}"; known: ${known}`);
    },
  }),
];
