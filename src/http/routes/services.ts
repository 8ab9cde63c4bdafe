import * as z from 'zod';
import { readinessFor } from '../../config/orders.js';
import { whyNoEvidence } from '../../domain/readiness.js';
import type { Person } from '../../domain/environment.js';
import type { ReleaseOutcome } from '../../domain/release.js';
import { comebackOf } from '../comeback.js';
import { drillOrder } from '../drilling.js';
import type { Address, FoundRollout } from '../desk.js';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { mustOperate } from '../operators.js';
import { recordHash } from '../record-hash.js';
import { Problem } from '../problems.js';
import { writtenDrill } from '../requests/drill.js';
import { evidenceOf, writtenEvidence } from '../requests/evidence.js';
import { writtenComeback, writtenReview, writtenVeto } from '../requests/decision.js';
import { ofService } from '../requests/listing.js';
import { type Answer, json, nothing, type Route, route } from '../route.js';
import { linksOf } from '../views/links.js';
import * as nouns from '../views/nouns.js';
import { service, services, serviceView, type ServiceView } from '../views/service.js';
import { accepted } from './releases.js';

/** What runs where. */
export function serviceRoutes(parts: DoorParts & { readonly finder: Finder }): readonly Route[] {
  const { clock, config, desk, finder, temporalUi } = parts;
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
        return json(await view(known(name)));
      },
    }),
    route({
      method: 'post',
      path: '/v1/services/{name}/veto',
      name: 'vetoVersion',
      summary:
        'Lets a version not be released again; or, with `lift`, lets it. A version that was rolled back is vetoed.',
      access: 'person',
      params: ofService,
      query: nothing,
      body: writtenVeto,
      key: 'none',
      answers: { 200: { description: 'All vetoes of the service.', schema: vetoes } },
      async handle({ params: { name }, body: { version, reason, lift = false }, person }) {
        known(name);
        if (lift) mustOperate(person, 'lift a veto');
        const change = { kind: lift ? 'lift' : 'veto', version, by: person.person, reason } as const;
        return json({ vetoes: await desk.veto(name, change) });
      },
    }),
    route({
      method: 'post',
      path: '/v1/services/{name}/evidence',
      name: 'showEvidence',
      summary: 'Shows that an item of the readiness checklist holds: by a record of the repository, or by saying so.',
      access: 'person',
      params: ofService,
      query: nothing,
      body: writtenEvidence,
      key: 'none',
      answers: { 200: { description: 'The service, with the checklist as it is now.', schema: service } },
      async handle({ params: { name }, body, person }) {
        known(name);
        mustOperate(person, 'show evidence');
        const evidence = await evidenceOf(body, { person: person.person, now: clock(), directory: config.directory });
        const why = whyNoEvidence(evidence, { roles: person.roles, now: clock() });
        if (why !== undefined)
          throw new Problem('senseless', why, { errors: [{ pointer: '/item', met: body.item, wanted: why }] });
        await desk.showEvidence(name, { evidence, roles: person.roles });
        return json(await view(name));
      },
    }),
    route({
      method: 'post',
      path: '/v1/services/{name}/drills',
      name: 'startDrill',
      summary:
        'Rehearses a rollback under load, before production unless said: what runs is given to users a second time, and taken back.',
      access: 'person',
      params: ofService,
      query: nothing,
      body: writtenDrill,
      key: 'none',
      answers: { 202: { description: 'It has begun; the service tells how it ended (`drilled`).', schema: service } },
      async handle({ params: { name }, body, person }) {
        known(name);
        mustOperate(person, 'rehearse a rollback');
        await desk.drill(await drillOrder(name, body, { config, desk, person, now: clock() }));
        return json(await view(name), 202);
      },
    }),
    route({
      method: 'post',
      path: '/v1/services/{name}/reviews',
      name: 'settleDebt',
      summary:
        'Says that the review of an emergency release was held, and where it is written down. Not by who asked for it.',
      access: 'person',
      params: ofService,
      query: nothing,
      body: writtenReview,
      key: 'none',
      answers: { 200: { description: 'The service, without that debt.', schema: service } },
      async handle({ params: { name }, body: { changeId, record, comment }, person }) {
        known(name);
        mustOperate(person, 'settle a review');
        const hash = await recordHash(config.directory, record);
        await desk.review(name, { changeId, by: person.person, record: { path: record, hash }, comment });
        return json(await view(name));
      },
    }),
    route({
      method: 'post',
      path: '/v1/services/{name}/rollback',
      name: 'rollBackService',
      summary:
        'Brings what ran before back, in production unless said: by the rollout that is under way there, or as a new release.',
      access: 'person',
      params: ofService,
      query: nothing,
      body: writtenComeback,
      key: 'optional',
      answers: { 202: { description: 'The change to watch.', schema: accepted } },
      handle: ({ params: { name }, body, person, key }) => rollBack(known(name), body, person, key),
    }),
  ];

  function known(name: string): string {
    const names = Object.keys(config.services);
    if (names.includes(name)) return name;
    throw new Problem('not-found', `service "${name}" is not configured; known: ${names.join(', ')}`);
  }

  /** An engine that has forgotten what runs does not say that nothing does. */
  async function whyNothing(service: string, environment: string): Promise<string> {
    const behind = (await desk.findings()).find((one) => one.kind === 'records-ahead' && one.service === service);
    if (behind) return `${behind.text}: ${behind.command}`;
    return `${service} in ${environment} runs nothing that could be taken back`;
  }

  async function rolloutsIn(environment: string, at: Address): Promise<readonly FoundRollout[]> {
    return (await desk.rollouts(at)).filter(({ progress }) => progress.plan.place.environment === environment);
  }

  /** Whoever is woken by night names the service, not the change. */
  async function rollBack(
    service: string,
    {
      reason,
      environment = config.environments.at(-1)?.name ?? '',
    }: { reason: string; environment?: string | undefined },
    person: Person,
    key: string | undefined,
  ): Promise<Answer> {
    const standing = await desk.standing(service);
    const answer = (changeId: string, ahead: number): Answer => {
      const links = linksOf(finder.remember({ service, changeId }), temporalUi);
      return json({ changeId, ahead, links }, 202, { Location: links.self });
    };
    const [last] = standing?.latest ?? [];
    const latest = standing?.underWay ?? last?.changeId;
    const there = latest === undefined ? [] : await rolloutsIn(environment, { service, changeId: latest });
    if (latest !== undefined && there.some(({ run }) => run.status === 'running')) {
      const from = { person: person.person, ...(key !== undefined && { key }) };
      await desk.command({ service, changeId: latest }, 'rollback', { reason }, from);
      return answer(latest, 0);
    }
    const mends = latest === last?.changeId && brokeOff(last, environment, there);
    const of = mends ? latest : standing?.running[environment]?.changeId;
    if (of === undefined || of === '') throw new Problem('refused', await whyNothing(service, environment));
    const ask = comebackOf(parts, { service, of, person, reason, environment, ...(key !== undefined && { key }) });
    const { changeId, ahead } = await desk.comeBack(ask);
    return answer(changeId, ahead);
  }
}

/**
 * Whether the latest release has left this environment as it was just then: its rollout there was ended from outside or
 * taken over. Then that is mended first; a release that failed before it came here has changed nothing here.
 */
function brokeOff(last: ReleaseOutcome | undefined, environment: string, there: readonly FoundRollout[]): boolean {
  if (last?.kind === 'taken-over') return last.environment === environment;
  // One that was lost with the engine's data has no rollout there any more.
  if (last?.lost) return last.environment === environment;
  return last?.kind === 'failed' && there.at(-1)?.run.status === 'lost';
}

const vetoes = z.strictObject({ vetoes: nouns.list(nouns.veto) }).meta({ id: 'Vetoes' });

/** A service as it is now: its mailbox is asked, and the release under way for what it has brought about already. */
export async function serviceViewOf(name: string, { desk, config, followUps, clock }: DoorParts): Promise<ServiceView> {
  const standing = await desk.standing(name);
  const changeId = standing?.underWay;
  const underWay = changeId === undefined ? undefined : await desk.release({ service: name, changeId });
  const environments = config.environments.map((environment) => ({
    name: environment.name,
    readiness: readinessFor(environment, config.services[name]),
  }));
  const now = clock();
  const about = { now, underWay: underWay?.progress, followUps: await followUps.standings(now) };
  return serviceView(name, environments, standing, about);
}
