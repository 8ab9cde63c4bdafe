import * as z from 'zod';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

/** Artifacts that have had their time, and whether they are gone. */
export const sweep = z
  .strictObject({
    at: nouns.instant,
    looked: z.number(),
    old: nouns.list(z.strictObject({ artifact: nouns.artifact, reason: z.string() })),
    removed: z.boolean(),
  })
  .meta({ id: 'Sweep' });

export type SweepView = z.infer<typeof sweep>;

/** Which artifacts have had their time; they go by themselves, a day after people were told, or now. */
export const retentionRoutes = ({ desk }: DoorParts): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/retention',
    name: 'showRetention',
    summary:
      'Artifacts that have had their time: older than they are kept, run by nothing, gone back to by nothing. Removes none.',
    access: 'person',
    params: nothing,
    query: nothing,
    key: 'none',
    answers: { 200: { description: 'What may go.', schema: sweep } },
    handle: async ({ person }) => json(await desk.sweep({ how: 'look', by: person.person })),
  }),
  route({
    method: 'post',
    path: '/v1/retention',
    name: 'applyRetention',
    summary: 'Removes the artifacts that have had their time, now.',
    access: 'person',
    params: nothing,
    query: nothing,
    body: z.strictObject({}),
    key: 'none',
    answers: { 200: { description: 'What has gone.', schema: sweep } },
    async handle({ person }) {
      mustOperate(person, 'remove artifacts');
      return json(await desk.sweep({ how: 'at-once', by: person.person }));
    },
  }),
];
