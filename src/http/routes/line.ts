import * as z from 'zod';
import { environmentScope, everything, serviceScope } from '../../domain/line.js';
import { knownService } from '../asking.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { writtenHold } from '../requests/decision.js';
import { json, nothing, type Route, route } from '../route.js';
import * as nouns from '../views/nouns.js';

const holds = z.strictObject({ holds: nouns.list(nouns.hold) }).meta({ id: 'Holds' });

/** Stopping the line, and letting it run. */
export function lineRoutes({ desk, config }: DoorParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/holds',
      name: 'listHolds',
      summary: 'Every hold of the line that is in force.',
      access: 'person',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The holds.', schema: holds } },
      handle: async () => json({ holds: await desk.holds() }),
    }),
    route({
      method: 'post',
      path: '/v1/holds',
      name: 'holdLine',
      summary:
        'Stops the line for a service, for an environment or for everything; with `lift` lets it run again. Releases stop at their next safe point; a rollback is never held.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: writtenHold,
      key: 'none',
      answers: { 200: { description: 'The holds as they are now.', schema: holds } },
      async handle({ body, person }) {
        const { reason, lift = false } = body;
        if (lift) mustOperate(person, 'let the line run');
        const services = Object.keys(config.services);
        const kind = lift ? 'release' : 'hold';
        return json({ holds: await desk.line({ kind, scope: scopeOf(body), by: person.person, reason, services }) });
      },
    }),
  ];

  function scopeOf({ service, environment }: z.output<typeof writtenHold>): string {
    if (service !== undefined) return serviceScope(knownService(service, config, '/service').name);
    if (environment === undefined) return everything;
    const known = config.environments.map(({ name }) => name);
    if (known.includes(environment)) return environmentScope(environment);
    throw new Problem('senseless', `environment "${environment}" is not configured; known: ${known.join(', ')}`, {
      errors: [{ pointer: '/environment', met: `"${environment}"`, wanted: `one of ${known.join(', ')}` }],
    });
  }
}
