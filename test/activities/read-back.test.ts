import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { EnvironmentActivities } from '../../activities/contract.js';
import { createEnvironmentActivities, type EnvironmentTools } from '../../activities/environment.js';
import { anArtifact } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const [old, here, next] = [anArtifact('0.8.0'), anArtifact('0.9.0'), anArtifact('1.0.0')];
const fence = { key: 'run/1/03-shift', generation: 1, place };

/** A platform that says of everything that it is done, and stays as it was. */
function lying() {
  const nothing = (): Promise<unknown> => Promise.resolve({});
  const instance = { id: 'shop-0', lane: 'candidate', digest: here.digest, version: here.version, healthy: true };
  const candidate = { artifact: here, instances: [instance] };
  const world = { generation: 1, stable: { artifact: old, instances: [] }, candidate };
  const fleet = { read: () => Promise.resolve(world), start: nothing, stop: nothing, adopt: nothing };
  const traffic = { read: () => Promise.resolve({ share: 5 }), shift: nothing };
  const tools: unknown = { fleet, traffic };
  return createEnvironmentActivities(tools as EnvironmentTools);
}

const effects: Readonly<Record<string, readonly [(on: EnvironmentActivities) => Promise<unknown>, RegExp]>> = {
  shift: [(on) => on.shiftTraffic({ ...fence, share: 25, expected: 5 }), /gives the candidate 5 %; wanted 25 %/],
  'a shift on the way back': [(on) => on.shiftTraffic({ ...fence, share: 0 }), /gives the candidate 5 %; wanted 0 %/],
  start: [
    (on) => on.startCandidate({ ...fence, artifact: next, instances: 2, from: old }),
    /the candidate lane of shop in production is sha256:\S+; wanted sha256:/,
  ],
  stop: [(on) => on.stopCandidate(fence), /the candidate lane .* is sha256:\S+; wanted nothing/],
  adoption: [
    (on) => on.adoptCandidate({ ...fence, digest: here.digest }),
    /the stable lane .* is sha256:\S+; wanted sha256:/,
  ],
};

/** Fault list, case 8: 200 with an old state. */
describe('fault 8: a platform that says done while nothing has changed is not believed', () => {
  for (const [name, [ask, says]] of Object.entries(effects))
    it(name, async () => {
      const run = new MockActivityEnvironment().run(() => ask(lying()));
      await assert.rejects(run, says);
    });
});
