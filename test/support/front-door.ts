import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { Config, ServiceConfig } from '../../src/config/config.js';
import { Refused } from '../../src/domain/failure.js';
import { usualNotices } from '../../src/domain/acknowledgement.js';
import { usualFollowUps } from '../../src/domain/follow-up.js';
import { hours, minutes, seconds } from '../../src/domain/duration.js';
import { alertsOf } from '../../src/config/meant-alerts.js';
import { createApp } from '../../src/http/app.js';
import type { DoorParts } from '../../src/http/door.js';
import { createIdentity } from '../../src/http/identity.js';
import { createLiveFlags } from '../../src/http/live-flags.js';
import { listen } from '../../src/http/listen.js';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import { createMemorySecrets } from '../../src/adapters/memory/secrets.js';
import { createMetrics } from '../../src/http/metrics.js';
import { problem } from '../../src/http/openapi.js';
import type { Route } from '../../src/http/route.js';
import { allRoutes } from '../../src/http/routes/all.js';
import type { Sources } from '../../src/ports/builder.js';
import { createMemoryDesk, type MemoryDesk } from './memory-desk.js';
import { createMemoryFlagDesk, type MemoryFlagDesk } from './memory-flag-desk.js';
import { aCanary, aRolling, bySentinelAndOwner, byWrangler, tuesday } from './orders.js';

/** A listening front door on an engine in memory. A person's token is `token-` and his name. */
export interface FrontDoor {
  readonly url: string;
  readonly desk: MemoryDesk;
  readonly flagDesk: MemoryFlagDesk;
  readonly routes: readonly Route[];
  /** What the log holds, line by line. */
  readonly log: readonly string[];
  ask(person: string | undefined, method: string, path: string, sent?: Sent): Promise<Answered>;
  close(): Promise<void>;
}

export interface Sent {
  /** Sent as JSON, or as it is if it is text. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function openFrontDoor(more: Partial<DoorParts> = {}): Promise<FrontDoor> {
  const desk = createMemoryDesk(more.secrets?.known);
  const flagDesk = createMemoryFlagDesk();
  const log: string[] = [];
  const config = more.config ?? aConfig();
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(line) });
  const parts: DoorParts = {
    desk,
    flagDesk,
    flags: createLiveFlags({ flags: createMemoryFlags({}), logger }),
    config,
    sources: someSources,
    calendars: createMemoryCalendars(),
    codes: createMemoryApprovalCodes(),
    plots: createMemoryPlots(),
    secrets: createMemorySecrets(),
    followUps: desk.kept,
    alertSecrets: () => Promise.resolve([]),
    identity: createIdentity({ tokens, config }),
    logger,
    clock: () => tuesday,
    temporalUi: 'http://127.0.0.1:8233/namespaces/default',
    ...more,
  };
  const door = await listen({ app: createApp(parts), host: '127.0.0.1', port: 0 });
  const routes = allRoutes({ ...parts, metrics: createMetrics(parts) });

  return { url: door.url, desk, flagDesk, routes, log, ask, close: () => door.close() };

  async function ask(person: string | undefined, method: string, path: string, sent: Sent = {}): Promise<Answered> {
    const body = sent.body === undefined || typeof sent.body === 'string' ? sent.body : JSON.stringify(sent.body);
    const response = await fetch(`${door.url}${path}`, {
      method,
      headers: {
        ...(person !== undefined && { authorization: `Bearer token-${person}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...sent.headers,
      },
      ...(body !== undefined && { body: body }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '';
    const answered = { status: response.status, headers: response.headers, text, body: json ? parsed(text) : {} };
    if (method !== 'HEAD') isDocumented(routes, method, path, answered);
    return answered;
  }
}

const parsed = (text: string) => JSON.parse(text) as Record<string, unknown>;

/** Every answer a test sees is held against what the OpenAPI document promises of it. */
function isDocumented(routes: readonly Route[], method: string, path: string, answered: Answered): void {
  const [bare = ''] = path.split('?');
  const route = routes.find(
    (r) => r.method === method.toLowerCase() && new RegExp(`^${r.path.replace(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
  const documented = route?.answers[answered.status];
  if (answered.status >= 400 && !documented) {
    assert.equal(answered.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    assert.deepEqual(problem.parse(answered.body).status, answered.status);
    return;
  }
  assert.ok(documented, `${method} ${path} answered ${answered.status}, which is not documented`);
  const told = answered.headers.get('content-type') ?? '';
  if (documented.schema && told.startsWith('application/json')) documented.schema.parse(answered.body);
}

const tokens = {
  identify: (token: string) => Promise.resolve(token.startsWith('token-') ? token.slice('token-'.length) : undefined),
};

/** Versions 1.0.0 and 1.1.0 are tagged; `main` is not. */
const someSources: Sources = {
  resolve({ ref, version }) {
    const commit = { '1.0.0': '0'.repeat(40), '1.1.0': '1'.repeat(40), main: '2'.repeat(40) }[ref];
    if (commit === undefined)
      return Promise.reject(
        new Refused('not-found', `"${ref}" is no tag, branch or one commit; there are tags v1.1.0, v1.0.0`),
      );
    if (version === undefined && ref === 'main')
      return Promise.reject(new Refused('invalid', 'commit 222222222222 has no version tag: give a version'));
    return Promise.resolve({ commit, version: version ?? ref });
  },
};

export const aConfig = (): Config => ({
  file: '/governance/slipway.yml',
  keepArtifacts: hours(90 * 24),
  alerts: alertsOf({}, '/governance'),
  rotations: {},
  followUps: usualFollowUps,
  notices: usualNotices,
  directory: '/governance',
  profile: { name: 'demo', compressed: true },
  people: {
    alice: { name: 'Alice', roles: ['implementation-wrangler'] },
    grace: { name: 'Grace', roles: ['governance-sentinel'] },
    oscar: { name: 'Oscar', roles: ['service-owner'] },
    dave: { name: 'Dave', roles: ['on-call'] },
    norma: { name: 'Norma', roles: [] },
  },
  environments: [
    { name: 'dev', tier: 'development', approval: byWrangler, variables: {}, onHold: 'stop' },
    { name: 'staging', tier: 'staging', approval: byWrangler, variables: {}, onHold: 'stop' },
    {
      name: 'production',
      tier: 'production',
      approval: bySentinelAndOwner,
      variables: {},
      onHold: 'stop',
      aftercare: seconds(20),
    },
  ],
  services: { shop: aService('shop'), cart: aService('cart') },
});

const aService = (name: string): ServiceConfig => ({
  name,
  repository: '/repositories/shop',
  build: { gates: [], output: '.', timeout: minutes(5) },
  process: {
    run: 'node server.js',
    health: '/healthz',
    ready: '/readyz',
    startWithin: seconds(10),
    stopWithin: seconds(5),
  },
  smoke: [],
  stages: {
    dev: { instances: 1, strategy: aRolling(), port: 0, variables: {} },
    staging: { instances: 1, strategy: aRolling(), port: 0, variables: {} },
    production: { instances: 2, strategy: aCanary(), port: 0, variables: {} },
  },
  smokeWithin: minutes(5),
  whenBusy: 'queue',
  rollbackPatience: seconds(20),
});
