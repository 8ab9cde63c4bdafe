import { createGovernanceRecords } from '../adapters/governance/records.js';
import { createLocalTraffic } from '../adapters/local/traffic.js';
import type { Instant, Milliseconds } from '../domain/duration.js';
import { spoken } from '../domain/duration.js';
import { accepted, lookUntil, seenRelease, type SeenRelease, seenTimeline } from './caller.js';
import { type Load, type Served, startLoad } from './load.js';
import { type DemoStage, openDemoStage } from './stage.js';

/** What the demo came to; `slipway demo --json` prints it. */
export interface DemoSummary {
  readonly profile: string;
  readonly durationMs: Milliseconds;
  readonly releases: readonly DemoRelease[];
  readonly audit: { readonly verified: boolean };
}

export interface DemoRelease {
  readonly service: string;
  readonly version: string;
  readonly outcome: string;
  readonly changeId: string;
  readonly clientRequests: Served;
  readonly timeToDetectMs?: Milliseconds;
  readonly timeToSafeMs?: Milliseconds;
  readonly records: readonly string[];
}

/** The three acts: a first release, a good one, and one that only real customers find out about. */
const acts = [
  { version: '1.0.0', wanted: 'succeeded', about: 'the first release of the shop' },
  { version: '1.1.0', wanted: 'succeeded', about: 'vouchers, a good change; oscar approves in the Temporal UI' },
  {
    version: '1.2.0',
    wanted: 'rolled-back',
    about: 'a change that passes every test and fails some orders under load',
  },
] as const;

const service = 'shop';
const requestsPerSecond = 200;

/** Plays the demo: real releases of a real service, with customers all the time. Returns when everything has ended. */
export async function playDemo(ask: {
  readonly folder?: string;
  readonly env: NodeJS.ProcessEnv;
  readonly tell: (line: string) => void;
}): Promise<{ readonly summary: DemoSummary; readonly asWanted: boolean }> {
  const { tell } = ask;
  const begun = Date.now();
  const stage = await openDemoStage(ask);
  tell(`Front door ${stage.slipway.url} · Temporal UI ${stage.slipway.engine.uiUrl ?? '(the cluster’s)'}`);
  const customers = awaitCustomers(stage, tell);
  try {
    const releases: DemoRelease[] = [];
    const links: string[] = [];
    for (const act of acts) {
      tell(`\n── shop ${act.version}: ${act.about}`);
      const { release, link } = await play(stage, act, customers, tell);
      releases.push(release);
      if (link !== undefined) links.push(link);
    }
    const { verified } = await createGovernanceRecords({ directory: stage.governance }).audit();
    const summary = {
      profile: stage.config.profile.name,
      durationMs: Date.now() - begun,
      releases,
      audit: { verified },
    };
    tell(told(summary, stage, links));
    return { summary, asWanted: verified && releases.every((r, i) => isAsWanted(r, acts[i]?.wanted)) };
  } finally {
    await customers.end();
    await stage.close();
  }
}

/** A good release costs no customer anything; the bad one may, before it is found out. */
const isAsWanted = ({ outcome, clientRequests }: DemoRelease, wanted: string | undefined): boolean =>
  outcome === wanted && (wanted !== 'succeeded' || (clientRequests.failed === 0 && clientRequests.sent > 0));

async function play(
  stage: DemoStage,
  { version }: (typeof acts)[number],
  customers: Customers,
  tell: (line: string) => void,
): Promise<{ release: DemoRelease; link: string | undefined }> {
  const alice = stage.as('alice');
  const asked = await alice.post('/v1/releases', { service, version }, { 'idempotency-key': `demo-${version}` });
  const { changeId } = accepted.parse(asked);
  const told = new Set<string>();
  let approved = false;
  const closed = await lookUntil(`the end of ${changeId}`, look, 120_000);
  const { outcome, requestedAt = '', closedAt = new Date().toISOString() } = closed;
  if (!outcome) throw new Error(`${changeId} ended without an outcome`);
  const { kind, records, timeToDetectMs, timeToSafeMs } = outcome;
  const release = {
    service,
    version,
    outcome: kind,
    changeId,
    clientRequests: customers.between(requestedAt, closedAt),
    ...(timeToDetectMs !== undefined && { timeToDetectMs }),
    ...(timeToSafeMs !== undefined && { timeToSafeMs }),
    records: [...new Set(records)],
  };
  return { release, link: closed.links.temporal };

  async function look(): Promise<SeenRelease | undefined> {
    const release = seenRelease.parse(await alice.get(`/v1/releases/${changeId}`));
    await tellNews();
    if (release.state === 'awaiting-approval' && !approved) {
      approved = true;
      await approve(stage, changeId, version === '1.1.0' ? release.links.temporal : undefined);
    }
    return release.closedAt === undefined ? undefined : release;
  }

  async function tellNews(): Promise<void> {
    const { entries } = seenTimeline.parse(await alice.get(`/v1/releases/${changeId}/timeline`));
    for (const { id, at, environment, kind, text } of entries) {
      if (told.has(id)) continue;
      told.add(id);
      // A step is told by its verdict; only windows last long enough to be announced.
      if (kind === 'stage' || (kind === 'step' && !text.startsWith('observe'))) continue;
      tell(`${at.slice(11, 19)} ${(environment ?? '').padEnd(10)} ${text}`);
    }
  }
}

/** Grace approves over HTTP; so does oscar, or, where a page is given, by the same call that the Temporal UI makes. */
async function approve(stage: DemoStage, changeId: string, page: string | undefined): Promise<void> {
  const approvals = `/v1/releases/${changeId}/approvals`;
  await stage.as('grace').post(approvals, { decision: 'approve', comment: 'staging is green' });
  if (page !== undefined)
    await approveAsTheTemporalUiDoes(page, { person: 'oscar', comment: 'read the plan in the Temporal UI' });
  else await stage.as('oscar').post(approvals, { decision: 'approve', comment: 'go' });
}

/** The page's *Send a Signal* posts one JSON payload, base64-encoded with its metadata, to the UI server. */
async function approveAsTheTemporalUiDoes(page: string, said: unknown): Promise<void> {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const { origin, pathname } = new URL(page);
  const [, , namespace = '', , workflow = '', runId = ''] = pathname.split('/');
  const payload = { metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(said)) };
  const response = await fetch(`${origin}/api/v1/namespaces/${namespace}/workflows/${workflow}/signal/approve`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer none' },
    body: JSON.stringify({
      signalName: 'approve',
      workflowExecution: { workflowId: decodeURIComponent(workflow), runId },
      input: { payloads: [payload] },
    }),
  });
  if (!response.ok) throw new Error(`the Temporal UI answered ${response.status}: ${await response.text()}`);
}

interface Customers {
  between(from: Instant, to: Instant): Served;
  end(): Promise<void>;
}

/** Customers come as soon as the shop is open in production, and stay until the end. */
function awaitCustomers(stage: DemoStage, tell: (line: string) => void): Customers {
  const { dataDir } = stage.settings;
  const traffic = createLocalTraffic({ dataDir, config: stage.config });
  let load: Load | undefined;
  let over = false;
  const opening = lookUntil('the shop to open', open, 120_000, 50).catch(() => undefined);
  return {
    between: (from, to) => load?.sentBetween(from, to) ?? { sent: 0, failed: 0 },
    async end() {
      over = true;
      await opening;
      await load?.stop();
    },
  };

  async function open(): Promise<true | undefined> {
    if (over) return true;
    const { url, share } = await traffic.read({ service, environment: 'production' });
    if (share === 0) return undefined;
    tell(`         production ${requestsPerSecond} customer requests a second from now on, at ${url}`);
    load = startLoad({ url, requestsPerSecond });
    return true;
  }
}

function told({ releases, audit, durationMs }: DemoSummary, stage: DemoStage, links: readonly string[]): string {
  const lines = releases.map(({ version, outcome, changeId, clientRequests: { sent, failed }, ...times }) => {
    const back =
      times.timeToSafeMs === undefined
        ? ''
        : `, found out after ${spoken(times.timeToDetectMs ?? 0)}, safe ${spoken(times.timeToSafeMs)} later`;
    return `  shop ${version}  ${outcome.padEnd(11)} ${changeId}  ${failed} of ${sent} customer requests failed${back}`;
  });
  const records = releases
    .flatMap((release) => release.records)
    .filter((path) => /incident\.md|DEC-|transcript/.test(path));
  return [
    '',
    `── ${spoken(durationMs)}; the records' hash chain ${audit.verified ? 'verifies' : 'DOES NOT VERIFY'}; profile demo: windows compressed`,
    ...lines,
    '',
    `Records in ${stage.governance}:`,
    ...['docs/change-log.md', ...new Set(records)].map((path) => `  ${path}`),
    '',
    'Look again: in that folder run `slipway start`, then open',
    ...links.map((link) => `  ${link}`),
  ].join('\n');
}
