import * as z from 'zod';
import { problemStatuses } from './problems.js';
import type { Documented, Route } from './route.js';
import { idempotencyKey } from './requests/words.js';

/** RFC 9457, as every refusal is answered. */
export const problem = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    detail: z.string(),
    instance: z.string(),
    errors: z.array(z.strictObject({ pointer: z.string(), met: z.string(), wanted: z.string() })).exactOptional(),
  })
  .meta({ id: 'Problem' });

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1 of the routes, made from the same schemas that check requests and type answers. */
export function openApi(routes: readonly Route[]): Json {
  const schemas: Record<string, unknown> = {};
  const refused = content(schemaOf(problem, 'output', schemas), ['application/problem+json']);
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const at = (paths[route.path] ??= {});
    at[route.method] = operation(route, schemas);
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Slipway', version: '1', description: 'Carries a change of a service from commit to production.' },
    paths,
    components: {
      schemas,
      responses: { Problem: { description: `Why not; status ${problemStatuses.join(', ')}.`, content: refused } },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        browser: { type: 'http', scheme: 'basic', description: 'The token as password.' },
      },
    },
  };
}

function operation(route: Route, schemas: Record<string, unknown>): Json {
  const { name, summary, access, body, key } = route;
  const parameters = [
    ...parametersOf(route.params, 'path', schemas),
    ...parametersOf(route.query, 'query', schemas),
    ...(key === 'none' ? [] : [keyParameter(key, schemas)]),
  ];
  return {
    operationId: name,
    summary,
    security: access === 'anyone' ? [] : [{ token: [] }, ...(access === 'browser' ? [{ browser: [] }] : [])],
    ...(parameters.length > 0 && { parameters }),
    ...(body && {
      requestBody: { required: true, content: content(schemaOf(body, 'input', schemas), ['application/json']) },
    }),
    responses: {
      ...Object.fromEntries(Object.entries(route.answers).map(([status, is]) => [status, answer(is, schemas)])),
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

function answer({ description, schema, mediaTypes }: Documented, schemas: Record<string, unknown>): Json {
  const types = mediaTypes ?? (schema ? ['application/json'] : []);
  const of = schema ? schemaOf(schema, 'output', schemas) : { type: 'string' };
  return { description, ...(types.length > 0 && { content: content(of, types) }) };
}

const content = (schema: unknown, types: readonly string[]): Json =>
  Object.fromEntries(types.map((type) => [type, { schema: type.startsWith('text/') ? { type: 'string' } : schema }]));

function parametersOf(of: z.ZodType, place: 'path' | 'query', schemas: Record<string, unknown>): readonly Json[] {
  if (!(of instanceof z.ZodObject)) return [];
  return Object.entries(of.shape as Record<string, z.ZodType>).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || !schema.safeParse(undefined).success,
    schema: schemaOf(schema, 'input', schemas),
  }));
}

const keyParameter = (key: 'optional' | 'required', schemas: Record<string, unknown>): Json => ({
  name: 'Idempotency-Key',
  in: 'header',
  required: key === 'required',
  description: 'Repeating a request under the same key does it once.',
  schema: schemaOf(idempotencyKey, 'input', schemas),
});

/** A schema as JSON Schema 2020-12; the ones with a name are put among the components and referred to. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, unknown>): unknown {
  const whole = z.toJSONSchema(z.strictObject({ it: schema }), { io, unrepresentable: 'any' });
  for (const [id, named] of Object.entries(whole.$defs ?? {})) schemas[id] = components(named);
  return components(whole.properties?.['it']);
}

function components(of: unknown): unknown {
  if (Array.isArray(of)) return of.map(components);
  if (typeof of !== 'object' || of === null) return of;
  return Object.fromEntries(
    Object.entries(of).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value.replace('#/$defs/', '#/components/schemas/')
        : components(value),
    ]),
  );
}
