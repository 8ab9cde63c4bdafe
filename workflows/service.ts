import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  log,
  patched,
  ParentClosePolicy,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { type SaidAcknowledgement, whyNotAcknowledged } from '../src/domain/acknowledgement.js';
import { expired, nextOver, nextTurn, untilOver, untilTurn } from '../src/domain/turns.js';
import { type Review, whyOwed } from '../src/domain/emergency.js';
import type { DrillOrder, DrillUnderWay } from '../src/domain/drill.js';
import { type Evidence, whyNoEvidence } from '../src/domain/readiness.js';
import {
  behindText,
  knownOf,
  type KnownChanges,
  openingOf,
  type Reconciled,
  type ReconcileOrder,
} from '../src/domain/recovery.js';
import { standingAfter, withVeto } from '../src/domain/standing.js';
import { concerns, stops } from '../src/domain/line.js';
import type { ReleaseOrder, ReleaseOutcome, ReleaseRequest } from '../src/domain/release.js';
import {
  type Accepted,
  type ComebackAsk,
  type EvidenceShown,
  type ServiceMemory,
  type ServiceStanding,
  type Submission,
  type Veto,
  type VetoChange,
  type Withdrawal,
  remembered,
} from '../src/domain/service.js';
import {
  acknowledgeUpdate,
  comebackUpdate,
  demandSignal,
  drillUpdate,
  evidenceSignal,
  evidenceUpdate,
  type Heard,
  holdsSignal,
  reconcileUpdate,
  releaseId,
  reviewUpdate,
  serviceMemory,
  serviceStanding,
  submitUpdate,
  vetoUpdate,
  withdrawUpdate,
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
import { asComeback, comebackOf, whyFinal } from './comebacks.js';
import { refusal, vouched } from './commands.js';
import { keepDrills } from './drills.js';
import { keepDebts } from './debts.js';
import { serviceDetails } from './details.js';
import { faultOf } from './faults.js';
import { hearHolds } from './holds.js';
import { hearRestores } from './restores.js';
import { readDemanded } from './reading.js';
import { lookedBehind, reconciled } from './recovery.js';
import type { release } from './release.js';

/**
 * The serial mailbox of one service: everything that must be decided one at a time is decided here. One release at a
 * time; what becomes of the others is the request's own policy. Lives for ever, and starts a new run only while idle.
 */
export async function service(memory: ServiceMemory): Promise<never> {
  const queue: ReleaseOrder[] = [...(memory.queue ?? [])];
  const accepted = new Map(Object.entries(memory.accepted));
  const arriving = new Map<string, Promise<Accepted>>();
  let { running, latest, vetoes = [], holds = [], evidence = [], acknowledged = [], pattern } = memory;
  let underWay: ReleaseOrder | undefined;
  let behind: string | undefined;
  /** Whose end is known from the records, whatever the engine says of it. */
  const settled = new Set<string>();
  /** Whose turn has come, and for whom the records were asked whether they know more. */
  const compared = new Set<string>();
  let hearer: Hearer | undefined;
  /** Those who are being told. */
  let refused: readonly ReleaseOrder[] = [];
  const told: (() => Promise<void>)[] = [];
  const debts = keepDebts(memory.service, memory.debts ?? [], show);
  const drills = keepDrills(memory.service, memory.drilled, { changed: show, shown: keepEvidence });

  setHandler(serviceStanding, standing, {
    description: 'What runs where, what is under way, what waits, what is vetoed.',
  });
  setHandler(serviceMemory, memoryNow, {
    description: 'All that is known here (for a mailbox that follows this one).',
  });
  setHandler(submitUpdate, submit, {
    description: 'Ask for a release (the front door does).',
    validator: (submission) => refuseSenseless(submission, memory.service),
  });
  setHandler(comebackUpdate, comeBack, {
    description: 'Bring a former version back (the front door does).',
    validator: (ask) => refuseSenseless({ ...ask, fingerprint: '' }, memory.service),
  });
  setHandler(withdrawUpdate, withdraw, {
    description: 'Take back a release that waits for its turn (the front door does).',
  });
  setHandler(evidenceUpdate, showEvidence, { description: 'Evidence of a readiness item (the front door says).' });
  setHandler(drillUpdate, rehearse, { description: 'A rollback is to be rehearsed (the front door says).' });
  setHandler(acknowledgeUpdate, acknowledge, {
    description: 'Whoever is on call knows of what was told (the front door says).',
  });
  setHandler(reviewUpdate, review, { description: 'A review that was owed has been held (the front door says).' });
  setHandler(reconcileUpdate, reconcile, {
    description: 'What was lost here is restored from the records (the front door says).',
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
  hearRestores(memory.service, keepEvidence);
  setDefaultSignalHandler((name) => log.warn('a signal that a service does not hear', { signal: name.slice(0, 60) }));
  show();

  if (memory.tellsBeside) void tellRefused();
  if (memory.underWay) await followOn(memory.underWay);
  for (;;) {
    const awake = (): boolean => due() !== undefined || (idle() && workflowInfo().continueAsNewSuggested);
    const wait = due() ? undefined : untilTurn(queue, now());
    const waiting = queue.length;
    await (wait === undefined ? condition(awake) : condition(() => awake() || queue.length !== waiting, wait));
    const order = due();
    if (order && memory.asksRecords && !compared.has(order.changeId)) await lookBehind(order);
    else if (order) {
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
    const eventId = openingOf(request.service, key);
    const ask = recording(`change id for ${request.service} ${request.version}`);
    const opened = await ask.openChange({ eventId, request, known: known([key]) });
    if ('behind' in opened) throw refusal('Refused', stopped(opened.behind));
    behind = undefined;
    const { changeId, ended } = opened;
    if (ended) return remember(key, { changeId, fingerprint, ahead: 0 });
    const first = request.comeback !== undefined;
    if (first || request.whenBusy === 'supersede') supersede({ changeId, request });
    const ahead = first ? (underWay === undefined ? 0 : 1) : queue.length + (underWay === undefined ? 0 : 1);
    const answer = { changeId, fingerprint, ahead };
    remember(key, answer);
    if (first) await drills.giveWay(`${changeId} brings ${request.version} back`);
    if (first) queue.unshift({ ...request, changeId });
    else queue.push({ ...request, changeId });
    show();
    return answer;
  }

  /** The rule that keeps a request out; the way forward is part of it. */
  function whyRefused({ version, whenBusy, emergency, comeback }: ReleaseRequest): string | undefined {
    const vetoed = vetoes.find((veto) => veto.version === version);
    if (vetoed)
      return `${version} is vetoed since ${vetoed.at} by ${vetoed.by}: ${vetoed.reason}. To lift it: slipway veto ${memory.service} ${version} --lift --reason "…"`;
    const busy = underWay?.changeId ?? queue[0]?.changeId;
    const owed = emergency || comeback ? undefined : whyOwed(memory.service, debts.all(), now());
    if (owed !== undefined) return owed;
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
    // Demanded while it writes its records: it closes first, and then what it has adopted is known here.
    if (underWay?.changeId === of && patched('comeback-of-a-closing-release'))
      await condition(() => underWay?.changeId !== of);
    if (behind !== undefined) throw refusal('Refused', behind);
    const { person } = request.requester;
    const demand = { by: person, reason, at: now(), cause: 'person' as const };
    const comeback = comebackOf(standing(), { of, environment, demand });
    if (typeof comeback === 'string') throw refusal('Refused', comeback);
    const final = whyFinal(standing(), comeback);
    if (final !== undefined) throw refusal('Refused', final);
    return await once(key, () => number(asComeback(request, comeback), key, ''));
  }

  async function demanded(heard: Heard): Promise<void> {
    const said = readDemanded(heard);
    const request = pattern;
    if (!said || !request) {
      log.warn('a demand that says nothing, or before any release');
      return;
    }
    const comeback = comebackOf(standing(), { of: said.changeId, environment: said.environment, demand: said.demand });
    if (typeof comeback === 'string') {
      log.warn('a demand that cannot be followed', { why: comeback });
      return;
    }
    const key = `demand/${said.changeId}/${said.environment}`;
    if (accepted.has(key) || arriving.has(key)) return;
    await once(key, () => number(asComeback(request, comeback), key, ''));
  }

  async function carry(order: ReleaseOrder): Promise<void> {
    compared.delete(order.changeId);
    underWay = order;
    show();
    const child = await begin(order);
    await accompany(order, child, child.result());
  }

  async function begin(order: ReleaseOrder) {
    const { changeId, version, requester } = order;
    const vetoed = order.comeback ? undefined : vetoes.find((veto) => veto.version === version);
    const refusedBecause =
      order.refusedBecause ??
      (expired(order, now())
        ? `it was to begin by ${order.startBy ?? ''}`
        : ((vetoed && `${version} was vetoed: ${vetoed.reason}`) ??
          (order.emergency || order.comeback ? undefined : whyOwed(memory.service, debts.all(), now()))));
    return await startChild<typeof release>(workflowTypes.release, {
      workflowId: releaseId(order.service, changeId),
      args: [
        {
          ...order,
          ...(memory.asksRecords && { asksRecords: memory.asksRecords }),
          ...(holds.length > 0 && !order.comeback && { holds }),
          ...(refusedBecause !== undefined && { refusedBecause }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowTaskTimeout: '2 seconds',
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
  }

  /** The release of a mailbox that was ended from outside: it is no child of this one, and goes on all the same. */
  async function followOn(order: ReleaseOrder): Promise<void> {
    underWay = order;
    show();
    const workflowId = releaseId(order.service, order.changeId);
    const following = recording(`until ${order.changeId} has ended`);
    await accompany(order, getExternalWorkflowHandle(workflowId), following.releaseEnded({ workflowId }));
  }

  /** Waits for a release to end and passes on to it what it has to hear. */
  async function accompany(order: ReleaseOrder, to: Hearer, result: Promise<ReleaseOutcome>): Promise<void> {
    let over = false;
    const ending = result.catch((fault: unknown) => lost(order, faultOf(fault))).finally(() => (over = true));
    hearer = to;
    while (!over) {
      await condition(() => over || told.length > 0);
      for (const send of told.splice(0)) await send();
    }
    const outcome = await ending;
    hearer = undefined;
    settle(outcome, order);
    underWay = undefined;
    show();
  }

  function tellRelease(name: string, said: unknown): void {
    const to = hearer;
    if (to) told.push(() => to.signal(name, said).catch(() => undefined));
  }

  function settle(outcome: ReleaseOutcome, order: ReleaseOrder): void {
    if (settled.delete(order.changeId)) return;
    latest = [outcome, ...latest].slice(0, remembered.outcomes);
    const after = standingAfter(running, outcome, { ...order, sparesMended: memory.asksRecords === true }, now());
    running = after.running;
    for (const veto of after.vetoed) vetoes = withVeto(vetoes, veto);
    debts.owe(order, outcome);
  }

  /** The latest of each item counts; the release under way hears of it at once. */
  function showEvidence(heard: Heard): ServiceStanding {
    const { person, value } = vouched(heard, 'slipway evidence');
    const { evidence: said, roles } = value as EvidenceShown;
    const shown = { ...said, by: person };
    const why = whyNoEvidence(shown, { roles, now: now() });
    if (why !== undefined) throw refusal('Refused', why);
    keepEvidence(shown);
    return standing();
  }

  function keepEvidence(shown: Evidence): void {
    evidence = [...evidence.filter(({ item }) => item !== shown.item), shown];
    tellRelease(evidenceSignal.name, shown.item);
    show();
  }

  async function rehearse(heard: Heard): Promise<DrillUnderWay> {
    const { person, value } = vouched(heard, 'slipway drill');
    const order = { ...(value as DrillOrder), by: person, at: now() };
    const held = holds.find((hold) => stops(hold, memory.service, order.stage.environment));
    if (held) throw refusal('Refused', `the line is held (${held.scope}) by ${held.by}: ${held.reason}`);
    return await drills.begin(order, underWay?.changeId ?? queue[0]?.changeId);
  }

  async function review(heard: Heard): Promise<ServiceStanding> {
    const { person, value } = vouched(heard, 'slipway review');
    await debts.settle({ ...(value as Review), by: person });
    return standing();
  }

  /** Known at once, to the release under way too; then written down. */
  async function acknowledge(heard: Heard): Promise<ServiceStanding> {
    const { person, value } = vouched(heard, 'slipway acknowledge');
    const { roles, ...said } = value as SaidAcknowledgement;
    const why = whyNotAcknowledged(person, { roles, ...said });
    if (why !== undefined) throw refusal('Refused', why);
    const known = { ...said, by: person, at: now() };
    acknowledged = [...acknowledged, known].slice(-remembered.acknowledged);
    tellRelease(evidenceSignal.name, 'on-call-notified');
    const record = recording(`${person} has acknowledged ${known.changeId}`);
    await record.recordAcknowledgement({ service: memory.service, ...known });
    return standing();
  }

  function withdraw({ changeId, by, reason }: Withdrawal): ServiceStanding {
    const at = queue.findIndex((order) => order.changeId === changeId);
    const waits = queue[at];
    if (!waits || waits.refusedBecause !== undefined)
      throw refusal('Refused', `${changeId} does not wait for its turn`);
    queue[at] = { ...waits, refusedBecause: `${by}: ${reason}`, withdrawn: true };
    show();
    return standing();
  }

  function changeVeto({ kind, version, by, reason }: VetoChange): readonly Veto[] {
    const known = vetoes.find((v) => v.version === version);
    if (kind === 'lift' && !known)
      throw refusal(
        'Refused',
        `${version} is not vetoed; vetoed: ${vetoes.map((v) => v.version).join(', ') || 'nothing'}`,
      );
    if (kind === 'lift') vetoes = vetoes.filter((v) => v.version !== version);
    else if (!known) vetoes = withVeto(vetoes, { version, by, reason, at: now() });
    show();
    return vetoes;
  }

  /** Whose turn it is. Mailboxes of earlier releases tell whoever is refused by now before that. */
  function due(): ReleaseOrder | undefined {
    if (drills.underWay() || behind !== undefined) return undefined;
    return (memory.tellsBeside ? undefined : nextOver(queue, now())) ?? nextTurn(queue, now());
  }

  /** Who is refused while he waits is told so at once, whatever is under way: such a release touches nothing. */
  async function tellRefused(): Promise<never> {
    for (;;) {
      const [waiting, wait] = [queue.length, untilOver(queue, now())];
      const awake = (): boolean => nextOver(queue, now()) !== undefined || queue.length !== waiting;
      await (wait === undefined ? condition(awake) : condition(awake, wait));
      const order = nextOver(queue, now());
      if (!order) continue;
      queue.splice(queue.indexOf(order), 1);
      refused = [...refused, order];
      const child = await begin(order);
      settle(await child.result().catch((fault: unknown) => lost(order, faultOf(fault))), order);
      refused = refused.filter((other) => other !== order);
      show();
    }
  }

  function idle(): boolean {
    return queue.length === 0 && arriving.size === 0 && refused.length === 0 && !drills.underWay();
  }

  function remember(key: string, answer: Accepted): Accepted {
    accepted.set(key, answer);
    const [oldest] = accepted.keys();
    if (accepted.size > remembered.keys && oldest !== undefined) accepted.delete(oldest);
    return answer;
  }

  function known(arrives: readonly string[] = []): KnownChanges {
    return knownOf(standing(), [...arriving.keys(), ...arrives]);
  }

  function stopped(why: string): string {
    behind = why;
    show();
    return why;
  }

  async function lookBehind(order: ReleaseOrder): Promise<void> {
    compared.add(order.changeId);
    const why = await lookedBehind(order, { service: memory.service, known: known() });
    if (why !== undefined) stopped(behindText(memory.service, why));
  }

  /** What the engine had forgotten is known again; what it had as it was before is ended, and its end is not heard here. */
  async function reconcile(heard: Heard): Promise<Reconciled> {
    const { person, value } = vouched(heard, 'slipway reconcile');
    const mailbox = { service: memory.service, known: known(), memory: memoryNow() };
    const { accepted: keys, ...told } = await reconciled(value as ReconcileOrder, person, mailbox);
    if (told.found === undefined) behind = undefined;
    if (told.found === undefined || !told.records) return told;
    ({ running, latest, vetoes, evidence } = told);
    for (const [key, answer] of Object.entries(keys)) if (!accepted.has(key)) remember(key, answer);
    for (const changeId of told.over) settled.add(changeId);
    queue.splice(0, queue.length, ...queue.filter(({ changeId }) => !settled.has(changeId)));
    debts.restore(told.debts);
    drills.restore(told.drilled);
    behind = undefined;
    show();
    return told;
  }

  function memoryNow(): ServiceMemory {
    const { service: name } = memory;
    const known = Object.fromEntries(accepted);
    const waits = queue.length > 0 && { queue };
    const told = { ...(pattern && { pattern }), ...waits, ...(underWay && { underWay }) };
    const lasting = { tellsBeside: true, asksRecords: true } as const;
    const owed = {
      ...(debts.all().length > 0 && { debts: debts.all() }),
      ...(evidence.length > 0 && { evidence }),
      ...(acknowledged.length > 0 && { acknowledged }),
      ...drills.memory(),
    };
    return { service: name, running, latest, accepted: known, vetoes, holds, ...lasting, ...told, ...owed };
  }

  function standing(): ServiceStanding {
    const waiting = [...refused, ...queue].map(({ changeId }) => changeId);
    return {
      service: memory.service,
      running,
      queue: waiting,
      latest,
      vetoes,
      holds,
      ...(debts.all().length > 0 && { debts: debts.all() }),
      ...(evidence.length > 0 && { evidence }),
      ...(acknowledged.length > 0 && { acknowledged }),
      ...drills.standing(),
      ...(underWay && { underWay: underWay.changeId }),
      ...(behind !== undefined && { behind }),
    };
  }

  function show(): void {
    setCurrentDetails(serviceDetails(standing()));
  }
}

/** Whoever hears what a release is told: the child, or the one that is followed. */
interface Hearer {
  signal(name: string, said: unknown): Promise<void>;
}

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
