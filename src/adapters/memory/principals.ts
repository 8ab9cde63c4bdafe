import type { Principals, SignalSender } from '../../ports/principals.js';

/** Says of every signal what `says` holds at that moment: nothing, until somebody sets it. */
export interface MemoryPrincipals extends Principals {
  says: SignalSender;
}

export const createMemoryPrincipals = (): MemoryPrincipals => ({
  says: { afterReset: false },
  senderOf() {
    return Promise.resolve(this.says);
  },
});
