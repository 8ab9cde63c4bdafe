import { randomBytes } from 'node:crypto';
import type { DoorParts } from '../door.js';
import type { Finder } from '../finding.js';
import { nothing, type Route, route } from '../route.js';
import { landingPage } from '../views/landing.js';
import { listedView } from '../views/list.js';
import { viewOf } from './releases.js';
import { serviceViewOf } from './services.js';

/** The page for people: what runs, what happens, and what waits for whom. */
export function landingRoute(parts: DoorParts & { readonly finder: Finder }): Route {
  const { desk, config, finder, temporalUi } = parts;
  return route({
    method: 'get',
    path: '/',
    name: 'landingPage',
    summary: 'The page for people: releases, what each waits for, what runs where.',
    access: 'browser',
    params: nothing,
    query: nothing,
    key: 'none',
    answers: { 200: { description: 'A page.', mediaTypes: ['text/html'] } },
    async handle({ person }) {
      const nonce = randomBytes(16).toString('base64');
      const [services, page, findings] = await Promise.all([
        Promise.all(Object.keys(config.services).map((name) => serviceViewOf(name, parts))),
        desk.list({ limit: 30 }),
        desk.findings(),
      ]);
      const open = page.releases.filter(({ run }) => run.status === 'running');
      const views = await Promise.all(open.map(async ({ changeId }) => viewOf(await finder.find(changeId), parts)));
      const listed = page.releases.map((one) => listedView(one, temporalUi));
      const body = landingPage({ person: person.person, services, listed, open: views, findings, nonce, temporalUi });
      const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
      return { kind: 'text', type: 'text/html; charset=utf-8', body, headers: { 'Content-Security-Policy': policy } };
    },
  });
}
