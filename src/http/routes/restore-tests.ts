import * as z from 'zod';
import { name } from '../../config/words.js';
import type { Place } from '../../domain/environment.js';
import type { RestoreProof } from '../../domain/restore-test.js';
import type { RestoreSeen } from '../desk.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { ofService } from '../requests/listing.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const proof = z.strictObject({
  at: nouns.instant,
  ...{ tables: z.number(), rows: z.number(), bytes: z.number() },
  ...{ dumpMs: z.number(), restoreMs: z.number() },
}) satisfies z.ZodType<RestoreProof>;

const seen = z
  .strictObject({
    service: z.string(),
    environment: z.string(),
    /** `none`: nobody has asked for one yet, or the engine remembers it no more. */
    state: z.enum(['none', 'running', 'passed', 'failed']),
    startedAt: nouns.instant.exactOptional(),
    proof: proof.exactOptional(),
    reason: z.string().exactOptional(),
  })
  .meta({ id: 'RestoreTest' }) satisfies z.ZodType<RestoreSeen>;

export type RestoreTestView = z.infer<typeof seen>;

/** A restore that is rehearsed where a database is configured; every day by itself in production, or now. */
export const restoreTestRoutes = ({ desk, config }: DoorParts): readonly Route[] => [
  route({
    method: 'get',
    path: '/v1/services/{name}/restore-tests',
    name: 'readRestoreTest',
    summary: 'The restore that was rehearsed last, or is under way; in the last environment unless said.',
    access: 'person',
    params: ofService,
    query: z.strictObject({ environment: name.optional() }),
    key: 'none',
    answers: { 200: { description: 'How it is, or how it ended.', schema: seen } },
    handle: async ({ params, query }) => json(await desk.restoreSeen(placeOf(params.name, query.environment, config))),
  }),
  route({
    method: 'post',
    path: '/v1/services/{name}/restore-tests',
    name: 'startRestoreTest',
    summary:
      'Rehearses a restore: the database is dumped, restored beside itself and compared table by table. Touches no data; what has worked in production is evidence of restore-tested.',
    access: 'person',
    params: ofService,
    query: nothing,
    body: z.strictObject({ environment: name.optional() }),
    key: 'none',
    answers: { 202: { description: 'It has begun; reading it tells how it ends.', schema: seen } },
    async handle({ params, body, person }) {
      mustOperate(person, 'rehearse a restore');
      const place = placeOf(params.name, body.environment, config);
      const { tier } = config.environments.find(({ name: of }) => of === place.environment) ?? {};
      await desk.restoreTest({ ...place, by: person.person, ...(tier !== 'production' && { practice: true }) });
      return json(await desk.restoreSeen(place), 202);
    },
  }),
];

/** Throws a problem that names what there is. */
function placeOf(service: string, asked: string | undefined, { services, environments }: DoorParts['config']): Place {
  const found = Object.hasOwn(services, service) ? services[service] : undefined;
  if (!found)
    throw new Problem('not-found', `there is no service "${service}"; known: ${Object.keys(services).join(', ')}`);
  const { database } = found;
  if (!database)
    throw new Problem('senseless', `${service} has no database in slipway.yml; wanted services.${service}.database`);
  const known = environments.map((of) => of.name).filter((environment) => Object.hasOwn(database.url, environment));
  const environment = asked ?? known.at(-1) ?? '';
  if (known.includes(environment)) return { service, environment };
  const wanted = `one of ${known.join(', ')}`;
  throw new Problem('senseless', `${service} has no database in "${environment}"; wanted ${wanted}`, {
    errors: [{ pointer: '/environment', met: `"${environment}"`, wanted }],
  });
}
