import type { DoorParts } from '../door.js';
import { Problem } from '../problems.js';
import { ofService } from '../requests/listing.js';
import { json, nothing, type Route, route } from '../route.js';
import { service, services, serviceView } from '../views/service.js';

/** What runs where. */
export function serviceRoutes({ desk, config }: DoorParts): readonly Route[] {
  const view = async (name: string) => serviceView(name, config.environments, await desk.standing(name));
  return [
    route({
      method: 'get',
      path: '/v1/services',
      name: 'listServices',
      summary: 'Every configured service: what runs in each environment, what is under way, what waits.',
      access: 'person',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'All services.', schema: services } },
      handle: async () => json({ services: await Promise.all(Object.keys(config.services).map(view)) }),
    }),
    route({
      method: 'get',
      path: '/v1/services/{name}',
      name: 'readService',
      summary: 'One service.',
      access: 'person',
      params: ofService,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The service.', schema: service } },
      async handle({ params: { name } }) {
        const known = Object.keys(config.services);
        if (!known.includes(name))
          throw new Problem('not-found', `service "${name}" is not configured; known: ${known.join(', ')}`);
        return json(await view(name));
      },
    }),
  ];
}
