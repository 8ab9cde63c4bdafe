import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import { releaseId } from '../../src/messages.js';
import { disturbHost } from '../support/disturbed-host.js';
import { eventually } from '../support/eventually.js';
import { faultStage, patient, quick, stepsOf } from '../support/fault-stage.js';
import { recordHistories } from '../support/histories.js';
import { asJson, sendSignal } from '../support/temporal-ui.js';

/** Cases of the fault list about orders, commands and approvals. Where other cases are told: test/faults/README.md. */
describe('the fault list: messages that are early, late, twice or do not arrive', { concurrency: 1 }, async () => {
  const { stage, started, said, viewOf, closed, holds } = await faultStage({ asked: patient, gated: quick }, ['asked']);

  it('faults 6 and 7: an order that is delayed until the way back is over is refused, and changes nothing', async () => {
    const between = await disturbHost(join(stage.dataDir, 'hosts/production'));
    try {
      let arrive = (): void => undefined;
      const delayed = new Promise<void>((resolve) => (arrive = resolve));
      let held: ((answer: { readonly status: number; readonly body: string }) => void) | undefined;
      const late = new Promise<{ readonly status: number; readonly body: string }>((resolve) => (held = resolve));
      let holding = false;
      between.with(async ({ response, pass, body }) => {
        const mine = !holding && body.includes('"kind":"shift"') && body.includes('"share":25');
        if (mine) {
          holding = true;
          await delayed;
        }
        const answer = await pass();
        if (mine) held?.(answer);
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
      const changeId = await started('asked', '1.1.0');
      await eventually('the order is under way', () => holding || undefined);
      assert.equal((await said('dave', changeId, 'rollback')).status, 200);
      assert.equal((await closed(changeId)).state, 'rolled-back');
      const world = await placeOf('asked');
      arrive();
      const answer = await late;
      assert.equal(answer.status, 409);
      assert.match(answer.body, /superseded/);
      assert.deepEqual(await placeOf('asked'), world);
      await holds('asked', changeId);
    } finally {
      await between.close();
    }
  });

  it('fault 9: while the platform cannot be reached no step is taken for done; healed, it is read back', async () => {
    const between = await disturbHost(join(stage.dataDir, 'hosts/production'));
    try {
      let orders = 0;
      between.with(async (order) => {
        if (orders === 0 && !order.body.includes('"kind":"shift"')) {
          return await order.through();
        }
        orders += 1;
        order.response.destroy();
      });
      const changeId = await started('asked', '1.2.0');
      await eventually('the shift is tried again and again', () => orders > 8 || undefined);
      assert.deepEqual(
        stepsOf(await viewOf(changeId))
          .map(({ id }) => id)
          .filter((id) => id > '03-shift'),
        [],
      );
      assert.equal((await said('dave', changeId, 'rollback')).status, 200);
      const before = orders;
      await eventually('the way back is tried as well', () => orders > before + 8 || undefined);
      assert.equal((await viewOf(changeId)).closedAt, undefined);
      between.with(undefined);
      assert.equal((await closed(changeId)).state, 'rolled-back');
      await holds('asked', changeId);
    } finally {
      await between.close();
    }
  });

  it('faults 11 and 14: what is said too early is refused by its rule and skips no gate; who approves twice counts once', async () => {
    const early = await stage.release('gated', '1.1.0');
    assert.equal((await said('alice', early, 'promote')).status, 409);
    assert.equal((await said('alice', early, 'resume')).status, 409);
    assert.equal((await said('dave', early, 'rollback')).status, 200);
    assert.equal((await closed(early)).state, 'withdrawn');
    const changeId = await stage.release('gated', '1.1.0');
    await stage.until(changeId, 'its gate', ({ state }) => state === 'awaiting-approval');
    for (const command of ['promote', 'skip', 'resume', 'retry'])
      assert.equal((await said('alice', changeId, command)).status, 409, command);
    const approve = (person: string) =>
      stage.ask(person, 'POST', `/v1/releases/${changeId}/approvals`, { decision: 'approve', comment: 'read it' });
    await Promise.all([approve('grace'), approve('grace')]);
    await sendSignal(stage, releaseId('gated', changeId), 'approve', asJson('grace'));
    await approve('grace');
    const view = await viewOf(changeId);
    assert.deepEqual([view.state, view.rollouts.length], ['awaiting-approval', 0]);
    await approve('oscar');
    const { state, outcome } = await closed(changeId);
    assert.equal(state, 'rolled-back'); // Nobody sends it requests: no data is not a pass.
    assert.match(outcome?.reason ?? '', /no request/);
    await holds('gated', changeId);
  });

  it('fault 29: of two releases that begin in the same moment one has its turn, and the other waits for it', async () => {
    const both = await Promise.all([stage.release('gated', '1.2.0'), stage.release('gated', '1.3.0')]);
    const states = await Promise.all(
      both.map((id) => stage.until(id, 'settled', ({ state }) => ['awaiting-approval', 'queued'].includes(state))),
    );
    assert.deepEqual(states.map(({ state }) => state).sort(), ['awaiting-approval', 'queued']);
    const inTurn = states[0]?.state === 'queued' ? [...both].reverse() : both;
    const [first = '', second = ''] = inTurn;
    assert.equal((await said('dave', second, 'rollback')).status, 200);
    const { state, outcome } = await closed(second);
    assert.deepEqual([state, outcome?.reason], ['withdrawn', 'dave: the fault list']);
    assert.equal((await viewOf(first)).state, 'awaiting-approval');
    assert.equal((await said('dave', first, 'rollback')).status, 200);
    assert.equal((await closed(first)).state, 'withdrawn');
    await recordHistories(stage, 'gated', second, 'withdrawn-in-the-queue', ['service', 'release']);
  });

  async function placeOf(service: string) {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const place = report?.places.find((one) => one.service === service);
    return {
      share: place?.traffic.share,
      stable: place?.fleet.stable?.artifact.tag,
      candidate: place?.fleet.candidate,
    };
  }
});
