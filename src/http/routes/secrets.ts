import { nearest } from '../../config/nearest.js';
import type { Person } from '../../domain/environment.js';
import type { KnownSecret, ReaderReport } from '../../domain/secret.js';
import type { DoorParts } from '../door.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { writtenRotation } from '../requests/rotation.js';
import { json, nothing, type Route, route } from '../route.js';
import { secrets as secretsSchema, secretsView } from '../views/secrets.js';

/** When secrets were replaced, when that is due, and whether it has arrived. */
export function secretRoutes({ desk, secrets, clock }: DoorParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/secrets',
      name: 'listSecrets',
      summary:
        'Every secret that something refers to: last rotation, due date, and whether its readers see a new value.',
      access: 'person',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'All secrets, and no value of any.', schema: secretsSchema } },
      handle: async ({ person: { person: by } }) =>
        json(secretsView(await desk.secrets({ by, how: 'look', reports: [await own()] }))),
    }),
    route({
      method: 'post',
      path: '/v1/secrets/rotations',
      name: 'recordRotation',
      summary: 'Says that a secret was replaced: recorded in the hash chain, with what its readers find now.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: writtenRotation,
      key: 'none',
      answers: { 200: { description: 'All secrets, as they stand with it.', schema: secretsSchema } },
      async handle({ body: { secret: name, reason, at = clock() }, person }) {
        const secret = known(name);
        if (!owns(person, secret)) mustOperate(person, `say that ${name} was replaced`);
        if (at > clock()) throw senseless('/at', at, `a moment that has been: it is ${clock()}`);
        const rotation = { secret: secret.name, by: person.person, reason, at };
        const order = { by: person.person, how: 'record', rotation, reports: [await own()] } as const;
        return json(secretsView(await desk.secrets(order)));
      },
    }),
  ];

  async function own(): Promise<ReaderReport> {
    return { reader: 'front-door', fingerprints: await secrets.fingerprints('front-door') };
  }

  function known(name: string): KnownSecret {
    const found = secrets.known.find((secret) => secret.name === name);
    if (found) return found;
    const names = secrets.known.map((secret) => secret.name);
    const near = nearest(name, names);
    const hint = near === undefined ? '' : `. Did you mean ${near}?`;
    throw senseless(
      '/secret',
      name,
      `a secret that slipway.yml refers to: ${names.join(', ') || 'there is none'}${hint}`,
    );
  }
}

/** Whose it is to replace it: a person by name, or by a role. */
const owns = ({ person, roles }: Person, { rotation }: KnownSecret): boolean =>
  rotation !== undefined && (rotation.owner === person || roles.includes(rotation.owner));

const senseless = (pointer: string, met: string, wanted: string): Problem =>
  new Problem('senseless', `${pointer}: met ${met}; wanted ${wanted}`, { errors: [{ pointer, met, wanted }] });
