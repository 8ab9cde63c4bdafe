import {
  allHandlersFinished,
  type ChildWorkflowHandle,
  condition,
  continueAsNew,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { concerns } from '../src/domain/line.js';
import type { Comeback, ReleaseOrder, ReleaseOutcome, ReleaseRequest } from '../src/domain/release.js';
import type { Hold } from '../src/domain/rollout.js';
import type {
  Accepted,
  ComebackAsk,
  Running,
  ServiceStanding,
  Submission,
  Veto,
  VetoChange,
} from '../src/domain/service.js';
import {
  comebackUpdate,
  demandSignal,
  type Heard,
  holdsSignal,
  releaseId,
  serviceStanding,
  submitUpdate,
  vetoUpdate,
  workflowTypes,
} from '../src/messages.js';
import { recording } from './activities.js';
import {
  changeAttribute,
  environmentAttribute,
  serviceAttribute,
  stateAttribute,
  versionAttribute,
} from './attributes.js';
import { now } from './clock.js';
import { refusal } from './commands.js';
import { serviceDetails } from './details.js';
import { faultOf } from './faults.js';
import { hearHolds } from './holds.js';
import { readDemanded } from './reading.js';
import type { release } from './release.js';

/** What a service remembers from run to run. */
export interface ServiceMemory {
  readonly service: string;
  readonly running: Readonly<Record<string, Running>>;
  /** By idempotency key, oldest first; across runs Temporal's own memory of update ids does not reach. */
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly latest: readonly ReleaseOutcome[];
  readonly vetoes?: readonly Veto[];
  readonly holds?: readonly Hold[];
  /** The latest request: a comeback that a machine demands is asked for under the same rules. */
  readonly pattern?: ReleaseRequest;
}

const remembered = { keys: 500, outcomes: 20 };

/**
 * The serial mailbox of one service: everything that must be decided one at a time is decided here. One release at a
 * time; what becomes of the others is the request's own policy. Lives for ever, and starts a new run only while idle.
 */
export async function service(memory: ServiceMemory): Promise<never> {
  const queue: ReleaseOrder[] = [];
  const accepted = new Map(Object.entries(memory.accepted));
  const arriving = new Map<string, Promise<Accepted>>();
  let { running, latest, vetoes = [], holds = [], pattern } = memory;
  let underWay: string | undefined;
  let child: ChildWorkflowHandle<typeof release> | undefined;
  const told: (() => Promise<void>)[] = [];

  setHandler(serviceStanding, standing, {
    description: 'What runs where, what is under way, what waits, what is vetoed.',
  });
  setHandler(submitUpdate, submit, {
    description: 'Ask for a release (the front door does).',
    validator: (submission) => refuseSenseless(submission, memory.service),
  });
  setHandler(comebackUpdate, comeBack, {
    description: 'Bring a former version back (the front door does).',
    validator: (ask) => refuseSenseless({ ...ask, fingerprint: '' }, memory.service),
  });
  setHandler(vetoUpdate, changeVeto, { description: 'Veto a version, or lift a veto (the front door does).' });
  setHandler(demandSignal, (heard) => void demanded(heard), {
    description: 'The aftercare demands the former version.',
  });
  hearHolds((now) => {
    holds = now.filter((hold) => concerns(hold, memory.service));
    tellRelease(holdsSignal.name, holds);
    show();
  });
  setDefaultSignalHandler((name) => log.warn('a signal that a service does not hear', { signal: name.slice(0, 60) }));
  show();

  for (;;) {
    const awake = (): boolean => due() !== undefined || (idle() && workflowInfo().continueAsNewSuggested);
    const wait = untilDue();
    const waiting = queue.length;
    await (wait === undefined ? condition(awake) : condition(() => awake() || queue.length !== waiting, wait));
    const order = due();
    if (order) {
      queue.splice(queue.indexOf(order), 1);
      await carry(order);
    } else if (idle() && workflowInfo().continueAsNewSuggested) {
      await condition(allHandlersFinished);
      if (idle()) await continueAsNew<typeof service>(memoryNow());
    }
  }

  /** Numbered and written down first, then queued. The same key gets the same answer, now and later. */
  async function submit({ request, key, fingerprint, holds: found }: Submission): Promise<Accepted> {
    const known = accepted.get(key);
    if (known) return known;
    if (found) holds = found.filter((hold) => concerns(hold, memory.service));
    const refused = whyRefused(request);
    if (refused !== undefined && !arriving.has(key)) throw refusal('Refused', refused);
    pattern = request;
    return await once(key, () => number(request, key, fingerprint));
  }

  /** Two calls with one key that arrive at the same time are one. */
  async function once(key: string, work: () => Promise<Accepted>): Promise<Accepted> {
    const arrived = arriving.get(key) ?? work().finally(() => arriving.delete(key));
    arriving.set(key, arrived);
    return await arrived;
  }

  async function number(request: ReleaseRequest, key: string, fingerprint: string): Promise<Accepted> {
    const eventId = `open/${request.service}/${key}`;
    const ask = recording(`change id for ${request.service} ${request.version}`);
    const { changeId } = await ask.openChange({ eventId, request });
    const first = request.comeback !== undefined;
    if (first || request.whenBusy === 'supersede') supersede({ changeId, request });
    const ahead = first ? (underWay === undefined ? 0 : 1) : queue.length + (underWay === undefined ? 0 : 1);
    const answer = { changeId, fingerprint, ahead };
    remember(key, answer);
    if (first) queue.unshift({ ...request, changeId });
    else queue.push({ ...request, changeId });
    show();
    return answer;
  }

  /** The rule that keeps a request out; the way forward is part of it. */
  function whyRefused({ version, whenBusy }: ReleaseRequest): string | undefined {
    const vetoed = vetoes.find((veto) => veto.version === version);
    if (vetoed)
      return `${version} is vetoed since ${vetoed.at} by ${vetoed.by}: ${vetoed.reason}. To lift it: slipway veto ${memory.service} ${version} --lift --reason "…"`;
    const busy = underWay ?? queue[0]?.changeId;
    if (whenBusy === 'reject' && busy !== undefined)
      return `${memory.service} is busy with ${busy}, and asks to be refused while it is (when-busy: reject)`;
    return undefined;
  }

  /** What is under way goes back to the stable lane, and what waits gives way; a comeback leaves what waits alone. */
  function supersede({ changeId, request }: { readonly changeId: string; readonly request: ReleaseRequest }): void {
    const { comeback, requester } = request;
    const reason = comeback ? `${changeId} brings ${comeback.to.version} back` : `superseded by ${changeId}`;
    tellRelease('abort', { person: requester.person, reason });
    if (comeback) return;
    for (const [i, waits] of queue.entries())
      if (!waits.comeback) queue[i] = { ...waits, refusedBecause: waits.refusedBecause ?? reason };
  }

  async function comeBack({ request, key, of, environment, reason }: ComebackAsk): Promise<Accepted> {
    const known = accepted.get(key);
    if (known) return known;
    const { person } = request.requester;
    const demand = { by: person, reason, at: now(), cause: 'person' as const };
    const comeback = comebackOf(of, environment, demand);
    if (typeof comeback === 'string') throw refusal('Refused', comeback);
    const final = whyFinal(comeback);
    if (final !== undefined) throw refusal('Refused', final);
    return await once(key, () => number(asComeback(request, comeback), key, ''));
  }

  /** What would come back, or why nothing can: only what ran before, was verified then, and is not vetoed. */
  function comebackOf(of: string, wanted: string | undefined, demand: Comeback['demand']): Comeback | string {
    const ended = latest.find(({ changeId }) => changeId === of);
    if (ended?.kind === 'failed' || ended?.kind === 'taken-over') return mending(ended, wanted, demand);
    if (ended && ended.kind !== 'succeeded' && wanted === undefined)
      return `${of} went back already, or never began (${ended.kind}): ${ended.reason}. To take back what it has adopted elsewhere, name the environment`;
    const places = Object.entries(running).filter(([name, at]) => at.changeId === of && (wanted ?? name) === name);
    const place = places.at(-1);
    if (!place)
      return `${of} runs ${wanted === undefined ? 'nowhere' : `not in ${wanted}`} any more: ${runs()}. Release the version that you want instead`;
    const [environment, { former, since }] = place;
    if (!former) return `nothing ran in ${environment} before ${of}: there is nothing to go back to`;
    const vetoed = vetoes.find((veto) => veto.version === former.version);
    if (vetoed)
      return `${former.version}, which ran in ${environment} before, is vetoed: ${vetoed.reason}. Release another version, or lift the veto`;
    return { of, environment, to: former, demand, exposedAt: since };
  }

  /** Why what runs cannot give way to another version any more: a migration was irreversible. A machine's demand is told so by its release. */
  function whyFinal({ environment, to }: Comeback): string | undefined {
    const at = running[environment];
    return at?.current.digest === to.digest ? undefined : at?.noWayBack;
  }

  /** A release that was ended from outside has left things as they were: what was adopted last is brought back to order. */
  function mending(
    { changeId, environment }: ReleaseOutcome,
    wanted: string | undefined,
    demand: Comeback['demand'],
  ): Comeback | string {
    const where = wanted ?? environment ?? Object.keys(running).at(-1);
    const stable = where === undefined ? undefined : running[where]?.current;
    if (where === undefined || !stable)
      return `${changeId} was ended from outside, and nothing had been adopted ${where === undefined ? 'anywhere' : `in ${where}`} before: release the version that you want`;
    return { of: changeId, environment: where, to: stable, demand };
  }

  function runs(): string {
    const all = Object.entries(running).map(
      ([name, { current, changeId }]) => `${name} runs ${current.version} of ${changeId}`,
    );
    return all.join(', ') || 'nothing runs';
  }

  async function demanded(heard: Heard): Promise<void> {
    const said = readDemanded(heard);
    const request = pattern;
    if (!said || !request) {
      log.warn('a demand that says nothing, or before any release');
      return;
    }
    const comeback = comebackOf(said.changeId, said.environment, said.demand);
    if (typeof comeback === 'string') {
      log.warn('a demand that cannot be followed', { why: comeback });
      return;
    }
    const key = `demand/${said.changeId}/${said.environment}`;
    if (accepted.has(key) || arriving.has(key)) return;
    await once(key, () => number(asComeback(request, comeback), key, ''));
  }

  async function carry(order: ReleaseOrder): Promise<void> {
    const { changeId, version, requester } = order;
    underWay = changeId;
    show();
    const expired = order.startBy !== undefined && Date.parse(now()) > Date.parse(order.startBy);
    const vetoed = order.comeback ? undefined : vetoes.find((veto) => veto.version === version);
    const refusedBecause =
      order.refusedBecause ??
      (expired ? `it was to begin by ${order.startBy ?? ''}` : vetoed && `${version} was vetoed: ${vetoed.reason}`);
    child = await startChild<typeof release>(workflowTypes.release, {
      workflowId: releaseId(order.service, changeId),
      args: [
        {
          ...order,
          ...(holds.length > 0 && !order.comeback && { holds }),
          ...(refusedBecause !== undefined && { refusedBecause }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: '5 seconds',
      staticSummary: `${order.service} ${version} (${requester.person})`,
      staticDetails: `${changeId}: ${order.service} ${version}, commit ${order.commit}, through ${order.stages.map((s) => s.environment).join(' → ')}`,
      typedSearchAttributes: [
        { key: serviceAttribute, value: order.service },
        { key: environmentAttribute, value: order.stages.at(-1)?.environment ?? '' },
        { key: stateAttribute, value: 'building' },
        { key: changeAttribute, value: changeId },
        { key: versionAttribute, value: version },
      ],
    });
    const outcome = await accompany(child).catch((fault: unknown) => lost(order, faultOf(fault)));
    child = undefined;
    settle(outcome, order);
    underWay = undefined;
    show();
  }

  /** Waits for a release to end and passes on to it what it has to hear. */
  async function accompany(to: ChildWorkflowHandle<typeof release>): Promise<ReleaseOutcome> {
    let over = false;
    const result = to.result().finally(() => (over = true));
    result.catch(() => undefined);
    while (!over) {
      await condition(() => over || told.length > 0);
      for (const send of told.splice(0)) await send();
    }
    return await result;
  }

  function tellRelease(name: string, said: unknown): void {
    const to = child;
    if (to) told.push(() => to.signal(name, said).catch(() => undefined));
  }

  function settle(outcome: ReleaseOutcome, { commit, comeback }: ReleaseOrder): void {
    latest = [outcome, ...latest].slice(0, remembered.outcomes);
    const { artifact, changeId, kind, version, reason, noWayBack } = outcome;
    if (kind === 'rolled-back')
      veto({ version, commit, by: 'slipway', reason: `rolled back: ${reason}`, at: now(), changeId });
    if (!artifact) return;
    for (const environment of outcome.adopted) {
      const former = running[environment]?.current;
      // What was taken back is no target for going back.
      const keeps = former && !comeback && { former };
      const why = noWayBack?.[environment];
      const final = why !== undefined && { noWayBack: why };
      running = { ...running, [environment]: { current: artifact, ...keeps, since: now(), changeId, ...final } };
      if (comeback && former)
        veto({
          version: former.version,
          by: 'slipway',
          reason: `taken back by ${changeId}: ${reason}`,
          at: now(),
          changeId,
        });
    }
  }

  function veto(wanted: Veto): void {
    vetoes = [...vetoes.filter(({ version }) => version !== wanted.version), wanted];
  }

  function changeVeto({ kind, version, by, reason }: VetoChange): readonly Veto[] {
    const known = vetoes.find((v) => v.version === version);
    if (kind === 'lift' && !known)
      throw refusal(
        'Refused',
        `${version} is not vetoed; vetoed: ${vetoes.map((v) => v.version).join(', ') || 'nothing'}`,
      );
    if (kind === 'lift') vetoes = vetoes.filter((v) => v.version !== version);
    else if (!known) veto({ version, by, reason, at: now() });
    show();
    return vetoes;
  }

  /** Whose turn it is; one that is to begin later lets the others pass. */
  function due(): ReleaseOrder | undefined {
    return queue.find(({ startAt, refusedBecause }) => {
      return refusedBecause !== undefined || startAt === undefined || Date.parse(startAt) <= Date.parse(now());
    });
  }

  /** How long until one that is to begin later is due; missing where none waits for that. */
  function untilDue(): number | undefined {
    if (due() || queue.length === 0) return undefined;
    return Math.max(1, Math.min(...queue.map(({ startAt }) => Date.parse(startAt ?? now()) - Date.parse(now()))));
  }

  function idle(): boolean {
    return queue.length === 0 && arriving.size === 0;
  }

  function remember(key: string, answer: Accepted): void {
    accepted.set(key, answer);
    const [oldest] = accepted.keys();
    if (accepted.size > remembered.keys && oldest !== undefined) accepted.delete(oldest);
  }

  function memoryNow(): ServiceMemory {
    const { service: name } = memory;
    const known = Object.fromEntries(accepted);
    return { service: name, running, latest, accepted: known, vetoes, holds, ...(pattern && { pattern }) };
  }

  function standing(): ServiceStanding {
    const waiting = queue.map(({ changeId }) => changeId);
    return {
      service: memory.service,
      running,
      queue: waiting,
      latest,
      vetoes,
      holds,
      ...(underWay !== undefined && { underWay }),
    };
  }

  function show(): void {
    setCurrentDetails(serviceDetails(standing()));
  }
}

/** A release that builds nothing and goes to one environment: what ran there before comes back. */
const asComeback = (request: ReleaseRequest, comeback: Comeback): ReleaseRequest => ({
  ...request,
  version: comeback.to.version,
  commit: comeback.to.commit,
  description: `rollback of ${comeback.of} in ${comeback.environment}: ${comeback.demand.reason}`.slice(0, 500),
  requestedAt: comeback.demand.at,
  requester: comeback.demand.cause === 'person' ? request.requester : { person: 'slipway', roles: [] },
  stages: request.stages.filter(({ environment }) => environment === comeback.environment),
  whenBusy: 'supersede',
  comeback,
});

/** A release that was terminated: nobody knows what runs until somebody looks. */
const lost = ({ changeId, service: of, version }: ReleaseOrder, reason: string): ReleaseOutcome => ({
  kind: 'failed',
  changeId,
  service: of,
  version,
  reason: `the release was ended from outside: ${reason}`,
  adopted: [],
  records: [],
});

/** Only the front door submits; what somebody else sends by hand must not get half-way. */
function refuseSenseless(submission: unknown, service: string): void {
  const { request, key, fingerprint } = (submission ?? {}) as Partial<Submission>;
  const whole = typeof key === 'string' && typeof fingerprint === 'string' && Array.isArray(request?.stages);
  if (whole && request.service === service) return;
  throw refusal(
    'Refused',
    `not a submission for ${service}: releases are asked for at the front door, POST /v1/releases`,
  );
}
