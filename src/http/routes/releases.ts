import * as z from 'zod';
import { roster } from '../../config/orders.js';
import { implementationWrangler } from '../../domain/environment.js';
import type { ReleaseRequest } from '../../domain/release.js';
import { checkSame, emergencyOf, fingerprintOf, knownService, meantBy } from '../asking.js';
import { checkContract } from '../contracting.js';
import type { DoorParts } from '../door.js';
import type { Finder, Found } from '../finding.js';
import { Problem } from '../problems.js';
import { ofRelease } from '../requests/decision.js';
import { listing } from '../requests/listing.js';
import { writtenPlan, writtenRelease } from '../requests/release.js';
import { json, nothing, type Route, route } from '../route.js';
import { linksOf, releaseLinks } from '../views/links.js';
import { type ListedView, listedView, queuedListing, releases } from '../views/list.js';
import { plans, plansView } from '../views/plan.js';
import { queuedView, release, releaseView, type ReleaseView } from '../views/release.js';
import { type Entry, timelineOf } from '../views/timeline.js';

export const accepted = z
  .strictObject({ changeId: z.string(), ahead: z.number(), links: releaseLinks })
  .meta({ id: 'Accepted' });

/** Planning, starting, listing and reading releases. */
export function releaseRoutes(parts: DoorParts & { readonly finder: Finder }): readonly Route[] {
  const { desk, config, clock, finder, calendars, temporalUi } = parts;
  return [
    route({
      method: 'post',
      path: '/v1/plans',
      name: 'planRelease',
      summary:
        'What a release would do, step by step, with every way back, when it could begin, and what is in its way. Changes nothing.',
      access: 'person',
      params: nothing,
      query: nothing,
      body: writtenPlan,
      key: 'none',
      answers: { 200: { description: 'The plans, one per environment.', schema: plans } },
      async handle({ body, person }) {
        const { service } = body;
        const [meant, standing, holds] = await Promise.all([
          meantBy(body, parts),
          desk.standing(service),
          desk.holds(),
        ]);
        const places = meant.stages.map(({ environment }) => ({ service, environment }));
        const read = await Promise.all(places.map((place) => calendars.read(place)));
        const about = { config, service, ...meant, standing, holds, calendars: read };
        return json(plansView({ ...about, requester: person.person, now: clock() }));
      },
    }),
    route({
      method: 'post',
      path: '/v1/releases',
      name: 'startRelease',
      summary:
        'Starts a release. The same Idempotency-Key and body again give the same answer; keys belong to a service.',
      access: { role: implementationWrangler },
      params: nothing,
      query: nothing,
      body: writtenRelease,
      key: 'required',
      answers: { 202: { description: 'Accepted; `Location` is where to watch it.', schema: accepted } },
      async handle({ body, person, key = '' }) {
        const { service, description, startAt, startBy, emergency } = body;
        const { revision, stages } = await meantBy(body, parts);
        if (startBy !== undefined && startBy <= clock())
          throw new Problem('senseless', `startBy ${startBy} has passed: it is ${clock()}`, {
            errors: [{ pointer: '/startBy', met: startBy, wanted: `a moment after ${clock()}` }],
          });
        const { commit, version, migration } = revision;
        const standing = migration?.phase?.kind === 'contract' ? await desk.standing(service) : undefined;
        checkContract({ migration, standing, stages, now: clock() });
        const request: ReleaseRequest = {
          service,
          commit,
          version,
          description: description ?? `${service} ${version}`,
          requester: person,
          requestedAt: clock(),
          profile: config.profile,
          roster: roster(config),
          stages,
          whenBusy: knownService(service, config, '/service').whenBusy,
          ...(emergency !== undefined && {
            emergency: emergencyOf({ reason: emergency, requester: person.person }, { config, stages }),
          }),
          ...(migration && { migration }),
          ...(startAt !== undefined && { startAt }),
          ...(startBy !== undefined && { startBy }),
        };
        const fingerprint = fingerprintOf(body, person.person);
        const holds = await desk.holds();
        const answer = await desk.submit({ request, key, fingerprint, ...(holds.length > 0 && { holds }) });
        checkSame(answer, fingerprint);
        const { changeId, ahead } = answer;
        const links = linksOf(finder.remember({ service, changeId }), temporalUi);
        return json({ changeId, ahead, links }, 202, { Location: links.self });
      },
    }),
    route({
      method: 'get',
      path: '/v1/releases',
      name: 'listReleases',
      summary: 'Releases, the latest first; before them, on the first page, those that wait for their turn.',
      access: 'person',
      params: nothing,
      query: listing,
      key: 'none',
      answers: { 200: { description: 'One page.', schema: releases } },
      async handle({ query }) {
        if (query.service !== undefined) knownService(query.service, config, '?service');
        const queued = query.cursor === undefined ? await waiting(query) : [];
        if (query.state === 'queued') return json({ releases: queued });
        const { releases: begun, next } = await desk.list({ ...defined(query), limit: Number(query.limit ?? 20) });
        const listed = begun.map((one) => listedView(one, temporalUi));
        return json({ releases: [...queued, ...listed], ...(next !== undefined && { next }) });
      },
    }),
    route({
      method: 'get',
      path: '/v1/releases/{changeId}',
      name: 'readRelease',
      summary: 'One release: how far it is, what it waits for, its plans, approvals, steps and records.',
      access: 'person',
      params: ofRelease,
      query: nothing,
      key: 'none',
      answers: { 200: { description: 'The release.', schema: release } },
      handle: async ({ params }) => json(viewOf(await finder.find(params.changeId), parts)),
    }),
  ];

  /** Releases that have not begun are known to the mailboxes of their services alone. */
  async function waiting({ service, state }: z.output<typeof listing>): Promise<readonly ListedView[]> {
    if (state !== undefined && state !== 'queued') return [];
    const asked = service === undefined ? Object.keys(config.services) : [service];
    const standings = await Promise.all(asked.map((name) => desk.standing(name)));
    return standings.flatMap((of) =>
      (of?.queue ?? []).map((changeId) => queuedListing({ service: of?.service ?? '', changeId }, temporalUi)),
    );
  }
}

/** The story of a release so far; one that has not begun has none. */
export const entriesOf = (found: Found): readonly Entry[] =>
  found.kind === 'begun' ? timelineOf(found.release, found.rollouts) : [];

/** A release as it is answered, begun or not. */
export const viewOf = (found: Found, { temporalUi }: Pick<DoorParts, 'temporalUi'>): ReleaseView =>
  found.kind === 'begun'
    ? releaseView(found.release, found.rollouts, temporalUi)
    : queuedView(found.at, found.ahead, temporalUi);

/** Without the keys that nothing was written for. */
const defined = <T extends object>(of: T) =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
