import * as z from 'zod';
import { implementationWrangler } from '../../domain/environment.js';
import type { FlagProgress } from '../../domain/flag-change.js';
import type { WrittenDecision } from '../../messages.js';
import { checkSame, fingerprintOf } from '../asking.js';
import { type Caller, DeskFault } from '../desk.js';
import type { DoorParts } from '../door.js';
import { flagRequestOf, knownEnvironment } from '../flag-asking.js';
import { codeFor } from '../coding.js';
import type { FlagAddress } from '../flag-desk.js';
import { Problem } from '../problems.js';
import { writtenApproval, writtenCommand } from '../requests/decision.js';
import { ofEnvironment, ofFlag, ofFlagIn, someEnvironment, writtenFlagChange } from '../requests/flag.js';
import { type Answer, type Asked, json, nothing, type Route, route } from '../route.js';
import { flagChange, flagChangeView, flagLinks, flagLinksOf } from '../views/flag-change.js';
import { approvalCode } from '../views/approval-code.js';
import { environmentFlagsView, flags as flagsSchema } from '../views/flags.js';
import { unchanged } from './ofrep.js';

const accepted = z
  .strictObject({ changeId: z.string(), environment: z.string(), flag: z.string(), links: flagLinks })
  .meta({ id: 'AcceptedFlagChange' });

const asItIs = { 200: { description: 'It was followed; the change as it is now.', schema: flagChange } };

/** Feature flags: how they stand, and the changes people ask for. */
export function flagRoutes(parts: DoorParts): readonly Route[] {
  const { config, flags, flagDesk, clock, codes, temporalUi } = parts;
  return [
    route({
      method: 'get',
      path: '/v1/flags',
      name: 'listFlags',
      summary:
        'The flags of every environment, or of one, as they are served; and why a file is not served as it stands.',
      access: 'person',
      params: nothing,
      query: someEnvironment,
      key: 'none',
      answers: { 200: { description: 'The flags.', schema: flagsSchema } },
      async handle({ query: { environment } }) {
        const named =
          environment === undefined ? config.environments : [knownEnvironment(environment, config, '?environment')];
        const views = named.map(async ({ name }) => environmentFlagsView(name, await flags.in(name), clock()));
        return json({ environments: await Promise.all(views) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/flags/{environment}/flagd.json',
      name: 'flagdFlags',
      summary:
        'The flags of an environment as flagd and its in-process providers read them, to be polled with If-None-Match.',
      access: 'person',
      params: ofEnvironment,
      query: nothing,
      key: 'none',
      answers: {
        200: { description: 'flagd flag definitions.', schema: z.looseObject({ flags: z.looseObject({}) }) },
        304: { description: 'Nothing has changed since the entity tag that was sent.' },
      },
      async handle({ params, request }) {
        const { name } = knownEnvironment(params.environment, config, '{environment}');
        const { served, problems } = await flags.in(name);
        if (!served) throw new Problem('unservable', `the flags of ${name} make no sense: ${problems.join('; ')}`);
        const headers = { ETag: served.etag, 'Cache-Control': 'no-cache' };
        if (unchanged(request, served.etag)) return { kind: 'unchanged', headers };
        return { kind: 'text', type: 'application/json', body: served.flagd, headers };
      },
    }),
    route({
      method: 'put',
      path: '/v1/flags/{name}',
      name: 'setFlag',
      summary:
        'Asks for a change of a flag in an environment. The same Idempotency-Key and body again give the same answer.',
      access: { role: implementationWrangler },
      params: ofFlag,
      query: nothing,
      body: writtenFlagChange,
      key: 'required',
      answers: { 202: { description: 'Accepted; `Location` is where to watch it.', schema: accepted } },
      async handle({ params: { name }, body, person, key = '' }) {
        const request = await flagRequestOf({ name, body, person, at: clock() }, parts);
        const fingerprint = fingerprintOf({ name, ...body }, person.person);
        const answer = await flagDesk.submit({ request, key, fingerprint });
        checkSame(answer, fingerprint);
        const { environment } = request;
        const links = flagLinksOf(environment, name);
        return json({ changeId: answer.changeId, environment, flag: name, links }, 202, { Location: links.self });
      },
    }),
    route({
      method: 'get',
      path: '/v1/flags/{environment}/{name}/change',
      name: 'readFlagChange',
      summary: 'The latest change of a flag: how far it is, what it waits for, what it changes, approvals and records.',
      access: 'person',
      params: ofFlagIn,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The change.', schema: flagChange } },
      handle: ({ params }) => view(addressOf(params)),
    }),
    route({
      method: 'get',
      path: '/v1/flags/{environment}/{name}/change/approval-code',
      name: 'readFlagApprovalCode',
      summary:
        'The one-time code that proves in the Temporal UI who approves: made for whoever asks, for exactly what waits.',
      access: 'person',
      params: ofFlagIn,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The code.', schema: approvalCode } },
      async handle({ params, person: { person } }) {
        const { request, changeId = '', approval } = (await find(addressOf(params))).progress;
        const { approval: policy, roster, requester } = request;
        const waiting = { changeId, approval, policy, roster, requester: requester.person };
        return json(await codeFor(person, waiting, codes));
      },
    }),
    route({
      method: 'post',
      path: '/v1/flags/{environment}/{name}/change/approvals',
      name: 'decideFlagChange',
      summary: 'Approves or rejects the change that waits. Only listed roles count, and in production never who asked.',
      access: 'person',
      params: ofFlagIn,
      query: nothing,
      body: writtenApproval,
      key: 'optional',
      answers: asItIs,
      handle: (ask) => say(ask, (at, from) => flagDesk.decide(at, ask.body as WrittenDecision, from)),
    }),
    route({
      method: 'post',
      path: '/v1/flags/{environment}/{name}/change/rollback',
      name: 'rollBackFlagChange',
      summary: 'Sets the flag back now, in whatever phase. Everybody with a token may.',
      access: 'person',
      params: ofFlagIn,
      query: nothing,
      body: writtenCommand,
      key: 'optional',
      answers: asItIs,
      handle: (ask) => say(ask, (at, from) => flagDesk.rollback(at, ask.body, from)),
    }),
    route({
      method: 'post',
      path: '/v1/flags/{environment}/{name}/change/retry',
      name: 'retryFlagChange',
      summary: 'Has a way back that is stuck tried again.',
      access: 'person',
      params: ofFlagIn,
      query: nothing,
      body: writtenCommand,
      key: 'optional',
      answers: asItIs,
      handle: (ask) => say(ask, (at, from) => flagDesk.retry(at, ask.body, from)),
    }),
  ];

  function addressOf({ environment, name }: z.output<typeof ofFlagIn>): FlagAddress {
    return { environment: knownEnvironment(environment, config, '{environment}').name, flag: name };
  }

  async function find(at: FlagAddress) {
    const found = await flagDesk.change(at);
    if (found) return found;
    throw new Problem('not-found', `no change of ${at.flag} in ${at.environment} is known`);
  }

  async function view(at: FlagAddress): Promise<Answer> {
    return json(flagChangeView(await find(at), temporalUi));
  }

  async function say<B>(
    { params, person, key }: Asked<z.output<typeof ofFlagIn>, unknown, B>,
    message: (at: FlagAddress, from: Caller) => Promise<FlagProgress>,
  ): Promise<Answer> {
    const at = addressOf(params);
    try {
      await message(at, { person: person.person, ...(key !== undefined && { key }) });
    } catch (fault) {
      if (!(fault instanceof DeskFault) || fault.kind !== 'not-running') throw fault;
      throw new Problem(
        'refused',
        `no change of ${at.flag} in ${at.environment} is under way; to change it, set it again`,
      );
    }
    return await view(at);
  }
}
