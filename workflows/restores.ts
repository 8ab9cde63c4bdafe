import { log, setHandler } from '@temporalio/workflow';
import type { Evidence } from '../src/domain/readiness.js';
import { evidenceOfRestore } from '../src/domain/restore-test.js';
import { type Heard, restoreTestedSignal } from '../src/messages.js';
import { dataIn } from './activities.js';

/** Hears that a restore was rehearsed, and looks at the proof of it: what anybody says of one is no evidence. */
export function hearRestores(service: string, shown: (evidence: Evidence) => void): void {
  setHandler(
    restoreTestedSignal,
    async (heard: Heard) => {
      const environment = heard.ok && typeof heard.value === 'string' ? heard.value : undefined;
      if (environment === undefined || environment.length > 64) return;
      try {
        const proof = await dataIn(environment, `the latest restore of ${service}`).restoreTested({
          place: { service, environment },
        });
        if (proof) shown(evidenceOfRestore(environment, proof));
      } catch (fault) {
        log.warn('a rehearsed restore could not be looked at', { service, environment, why: String(fault) });
      }
    },
    { description: 'A restore was rehearsed in this environment (its workflow tells it).' },
  );
}
