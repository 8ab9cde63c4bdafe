import {
  allHandlersFinished,
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
import type { ReleaseOrder, ReleaseOutcome } from '../src/domain/release.js';
import type { Accepted, Running, ServiceStanding, Submission } from '../src/domain/service.js';
import { releaseId, serviceStanding, submitUpdate, workflowTypes } from '../src/messages.js';
import { recording } from './activities.js';
import {
  changeAttribute,
  environmentAttribute,
  serviceAttribute,
  stateAttribute,
  versionAttribute,
} from './attributes.js';
import { now } from './clock.js';
import { serviceDetails } from './details.js';
import { faultOf } from './faults.js';
import type { release } from './release.js';

/** What a service remembers from run to run. */
export interface ServiceMemory {
  readonly service: string;
  readonly running: Readonly<Record<string, Running>>;
  /** By idempotency key, oldest first; across runs Temporal's own memory of update ids does not reach. */
  readonly accepted: Readonly<Record<string, Accepted>>;
  readonly latest: readonly ReleaseOutcome[];
}

const remembered = { keys: 500, outcomes: 20 };

/**
 * The serial mailbox of one service: everything that must be decided one at a time is decided here. One release at a
 * time; the others queue. Lives for ever, and starts a new run only while idle.
 */
export async function service(memory: ServiceMemory): Promise<never> {
  const queue: ReleaseOrder[] = [];
  const accepted = new Map(Object.entries(memory.accepted));
  const arriving = new Map<string, Promise<Accepted>>();
  let { running, latest } = memory;
  let underWay: string | undefined;

  setHandler(serviceStanding, standing, { description: 'What runs where, what is under way, what waits.' });
  setHandler(submitUpdate, submit, {
    description: 'Ask for a release (the front door does).',
    validator: (submission) => refuseSenseless(submission, memory.service),
  });
  setDefaultSignalHandler((name) => log.warn('signal to a service, which hears none', { signal: name.slice(0, 60) }));
  show();

  for (;;) {
    await condition(() => queue.length > 0 || (workflowInfo().continueAsNewSuggested && arriving.size === 0));
    const order = queue.shift();
    if (order) await carry(order);
    else {
      await condition(allHandlersFinished);
      if (queue.length === 0) await continueAsNew<typeof service>(memoryNow());
    }
  }

  /** Numbered and written down first, then queued. The same key gets the same answer, now and later. */
  async function submit({ request, key, fingerprint }: Submission): Promise<Accepted> {
    const known = accepted.get(key);
    if (known) return known;
    const arrived = arriving.get(key) ?? number();
    arriving.set(key, arrived);
    return await arrived;

    async function number(): Promise<Accepted> {
      try {
        const eventId = `open/${request.service}/${key}`;
        const ask = recording(`change id for ${request.service} ${request.version}`);
        const { changeId } = await ask.openChange({ eventId, request });
        const answer = { changeId, fingerprint, ahead: queue.length + (underWay === undefined ? 0 : 1) };
        remember(key, answer);
        queue.push({ ...request, changeId });
        show();
        return answer;
      } finally {
        arriving.delete(key);
      }
    }
  }

  async function carry(order: ReleaseOrder): Promise<void> {
    const { changeId, version, requester } = order;
    underWay = changeId;
    show();
    const child = await startChild<typeof release>(workflowTypes.release, {
      workflowId: releaseId(order.service, changeId),
      args: [order],
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
    const outcome = await child.result().catch((fault: unknown) => lost(order, faultOf(fault)));
    settle(outcome);
    underWay = undefined;
    show();
  }

  function settle(outcome: ReleaseOutcome): void {
    latest = [outcome, ...latest].slice(0, remembered.outcomes);
    const { artifact, changeId } = outcome;
    if (!artifact) return;
    for (const environment of outcome.adopted) {
      const former = running[environment]?.current;
      running = { ...running, [environment]: { current: artifact, ...(former && { former }), since: now(), changeId } };
    }
  }

  function remember(key: string, answer: Accepted): void {
    accepted.set(key, answer);
    const [oldest] = accepted.keys();
    if (accepted.size > remembered.keys && oldest !== undefined) accepted.delete(oldest);
  }

  function memoryNow(): ServiceMemory {
    return { service: memory.service, running, latest, accepted: Object.fromEntries(accepted) };
  }

  function standing(): ServiceStanding {
    const waiting = queue.map(({ changeId }) => changeId);
    return { service: memory.service, running, queue: waiting, latest, ...(underWay !== undefined && { underWay }) };
  }

  function show(): void {
    setCurrentDetails(serviceDetails(standing()));
  }
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
  const refusal = new Error(
    `not a submission for ${service}: releases are asked for at the front door, POST /v1/releases`,
  );
  refusal.stack = '';
  throw refusal;
}
