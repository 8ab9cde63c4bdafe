import { nearest } from '../../config/nearest.js';
import { ownersOf } from '../../config/owners.js';
import { whyNotSaid } from '../../domain/decisions/follow-ups.js';
import { after } from '../../domain/duration.js';
import type { Person } from '../../domain/environment.js';
import { dayOf, type FollowUpStanding, type FollowUpWord } from '../../domain/follow-up.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { mustOperate } from '../operators.js';
import { Problem } from '../problems.js';
import { recordHash } from '../record-hash.js';
import {
  followUpListing,
  ofFollowUp,
  writtenClosing,
  writtenFollowUp,
  writtenFollowUpChange,
} from '../requests/follow-up.js';
import { json, nothing, type Route, route } from '../route.js';
import { followUp, followUps as listed } from '../views/follow-ups.js';

/** What changes have left to be done: whose, by which day, and what became of it. */
export function followUpRoutes(parts: DoorParts & { readonly finder: Finder }): readonly Route[] {
  const { desk, config, followUps, finder, clock } = parts;
  return [
    route({
      method: 'get',
      path: '/v1/follow-ups',
      name: 'listFollowUps',
      summary: 'What changes have left to be done, in the order it was opened, with all that was said of it.',
      access: 'person',
      params: nothing,
      query: followUpListing,
      key: 'none',
      answers: { 200: { description: 'The follow-ups.', schema: listed } },
      async handle({ query: { service, state } }) {
        const all = await followUps.standings(clock());
        const is = (one: FollowUpStanding): boolean =>
          state === 'open' ? one.state !== 'closed' : one.state === state;
        return json({
          followUps: all.filter(
            (one) => (service === undefined || one.service === service) && (state === undefined || is(one)),
          ),
        });
      },
    }),
    route({
      method: 'post',
      path: '/v1/follow-ups',
      name: 'openFollowUp',
      summary:
        'Has something done after a change: recorded in the Change Log under it, and tracked until it is closed.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: writtenFollowUp,
      key: 'none',
      answers: { 201: { description: 'It is open.', schema: followUp } },
      async handle({ body: { changeId, what, owner, due }, person }) {
        mustOperate(person, 'open a follow-up');
        const [at, { usual }] = [clock(), config.followUps];
        const service = await serviceOf(changeId);
        const day = notOver(due ?? dayOf(after(at, usual.due)));
        const opened = { changeId, what, owner: somebody(owner ?? usual.owner), due: day, at, by: person.person };
        const order = { how: 'open', opened: { ...opened, ...(service !== undefined && { service }) } } as const;
        return json(await desk.followUp(order), 201);
      },
    }),
    route({
      method: 'post',
      path: '/v1/follow-ups/{id}/close',
      name: 'closeFollowUp',
      summary: 'Says that it is done, and what came of it. By its owner, or who operates; once.',
      access: 'person',
      params: ofFollowUp,
      query: nothing,
      body: writtenClosing,
      key: 'none',
      answers: { 200: { description: 'It is closed.', schema: followUp } },
      async handle({ params: { id }, body: { comment, record: path }, person }) {
        const record = path === undefined ? undefined : { path, hash: await recordHash(config.directory, path) };
        const said = { id, kind: 'closed', comment, by: person.person, at: clock() } as const;
        return json(await say({ ...said, ...(record && { record }) }, person));
      },
    }),
    route({
      method: 'post',
      path: '/v1/follow-ups/{id}/change',
      name: 'changeFollowUp',
      summary: 'Gives it to another owner, or to another day, with the reason. By its owner, or who operates.',
      access: 'person',
      params: ofFollowUp,
      query: nothing,
      body: writtenFollowUpChange,
      key: 'none',
      answers: { 200: { description: 'It is as it was changed.', schema: followUp } },
      async handle({ params: { id }, body: { reason, owner, due }, person }) {
        const said = { id, kind: 'changed', comment: reason, by: person.person, at: clock() } as const;
        const to = {
          ...(owner !== undefined && { owner: somebody(owner) }),
          ...(due !== undefined && { due: notOver(due) }),
        };
        return json(await say({ ...said, ...to }, person));
      },
    }),
  ];

  async function say(word: FollowUpWord, person: Person): Promise<FollowUpStanding> {
    const of = (await followUps.standings(word.at)).find(({ id }) => id === word.id);
    if (!of) throw new Problem('not-found', `there is no follow-up ${word.id}; slipway follow-up list shows all`);
    if (of.owner !== person.person && !person.roles.includes(of.owner))
      mustOperate(person, `say something of ${word.id}, which is ${of.owner}'s,`);
    const why = whyNotSaid(of, word);
    if (why !== undefined) throw new Problem('refused', why);
    return await desk.followUp({ how: 'say', word });
  }

  /** As the engine knows it; the records are asked where it does not. */
  async function serviceOf(changeId: string): Promise<string | undefined> {
    try {
      return (await finder.addressOf(changeId)).service;
    } catch (fault) {
      if (fault instanceof Problem && fault.kind === 'not-found') return undefined;
      throw fault;
    }
  }

  function somebody(owner: string): string {
    const owners = ownersOf(config);
    if (owners.includes(owner)) return owner;
    const near = nearest(owner, owners);
    const hint = near === undefined ? '' : `. Did you mean ${near}?`;
    throw senseless('/owner', owner, `a person, or a role that somebody holds: ${owners.join(', ')}${hint}`);
  }

  function notOver(due: string): string {
    const today = dayOf(clock());
    if (due >= today) return due;
    throw senseless('/due', due, `a day that is not over: it is ${today} in UTC`);
  }
}

const senseless = (pointer: string, met: string, wanted: string): Problem =>
  new Problem('senseless', `${pointer}: met ${met}; wanted ${wanted}`, { errors: [{ pointer, met, wanted }] });
