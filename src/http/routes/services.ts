import type { DoorParts } from '../door.js';
import { Problem } from '../problems.js';
import { ofService } from '../requests/listing.js';
import { json, nothing, type Route, route } from '../route.js';
import { service, services, serviceView, type ServiceView } from '../views/service.js';

/** What runs where. */
export function serviceRoutes(parts: DoorParts): readonly Route[] {
  const { config } = parts;
  const view = (name: string) => serviceViewOf(name, parts);
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

/** A service as it is now: its mailbox is asked, and the release under way for what it has brought about already. */
export async function serviceViewOf(name: string, { desk, config }: DoorParts): Promise<ServiceView> {
  const standing = await desk.standing(name);
  const changeId = standing?.underWay;
  const underWay = changeId === undefined ? undefined : await desk.release({ service: name, changeId });
  return serviceView(name, config.environments, standing, underWay?.progress);
}
