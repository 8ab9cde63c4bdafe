import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import { aftercareId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { opened } from '../support/opened.js';
import { openStage, type Stage, type View } from '../support/stage.js';

const quick = '{ kind: canary, shares: [25, 100], window: 2s, afterwards: 2s, every: 1s }';

/** SPEC-0701, Monitoring Windows: what comes after a release, on real parts and under load. */
describe('after the release has ended', () => {
  let stage: Stage;
  let load: Load;
  before(async () => {
    stage = await openStage(
      { asked: quick },
      { environments: ['production'], production: 'aftercare: 20s', latency: '2s' },
    );
    load = await opened(stage, 'asked', { requestsPerSecond: 20 });
  });
  after(async () => {
    await load.stop();
    await stage.close();
  });

  describe('the former version is kept warm', () => {
    it('and comes back when a person says so, without a process being started; once is enough', (t) =>
      adopted('1.1.0', async (changeId) => {
        const warm = await instancesOf('former');
        assert.equal(warm.length, 2);
        const demand = () =>
          stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'customers call' });
        const storm = { service: 'asked', reason: 'a storm' };
        assert.equal((await stage.ask('dave', 'POST', '/v1/holds', storm)).status, 200);
        const { status, body } = await demand(); // A way back is never held.
        assert.equal(status, 202, JSON.stringify(body));
        const view = await closed(body.changeId);
        assert.equal(view.state, 'succeeded', view.outcome?.reason);
        assert.equal(view.outcome?.comebackOf, changeId);
        t.diagnostic(`safe after ${view.outcome.timeToSafeMs} ms`);
        assert.equal((await stage.ask('alice', 'POST', '/v1/holds', { ...storm, lift: true })).status, 200);
        assert.deepEqual(await instancesOf('stable'), warm);
        assert.deepEqual(await instancesOf('former'), []);
        const page = view.outcome.records.find((path) => path.endsWith('incident.md')) ?? '';
        assert.match(await readFile(join(stage.directory, page), 'utf8'), /1\.1\.0/);
        assert.match(String((await demand()).body['detail']), /runs nowhere any more/);
        const again = await stage.ask('alice', 'POST', '/v1/releases', { service: 'asked', version: '1.1.0' }, key());
        assert.match(String(again.body['detail']), /1\.1\.0 is vetoed/);
        await recordHistories(stage, 'asked', body.changeId, 'comeback', ['service', 'release', 'rollout']);
      }));

    it('fault 28: and comes back by itself when a fault shows only then', () =>
      adopted('8.0.0', async (changeId) => {
        const back = await comebackOf(changeId);
        assert.equal(back.kind, 'succeeded', back.reason);
        assert.match(back.reason, /aftercare: .*error-rate/);
        const production = await stage.production('asked');
        assert.deepEqual(await (await fetch(`${production}/version`)).json(), { version: '1.0.0' });
      }));

    it('fault 20: and comes back when Request Cancellation is said to its aftercare in the Temporal UI', () =>
      adopted('1.3.0', async (changeId) => {
        const client = await stage.client();
        await client.workflow.getHandle(aftercareId('production', 'asked', changeId)).cancel();
        const back = await comebackOf(changeId);
        assert.equal(back.kind, 'succeeded', back.reason);
        assert.match(back.reason, /the Temporal UI: cancellation of the aftercare was requested/);
        await recordHistories(stage, 'asked', changeId, 'aftercare-cancelled', ['aftercare']);
      }));

    it('and is retired when its time is over', () =>
      adopted('1.2.0', async (changeId) => {
        assert.equal((await instancesOf('former')).length, 2);
        await eventually('its end', async () => ((await instancesOf('former')).length === 0 ? true : undefined), {
          every: 300,
        });
        assert.equal((await instancesOf('stable')).length, 2);
        await recordHistories(stage, 'asked', changeId, 'aftercare-over', ['aftercare']);
      }));
  });

  it('leaves records whose hash chain verifies', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
  });

  /** Customers are there; the version is released, to its end. */
  async function adopted(version: string, work: (changeId: string) => Promise<void>): Promise<void> {
    const { changeId, state, outcome } = await stage.carry('asked', version);
    assert.equal(state, 'succeeded', outcome?.reason);
    await work(changeId);
  }

  const comebackOf = (changeId: string): Promise<NonNullable<View['outcome']>> =>
    eventually(
      'the comeback',
      async () => {
        const { body } = await stage.ask('alice', 'GET', '/v1/services/asked');
        const latest = body['latest'] as readonly NonNullable<View['outcome']>[];
        return latest.find((one) => one.comebackOf === changeId);
      },
      { every: 300 },
    );

  async function instancesOf(lane: 'stable' | 'former'): Promise<readonly string[]> {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const place = report?.places.find((one) => one.service === 'asked');
    return (place?.fleet[lane]?.instances ?? []).map(({ id }) => id).sort();
  }

  const closed = (changeId: string): Promise<View> =>
    stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);

  const key = () => ({ 'idempotency-key': `again-${Math.random()}` });
});
