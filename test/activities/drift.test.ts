import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { type DriftTools, lookForDrift } from '../../activities/drift.js';
import { createMemoryDrift } from '../../src/adapters/memory/drift.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import type { DriftSeen } from '../../src/domain/drift.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import { anArtifact, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const current = anArtifact('1.1.0');

/** What is found of the shop, whose 1.1.0 is recorded and runs, with a baseline of it. */
async function found(underWay?: string): Promise<DriftSeen> {
  const world = createMemoryWorld();
  const fleet = createMemoryFleet(world);
  world.at(place).stable = { artifact: current, instances: ['shop-1'] };
  await fleet.startBaseline({ place, artifact: current, instances: 2, fence: { key: 'run/1/02', generation: 1 } });
  const running = { production: { current, since: tuesday, changeId: 'change-20261124-01' } };
  const standing = { running, ...(underWay !== undefined && { underWay }) } as unknown as ServiceStanding;
  const tools: DriftTools = {
    ...{ fleet, flags: createMemoryFlags({ production: [] }), drift: createMemoryDrift(), services: ['shop'] },
    workflows: { standing: () => Promise.resolve(standing) },
  };
  const env = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() });
  const looked: Promise<DriftSeen> = env.run(() => lookForDrift(tools, 'production'));
  return await looked;
}

describe('a fresh baseline, as the drift watch sees it', () => {
  it('is no drift while a release is under way, which ends it itself', async () => {
    const { findings, passedOver } = await found('change-20261124-02');
    assert.deepEqual([findings, passedOver], [[], ['shop']]);
  });

  it('is told where nothing is under way any more, with the command that ends it', async () => {
    const { findings } = await found();
    assert.deepEqual(
      findings.map(({ kind, about, command }) => [kind, about, command]),
      [['moved', 'baseline', 'slipway release shop 1.1.0']],
    );
    assert.match(
      findings[0]?.text ?? '',
      /^2 of shop 1\.1\.0 run in production as the baseline of a rollout that is no/,
    );
  });
});
