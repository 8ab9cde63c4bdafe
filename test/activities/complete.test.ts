import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createEnvironmentActivities, type EnvironmentTools } from '../../activities/environment.js';
import type { FleetStatus } from '../../src/ports/fleet.js';
import { anArtifact } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const artifact = anArtifact();
const { digest, version } = artifact;
const fence = { key: 'run/1/03-shift', generation: 1 };

/** A fleet whose candidate has eight instances, `stale` of them left at another digest; and what was done to it. */
function eight(stale: number) {
  const done: string[] = [];
  const instances = Array.from({ length: 8 }, (_, i) => {
    const of = i < stale ? 'sha256:0ld' : digest;
    return {
      id: `shop-${i}`,
      lane: 'candidate',
      digest: of,
      version,
      healthy: true,
      url: 'http://127.0.0.1:1',
    } as const;
  });
  const lane = { artifact, instances };
  const status = (): FleetStatus => ({
    generation: 1,
    ...(done.includes('adopt') ? { stable: lane } : { candidate: lane }),
  });
  const fleet = { read: () => Promise.resolve(status()), adopt: () => Promise.resolve(void done.push('adopt')) };
  let share = 0;
  const shift = (ask: { readonly share: number }) => {
    share = ask.share;
    return Promise.resolve(void done.push('shift'));
  };
  const traffic = { shift, read: () => Promise.resolve({ share }) };
  const tools = { fleet, traffic } as unknown as EnvironmentTools;
  return { activities: createEnvironmentActivities(tools), done };
}

const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work);

/** Knight Capital, 2012: seven of eight servers were given the new code, and the eighth had users. */
describe('a cut-over', () => {
  const cutOvers = {
    shift: ({ activities }: ReturnType<typeof eight>) =>
      activities.shiftTraffic({ ...fence, place, share: 5, expected: 0, digest }),
    adoption: ({ activities }: ReturnType<typeof eight>) => activities.adoptCandidate({ ...fence, place, digest }),
  };
  for (const [name, cutOver] of Object.entries(cutOvers)) {
    it(`fault 10, ${name}: one stale instance of eight stops it, by name, and nothing is done`, async () => {
      const world = eight(1);
      await assert.rejects(
        run(() => cutOver(world)),
        (fault: Error & { type?: string }) => {
          assert.match(fault.message, /1 of 8 do not run .*: shop-0 runs/);
          assert.equal(fault.type, 'moved-by-others');
          return true;
        },
      );
      assert.deepEqual(world.done, []);
    });

    it(`${name}: eight of eight go`, async () => {
      const world = eight(0);
      await run(() => cutOver(world));
      assert.equal(world.done.length, 1);
    });
  }

  it('on the way back asks no candidate what it runs', async () => {
    const world = eight(8);
    await run(() => world.activities.shiftTraffic({ ...fence, place, share: 0 }));
    assert.deepEqual(world.done, ['shift']);
  });
});
