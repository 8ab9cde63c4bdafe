import type { Milliseconds } from '../domain/duration.js';
import {
  accepted,
  type Caller,
  lookUntil,
  seenRelease,
  type SeenRelease,
  seenService,
  seenTimeline,
} from './caller.js';
import type { Customers } from './customers.js';
import type { Served } from './load.js';
import { type DataKept, dataPhrase } from './promises.js';
import type { DemoPerson, DemoStage } from './stage.js';

/** One release of the demo. */
export interface Act {
  readonly version: string;
  /** How it has to end. */
  readonly wanted: 'succeeded' | 'rolled-back';
  readonly about: string;
  /** Whether oscar approves in the Temporal UI; over HTTP like grace unless said. */
  readonly inTemporalUi?: boolean;
  /** Who takes it back in the middle of a window of production, and what is said. */
  readonly takenBack?: { readonly by: DemoPerson; readonly reason: string };
  /** Whether it needs the shop's database, and what customers were promised is looked for there when it has ended. */
  readonly onData?: boolean;
}

/** What a release of the demo came to. */
export interface DemoRelease {
  readonly service: string;
  readonly version: string;
  readonly outcome: string;
  readonly changeId: string;
  readonly clientRequests: Served;
  readonly timeToDetectMs?: Milliseconds;
  readonly timeToSafeMs?: Milliseconds;
  readonly records: readonly string[];
  /** Only of a release that migrates the shop's database. */
  readonly data?: DataKept;
}

export interface Played {
  readonly release: DemoRelease;
  /** Its page in the Temporal UI. */
  readonly link: string | undefined;
}

export const service = 'shop';

/** Plays one act to its end: asks for the release, tells what happens, and does what people do. */
export async function play(
  act: Act,
  { stage, customers, tell }: { stage: DemoStage; customers: Customers; tell: (line: string) => void },
): Promise<Played> {
  const { version } = act;
  const alice = stage.as('alice');
  const asked = await alice.post('/v1/releases', { service, version }, { 'idempotency-key': `demo-${version}` });
  const { changeId } = accepted.parse(asked);
  const news = tellingNews(alice, changeId, tell);
  const done = new Set<string>();
  const closed = await lookUntil(`the end of ${changeId}`, look, 120_000);
  const { outcome, requestedAt = '', closedAt = new Date().toISOString() } = closed;
  if (!outcome) throw new Error(`${changeId} ended without an outcome`);
  const { kind, records, timeToDetectMs, timeToSafeMs } = outcome;
  const data = act.onData ? await stage.compareData(customers.promises) : undefined;
  if (data) tell(`         production ${dataPhrase(data)}`);
  const release = {
    service,
    version,
    outcome: kind,
    changeId,
    clientRequests: customers.between(requestedAt, closedAt),
    ...(timeToDetectMs !== undefined && { timeToDetectMs }),
    ...(timeToSafeMs !== undefined && { timeToSafeMs }),
    records: [...new Set(records)],
    ...(data && { data }),
  };
  return { release, link: closed.links.temporal };

  async function look(): Promise<SeenRelease | undefined> {
    const release = seenRelease.parse(await alice.get(`/v1/releases/${changeId}`));
    await news();
    if (release.state === 'awaiting-readiness' && isDue('drill')) await rehearse(release);
    if (release.state === 'awaiting-approval' && isDue('approval'))
      await approve(stage, changeId, act.inTemporalUi ? release.links.temporal : undefined);
    if (act.takenBack && isObserving(release) && customers.promises.greeted() > 5 && isDue('rollback')) {
      const { by, reason } = act.takenBack;
      tell(`         production ${by}: slipway rollback ${changeId} --reason ${JSON.stringify(reason)}`);
      await stage.as(by).post(`/v1/releases/${changeId}/rollback`, { reason });
    }
    return release.closedAt === undefined ? undefined : release;
  }

  /** What keeps the first release out of production, and the command that it names. */
  async function rehearse({ waiting }: SeenRelease): Promise<void> {
    tell(`         refused    ${waiting?.reason ?? ''}`);
    tell(`         staging    alice: ${waiting?.command ?? ''}`);
    await alice.post(`/v1/services/${service}/drills`, { reason: 'before the first release into production' });
    const { reason } = await lookUntil('the end of the drill', endedDrill, 60_000);
    tell(`         staging    ${reason}`);
  }

  async function endedDrill(): Promise<{ readonly kind: string; readonly reason: string } | undefined> {
    const { drill, drilled } = seenService.parse(await alice.get(`/v1/services/${service}`));
    return drill === undefined ? drilled : undefined;
  }

  /** People say a thing once. */
  function isDue(what: string): boolean {
    const due = !done.has(what);
    done.add(what);
    return due;
  }
}

/** In the middle of a window: customers are on both versions, and nothing has been decided. */
const isObserving = ({ rollouts }: SeenRelease): boolean =>
  rollouts.some(({ environment, state, steps }) => {
    const last = steps.at(-1);
    const looks = last?.step.kind === 'observe' && last.endedAt === undefined;
    return environment === 'production' && state === 'running' && looks;
  });

/** Tells each entry of a release's timeline once. */
function tellingNews(alice: Caller, changeId: string, tell: (line: string) => void): () => Promise<void> {
  const told = new Set<string>();
  return async () => {
    const { entries } = seenTimeline.parse(await alice.get(`/v1/releases/${changeId}/timeline`));
    for (const { id, at, environment, kind, text } of entries) {
      if (told.has(id)) continue;
      told.add(id);
      // A step is told by its verdict; only windows last long enough to be announced.
      if (kind === 'stage' || (kind === 'step' && !text.startsWith('observe'))) continue;
      tell(`${at.slice(11, 19)} ${(environment ?? '').padEnd(10)} ${text}`);
    }
  };
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
