import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startLoad } from '../../src/demo/load.js';
import { countEvents } from '../support/histories.js';
import { openStage, type Stage } from '../support/stage.js';
import { endsWell } from './ends-well.js';

/** The process of the specification as its users have it: a canary through dev, staging and production. */
describe('a good release, on real parts and under load', () => {
  let stage: Stage;
  before(async () => {
    stage = await openStage({ canary: '{ kind: canary, window: 3s, afterwards: 2s, every: 1s }' });
  });
  after(() => stage.close());

  it('by canary, through three environments', () => endsWell(stage, 'canary', 30));

  it('costs exactly so many events of history', async () => {
    const { body } = await stage.ask('alice', 'GET', '/v1/services/canary');
    const [latest] = body['latest'] as readonly { changeId: string }[];
    const counted = await countEvents(stage, 'canary', latest?.changeId ?? '');
    assert.deepEqual(counted, { service: 20, release: 101, dev: 24, staging: 24, production: 60 });
    const counts = Object.values(counted);
    assert.ok(counts.reduce((a, b) => a + b) <= 240 && Math.max(...counts) <= 130);
  });

  it('a rollback in its second canary step costs no more than 240 events, from commit to closed', async (t) => {
    const load = startLoad({ url: await stage.production('canary'), requestsPerSecond: 30 });
    try {
      const changeId = await stage.release('canary', '1.2.0');
      await stage.approve(changeId);
      await stage.until(changeId, 'the second step', ({ rollouts }) =>
        rollouts.some(({ environment, share }) => environment === 'production' && share === 25),
      );
      const said = await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'customers call' });
      assert.equal(said.status, 200);
      const { state } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
      assert.equal(state, 'rolled-back');
      const counted = await countEvents(stage, 'canary', changeId);
      const total = Object.values(counted).reduce((a, b) => a + b);
      assert.ok(total <= 240, `${total}: ${JSON.stringify(counted)}`);
      t.diagnostic(`${total} events: ${JSON.stringify(counted)}`);
    } finally {
      await load.stop();
    }
  });

  it('leaves records whose hash chain verifies', async () => {
    const { verified, findings, records } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified && records >= 3 * 5);
  });
});
