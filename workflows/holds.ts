import { setHandler } from '@temporalio/workflow';
import type { Hold } from '../src/domain/rollout.js';
import { type Heard, holdsSignal } from '../src/messages.js';

/** Registers the signal by which a service tells which holds are in force; what has another shape is not heard. */
export function hearHolds(changed: (holds: readonly Hold[]) => void): void {
  setHandler(
    holdsSignal,
    (heard: Heard) => {
      if (heard.ok && Array.isArray(heard.value) && heard.value.every(isHold)) changed(heard.value);
    },
    { description: 'All holds in force (the mailbox of the service tells them).' },
  );
}

const isHold = (met: unknown): met is Hold => {
  const hold = (met ?? {}) as Partial<Record<keyof Hold, unknown>>;
  return [hold.scope, hold.by, hold.reason, hold.at].every((text) => typeof text === 'string');
};
