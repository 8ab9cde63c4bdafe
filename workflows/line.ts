import {
  allHandlersFinished,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  setCurrentDetails,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { concerns, type LineChange } from '../src/domain/line.js';
import type { Hold } from '../src/domain/rollout.js';
import { holdsSignal, lineHolds, lineUpdate, serviceId } from '../src/messages.js';
import { now } from './clock.js';
import { refusal } from './commands.js';
import { lineDetails } from './details.js';

/** What the line remembers from run to run. */
export interface LineMemory {
  readonly holds: readonly Hold[];
}

/**
 * The line: there is one, and it runs or is held, as a whole, for one environment or for one service. Who holds it says
 * why, and every mailbox is told. A way back is never held.
 */
export async function line(memory: LineMemory): Promise<never> {
  let { holds } = memory;

  setHandler(lineHolds, () => holds, { description: 'Every hold in force.' });
  setHandler(lineUpdate, change, {
    description: 'Hold the line or let it run (the front door does).',
    validator: refuseSenseless,
  });
  setDefaultSignalHandler(() => undefined);
  show();

  await condition(() => workflowInfo().continueAsNewSuggested && allHandlersFinished());
  return await continueAsNew<typeof line>({ holds });

  /** The same hold again changes nothing; letting go what is not held is refused, so that nobody believes it was. */
  async function change({ kind, scope, by, reason, services }: LineChange): Promise<readonly Hold[]> {
    const held = holds.find((hold) => hold.scope === scope);
    if (kind === 'release' && !held)
      throw refusal('Refused', `${scope} is not held; held: ${holds.map((h) => h.scope).join(', ') || 'nothing'}`);
    if (kind === 'hold' && held) return holds;
    holds = kind === 'hold' ? [...holds, { scope, by, reason, at: now() }] : holds.filter((h) => h.scope !== scope);
    show();
    await Promise.all(services.map(tell));
    return holds;
  }

  /** A mailbox that is not there yet is given the holds with its first release. */
  async function tell(service: string): Promise<void> {
    const about = holds.filter((hold) => concerns(hold, service));
    await getExternalWorkflowHandle(serviceId(service))
      .signal(holdsSignal.name, about)
      .catch(() => undefined);
  }

  function show(): void {
    setCurrentDetails(lineDetails(holds));
  }
}

/** Only the front door speaks here. */
function refuseSenseless(change: unknown): void {
  const { kind, scope, by, reason, services } = (change ?? {}) as Partial<LineChange>;
  const texts = [scope, by, reason].every((text) => typeof text === 'string' && text !== '');
  if ((kind === 'hold' || kind === 'release') && texts && Array.isArray(services)) return;
  throw refusal('Refused', 'not a change of the line: it is held at the front door, POST /v1/line');
}
