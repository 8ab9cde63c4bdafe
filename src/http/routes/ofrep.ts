import { ErrorCode, type EvaluationContext } from '@openfeature/core';
import type { Request } from 'express';
import * as z from 'zod';
import type { DoorParts } from '../door.js';
import { knownEnvironment } from '../flag-asking.js';
import { etagOf, type Served } from '../live-flags.js';
import { Problem } from '../problems.js';
import { evaluation, ofKey, someEnvironment } from '../requests/flag.js';
import { type Answer, json, type Route, route } from '../route.js';
import { list } from '../views/nouns.js';

const success = z
  .strictObject({
    key: z.string(),
    reason: z.string(),
    variant: z.string(),
    value: z.unknown(),
    metadata: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'OfrepSuccess' });

const failure = z
  .strictObject({ key: z.string().exactOptional(), errorCode: z.string(), errorDetails: z.string() })
  .meta({ id: 'OfrepFailure' });

const refusals = {
  400: { description: 'The context or the environment makes no sense.', schema: failure },
  404: { description: 'There is no such flag, or it is disabled: the default in the code holds.', schema: failure },
  500: { description: 'The flag cannot be evaluated, or the flags make no sense.', schema: failure },
};

/** The header by which a client says where it runs; a query parameter does as well. */
const environmentHeader = 'X-Slipway-Environment';

/** OFREP, the OpenFeature Remote Evaluation Protocol: flags evaluated here for whoever asks. */
export function ofrepRoutes({ config, flags }: DoorParts): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/ofrep/v1/evaluate/flags/{key}',
      name: 'evaluateFlag',
      summary: `What a flag is for a context. The environment is named by ?environment= or ${environmentHeader}.`,
      access: 'person',
      params: ofKey,
      query: someEnvironment,
      body: evaluation,
      key: 'none',
      answers: { 200: { description: 'What it is.', schema: success }, ...refusals },
      inOwnWords: (problem, { params }) => failed(problem, params['key']?.toString()),
      async handle({ params: { key }, query, body, request }) {
        const { name, served } = await servedTo(request, query.environment);
        return evaluated(key, name, served, body.context as EvaluationContext | undefined);
      },
    }),
    route({
      method: 'post',
      path: '/ofrep/v1/evaluate/flags',
      name: 'evaluateFlags',
      summary: `What all enabled flags are for a context. The environment is named by ?environment= or ${environmentHeader}.`,
      access: 'person',
      params: z.strictObject({}),
      query: someEnvironment,
      body: evaluation,
      key: 'none',
      answers: {
        200: { description: 'What they are.', schema: z.strictObject({ flags: list(z.union([success, failure])) }) },
        304: { description: 'Nothing has changed since the entity tag that was sent.' },
        ...refusals,
      },
      inOwnWords: (problem) => failed(problem),
      async handle({ query, body, request }) {
        const { name, served } = await servedTo(request, query.environment);
        const enabled = served.flags.filter(({ state }) => state === 'ENABLED');
        const all = enabled.map((flag) =>
          evaluated(flag.name, name, served, body.context as EvaluationContext | undefined),
        );
        const answer = { flags: all.map((one) => one.body) };
        const etag = etagOf(JSON.stringify(answer));
        if (unchanged(request, etag)) return { kind: 'unchanged', headers: { ETag: etag } };
        return json(answer, 200, { ETag: etag });
      },
    }),
  ];

  async function servedTo(request: Request, asked: string | undefined): Promise<{ name: string; served: Served }> {
    const environment = asked ?? request.get(environmentHeader);
    const known = config.environments.map(({ name }) => name).join(', ');
    if (environment === undefined)
      throw new Problem('invalid', `no environment is named; wanted ?environment= or ${environmentHeader}: ${known}`);
    const { name } = knownEnvironment(environment, config, '?environment');
    const { served, problems } = await flags.in(name);
    if (!served) throw new Problem('unservable', `the flags of ${name} make no sense: ${problems.join('; ')}`);
    return { name, served };
  }
}

/** Whether who asks has seen this already. */
export const unchanged = (request: Request, etag: string): boolean =>
  (request.get('if-none-match') ?? '').split(',').some((tag) => [etag, `W/${etag}`, '*'].includes(tag.trim()));

type Evaluated = Extract<Answer, { kind: 'json' }>;

const answer = (status: number, body: unknown): Evaluated => ({ kind: 'json', status, body });

function evaluated(key: string, environment: string, { core }: Served, context: EvaluationContext = {}): Evaluated {
  const flag = core.getFlag(key);
  const no = (status: number, errorCode: string, errorDetails: string): Evaluated =>
    answer(status, { key, errorCode, errorDetails });
  if (!flag) return no(404, ErrorCode.FLAG_NOT_FOUND, `there is no flag "${key.slice(0, 100)}" in ${environment}`);
  if (flag.state === 'DISABLED')
    return no(404, ErrorCode.FLAG_NOT_FOUND, `${key} is disabled in ${environment}: the default in the code holds`);
  const { reason, value, variant, flagMetadata, ...fault } = flag.evaluate(context);
  if (value === undefined)
    return no(500, fault.errorCode ?? ErrorCode.GENERAL, fault.errorMessage ?? `${key} came to nothing`);
  return answer(200, { key, reason, variant, value, metadata: flagMetadata });
}

/** A refusal in OFREP's words; nobody let in and such things are told as everywhere. */
function failed(problem: Problem, key?: string): Answer | undefined {
  const status = { malformed: 400, invalid: 400, senseless: 400, unservable: 500 }[problem.kind as string];
  if (status === undefined) return undefined;
  const context = problem.errors.some(({ pointer }) => pointer.startsWith('/context'));
  const errorCode =
    problem.kind === 'malformed' ? ErrorCode.PARSE_ERROR : context ? ErrorCode.INVALID_CONTEXT : ErrorCode.GENERAL;
  return answer(status, { ...(key !== undefined && { key }), errorCode, errorDetails: problem.message });
}
