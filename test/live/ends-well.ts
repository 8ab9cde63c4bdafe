import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recordHistories } from '../support/histories.js';
import { opened } from '../support/opened.js';
import type { Stage } from '../support/stage.js';

/** The services this page is told of, by strategy. */
export const strategyServices = {
  green: '{ kind: blue-green, afterwards: 2s, every: 1s }',
  rolling: '{ kind: rolling, batches: 2, afterwards: 2s, every: 1s }',
};

export const strategies = (stage: Stage): void => {
  describe('side by side', { concurrency: 2 }, () => {
    for (const service of Object.keys(strategyServices))
      it(`${service}: ends well, and no customer notices`, () => endsWell(stage, service, 12));
  });
};

/** A service is opened, and its next version released under load: no customer notices, and each effect is applied once. */
export async function endsWell(stage: Stage, service: string, requestsPerSecond: number): Promise<void> {
  const load = await opened(stage, service, { requestsPerSecond });
  try {
    const from = new Date().toISOString();
    const { state, changeId, outcome } = await stage.carry(service, '1.1.0');
    assert.equal(state, 'succeeded', outcome?.reason);
    const { sent, failed } = load.sentBetween(from, new Date().toISOString());
    assert.equal(failed, 0, `${failed} of ${sent} customer requests failed`);
    assert.ok(sent > 20, `only ${sent} requests were sent`);
    await recordHistories(stage, service, changeId, `good-${service}`, ['service', 'release', 'rollout']);
  } finally {
    await load.stop();
  }
  const keys = (await stage.ledger(service)).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length, 'every effect is applied once');
}
