import * as z from 'zod';
import { name } from '../../config/words.js';
import type { DriftOrder, DriftSeen } from '../../domain/drift.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { type Answer, json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const seen = z
  .strictObject({
    environment: z.string(),
    at: nouns.instant,
    findings: nouns.list(nouns.finding),
    /** Services that were not compared: a release or a drill was under way. */
    passedOver: nouns.list(z.string()),
  })
  .meta({ id: 'DriftSeen' }) satisfies z.ZodType<DriftSeen>;

const drift = z.strictObject({ drift: nouns.list(seen) }).meta({ id: 'Drift' });

export type DriftView = z.infer<typeof drift>;

/** What somebody has changed by hand; looked for every day by itself, or now. */
export function driftRoutes({ desk, config }: DoorParts): readonly Route[] {
  const known = config.environments.map((of) => of.name);
  return [
    route({
      method: 'get',
      path: '/v1/drift',
      name: 'showDrift',
      summary:
        'What was changed by hand: each environment is compared, now, with what releases and changes of flags have left there, and its `drift` command is asked. Tells nobody.',
      access: 'person',
      params: nothing,
      query: z.strictObject({ environment: name.optional() }),
      key: 'none',
      answers: { 200: { description: 'What was found, by environment.', schema: drift } },
      handle: ({ query, person }) => look(query.environment, { how: 'look', by: person.person }),
    }),
    route({
      method: 'post',
      path: '/v1/drift',
      name: 'watchDrift',
      summary: 'The same; what is new among it is told to people, and is shown among the findings until it is over.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: z.strictObject({ environment: name.optional() }),
      key: 'none',
      answers: { 200: { description: 'What was found, by environment.', schema: drift } },
      handle({ body, person }) {
        mustOperate(person, 'have drift told');
        return look(body.environment, { how: 'tell', by: person.person });
      },
    }),
  ];

  async function look(asked: string | undefined, how: Omit<DriftOrder, 'environment'>): Promise<Answer> {
    const wanted = asked === undefined ? known : known.filter((environment) => environment === asked);
    if (wanted.length === 0)
      throw new Problem('not-found', `there is no environment "${asked ?? ''}"; known: ${known.join(', ')}`);
    return json({ drift: await Promise.all(wanted.map((environment) => desk.drift({ ...how, environment }))) });
  }
}
