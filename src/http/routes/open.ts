import * as z from 'zod';
import type { DoorParts } from '../door.js';
import type { DoorMetrics } from '../metrics.js';
import { openApi } from '../openapi.js';
import { json, nothing, type Route, route } from '../route.js';

const health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

/** What machines ask without a token. */
export function openRoutes({ desk, metrics }: DoorParts & { readonly metrics: DoorMetrics }): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/healthz',
      name: 'health',
      summary: 'Whether this process lives.',
      access: 'anyone',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'It lives.', schema: health } },
      handle: () => Promise.resolve(json({ status: 'ok' })),
    }),
    route({
      method: 'get',
      path: '/readyz',
      name: 'readiness',
      summary: 'Whether the engine answers.',
      access: 'anyone',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'It answers.', schema: health } },
      async handle() {
        await desk.check();
        return json({ status: 'ok' });
      },
    }),
    route({
      method: 'get',
      path: '/metrics',
      name: 'metrics',
      summary: 'Figures of the front door, as Prometheus reads them.',
      access: 'anyone',
      params: nothing,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The figures.', mediaTypes: ['text/plain'] } },
      handle: async () => ({ kind: 'text', type: metrics.contentType, body: await metrics.text() }),
    }),
  ];
}

/** The description of all routes, itself among them; made when it is first asked for. */
export function openApiRoute(others: readonly Route[]): Route {
  let document: Readonly<Record<string, unknown>> | undefined;
  const self: Route = route({
    method: 'get',
    path: '/openapi.json',
    name: 'openApi',
    summary: 'This description.',
    access: 'anyone',
    params: nothing,
    query: nothing,
    key: 'none',
    answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({ openapi: z.string() }) } },
    handle: () => Promise.resolve(json((document ??= openApi([...others, self])))),
  });
  return self;
}
