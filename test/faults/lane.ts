import { randomUUID } from 'node:crypto';
import { startLoad } from '../../src/demo/load.js';
import { seconds } from '../../src/domain/duration.js';
import type { ReleaseProgress } from '../../src/domain/release.js';
import { releaseId, releaseProgress, rolloutId, searchAttributes, serviceId } from '../../src/messages.js';
import { openDatabaseStage } from '../support/database-stage.js';
import { eventually } from '../support/eventually.js';
import { type HistoryEvent, eventIn, eventsOf } from '../support/events.js';
import { opened } from '../support/opened.js';
import { openStage, type Stage } from '../support/stage.js';
import { liftVetoes } from '../support/vetoes.js';
import { armed, childOf, type Killed } from './kill.js';
import type { Counts, Point } from './points.js';
import { scenarios, type UnderWay } from './scenarios.js';
import { look, type Seen } from './seen.js';

/** How one run went. */
export interface Run {
  readonly seen: Seen;
  readonly counts: Counts;
  readonly killed: Killed | undefined;
}

/**
 * A stage with a service for each scenario, and one of its own for each that has a database; each with its first version
 * open. Runs of different services may overlap.
 */
export interface Lane {
  run(scenario: string, point?: Point): Promise<Run>;
  close(): Promise<void>;
}

/** One environment is enough: what dev and staging do is the same rollout with fewer steps. */
export async function openLane(names: readonly string[]): Promise<Lane> {
  const strategyOf = (name: string): string => scenarios[name]?.strategy ?? '';
  const [withDatabase, plain] = [names.filter(hasDatabase), names.filter((name) => !hasDatabase(name))];
  const stages = new Map<string, Stage>();
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closing.splice(0)) await end();
  };
  try {
    if (plain.length > 0) {
      const strategies = Object.fromEntries(plain.map((name) => [name, strategyOf(name)]));
      const stage = await openStage(strategies, { environments: ['production'], latency: '10s' });
      closing.push(() => stage.close());
      for (const name of plain) stages.set(name, stage);
    }
    for (const name of withDatabase) {
      const world = await openDatabaseStage(name, strategyOf(name), { latency: '10s' });
      closing.push(() => world.close());
      stages.set(name, world.stage);
    }
    const loads = await Promise.all([...stages].map(([name, stage]) => opened(stage, name, { requestsPerSecond: 12 })));
    for (const load of loads) await load.stop();
  } catch (fault) {
    await close();
    throw fault;
  }
  const stageOf = (scenario: string): Stage => {
    const found = stages.get(scenario);
    if (!found) throw new Error(`this lane has no ${scenario}; it has ${[...stages.keys()].join(', ')}`);
    return found;
  };
  return { run: (scenario, point) => run(stageOf(scenario), scenario, point), close };
}

const hasDatabase = (name: string): boolean => scenarios[name]?.database === true;

async function run(stage: Stage, name: string, point: Point | undefined): Promise<Run> {
  const client = await stage.client();
  const { versions = ['1.1.0', '1.2.0'], act } = scenarios[name] ?? {};
  await liftVetoes(stage, name);
  const { mailbox, stable } = await idle(stage, name);
  const version = versions.find((one) => one !== stable) ?? '';
  const load = startLoad({ url: await stage.production(name), requestsPerSecond: 12 });
  const begun = new Date().toISOString();
  const trap = point && armed(stage, point, mailbox.length);
  try {
    const changeId = await submit(stage, name, version);
    const release = await childOf(client, { workflowId: serviceId(name) }, mailbox.length);
    await eventIn(client, release, 'the gate', (event) => stateIn(event) === 'awaiting-approval');
    for (const person of ['grace', 'oscar'])
      await say(stage, person, `/v1/releases/${changeId}/approvals`, { decision: 'approve', comment: 'read the plan' });
    if (act) await act(await underWay(stage, name, changeId));
    await client.workflow.getHandle(release.workflowId).result();
    const settled = await idle(stage, name);
    const killed = await trap?.sprung();
    const handle = client.workflow.getHandle(release.workflowId);
    const progress = await eventually('its end', () => handle.query<ReleaseProgress>(releaseProgress.name));
    const { failed } = load.sentBetween(begun, new Date().toISOString());
    const counts = {
      service: settled.mailbox.length - mailbox.length,
      release: (await eventsOf(client, release.workflowId)).length,
      rollout: (await eventsOf(client, rolloutId('production', name))).length,
    };
    return { seen: await look(stage, progress, failed), counts, killed };
  } finally {
    await trap?.disarm();
    await load.stop();
  }
}

/** The mailbox once nothing is under way and a worker answers; the version that is stable. */
async function idle(stage: Stage, service: string) {
  const handle = (await stage.client()).workflow.getHandle(serviceId(service));
  return await eventually(`${service} is idle`, async () => {
    const standing = await handle.query<Standing>('standing');
    if (standing.underWay !== undefined) return undefined;
    const { historyLength } = await handle.describe();
    return { mailbox: { length: historyLength }, stable: standing.running['production']?.current.version };
  });
}

interface Standing {
  readonly underWay?: string;
  readonly running: Readonly<Record<string, { readonly current: { readonly version: string } }>>;
}

async function submit(stage: Stage, service: string, version: string): Promise<string> {
  const { changeId } = await say(stage, 'alice', '/v1/releases', { service, version });
  return changeId;
}

/** Longer than anything that is under way may take to be found dead. */
const patience = seconds(100);

/** Says the same thing under the same key until it is answered: a dead worker is no reason to give up. */
async function say(stage: Stage, person: string, path: string, body: unknown): Promise<{ readonly changeId: string }> {
  const headers = { 'idempotency-key': randomUUID() };
  const heard = async (): Promise<{ readonly changeId: string } | undefined> => {
    const answer = await stage.ask(person, 'POST', path, body, headers);
    if (answer.status < 300) return answer.body;
    if (answer.status >= 500) return undefined;
    throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  };
  return await eventually(`an answer to POST ${path}`, heard, { within: patience, atMostEvery: 500 });
}

async function underWay(stage: Stage, service: string, changeId: string): Promise<UnderWay> {
  const client = await stage.client();
  const execution = await childOf(client, { workflowId: releaseId(service, changeId) }, 0);
  return {
    reaches: async (activity) => {
      const asked = (event: HistoryEvent) =>
        event.activityTaskScheduledEventAttributes?.activityType?.name === activity;
      await eventIn(client, execution, activity, asked);
    },
    say: async (person, verb, body) => {
      await say(stage, person, `/v1/releases/${changeId}/${verb}`, body);
    },
  };
}

/** The state that this event enters. */
function stateIn(event: HistoryEvent): string | undefined {
  const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
  const data = fields?.[searchAttributes.state]?.data;
  return data ? (JSON.parse(Buffer.from(data).toString()) as string) : undefined;
}
