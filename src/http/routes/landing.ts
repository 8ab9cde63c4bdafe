import { randomBytes } from 'node:crypto';
import type { ListedRelease } from '../desk.js';
import type { DoorParts } from '../door.js';
import type { Figure } from '../../domain/figure.js';
import { foundNow } from '../found.js';
import type { Finder, Found } from '../finding.js';
import { Problem } from '../problems.js';
import { nothing, type Route, route } from '../route.js';
import { landingPage } from '../views/landing.js';
import { listedView } from '../views/list.js';
import { windowFigures } from '../views/windows.js';
import { viewOf } from './releases.js';
import { serviceViewOf } from './services.js';

/** The page for people: what runs, what happens, and what waits for whom. */
export function landingRoute(parts: DoorParts & { readonly finder: Finder }): Route {
  const { desk, config, finder, plots, temporalUi } = parts;
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
        foundNow(parts),
      ]);
      const open = page.releases.filter(({ run }) => run.status === 'running');
      const found = await Promise.all(open.map(({ changeId }) => finder.find(changeId)));
      const views = found.map((one) => viewOf(one, parts));
      const ended = await figuresOfLatest(page.releases, finder);
      const windows = [...found.flatMap(figuresOf), ...ended].map((figure) => ({
        svg: plots.draw(figure),
        says: figure.says,
      }));
      const listed = page.releases.map((one) => listedView(one, temporalUi));
      const shown = { services, listed, open: views, findings, windows };
      const body = landingPage({ person: person.person, ...shown, nonce, temporalUi });
      const policy = `default-src 'none'; style-src 'nonce-${nonce}'; script-src 'nonce-${nonce}'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;
      return { kind: 'text', type: 'text/html; charset=utf-8', body, headers: { 'Content-Security-Policy': policy } };
    },
  });
}

const figuresOf = (found: Found): readonly Figure[] =>
  found.kind === 'begun' ? windowFigures(found.rollouts, found.release.progress.order.profile) : [];

/** Those of the latest release where it has ended; one that is nowhere any more has left its records. */
async function figuresOfLatest([latest]: readonly ListedRelease[], finder: Finder): Promise<readonly Figure[]> {
  if (!latest || latest.run.status === 'running') return [];
  try {
    return figuresOf(await finder.find(latest.changeId));
  } catch (fault) {
    if (fault instanceof Problem) return [];
    throw fault;
  }
}
