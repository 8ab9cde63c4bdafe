import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Load, startLoad } from '../../src/demo/load.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { openStage, type Stage, type View } from '../support/stage.js';

/** Whatever dies: the release goes on, no effect is repeated, no customer of the stable lane notices, no record is lost. */
describe('kill -9', () => {
  let stage: Stage;
  let load: Load;
  let began: string;
  before(async () => {
    const shop = '{ kind: canary, shares: [25, 100], window: 4s, afterwards: 2s, every: 1s }';
    stage = await openStage({ shop }, { environments: ['production'] });
    const changeId = await stage.release('shop', '1.0.0');
    await stage.approve(changeId);
    const url = await stage.production('shop');
    await eventually('the shop is open', async () => ((await fetch(`${url}/version`)).ok ? true : undefined));
    load = startLoad({ url, requestsPerSecond: 15 });
    began = new Date().toISOString();
    await ended(changeId);
  });
  after(async () => {
    await load.stop();
    await stage.close();
  });

  it('of the workers in the middle of a canary window: the window goes on, its samples with it', async () => {
    const changeId = await started('1.1.0');
    await observing(changeId);
    await killWorkers();
    assert.equal((await ended(changeId)).state, 'succeeded');
    await recordHistories(stage, 'shop', changeId, 'workers-killed-in-a-window');
  });

  it('of the workers in the middle of a shift: it is taken once, or goes back once', async () => {
    const changeId = await started('1.2.0');
    await stage.until(changeId, 'smoke is over', ({ rollouts }) => hasBegun(rollouts, '03-shift'));
    await killWorkers();
    assert.equal((await ended(changeId)).state, 'succeeded');
  });

  it('of the Temporal server in a window: it is started again on its data, and the release goes on', async () => {
    const changeId = await started('1.1.0');
    await observing(changeId);
    const { engine } = await stage.pids();
    process.kill(engine, 'SIGKILL');
    assert.equal((await ended(changeId)).state, 'succeeded');
  });

  it('of the whole of `slipway start`: customers are served meanwhile, and the next start goes on', async () => {
    const changeId = await started('1.2.0');
    await observing(changeId);
    const { start, engine, workers } = await stage.pids();
    const at = new Date().toISOString();
    for (const pid of [start, engine, ...workers]) process.kill(pid, 'SIGKILL');
    await eventually('a second of customers without Slipway', () => (served(at).sent > 15 ? true : undefined));
    assert.equal(served(at).failed, 0);
    await stage.startAgain();
    assert.equal((await ended(changeId)).state, 'succeeded');
    await recordHistories(stage, 'shop', changeId, 'everything-killed-in-a-window');
  });

  it('has cost no customer anything', () => {
    const { sent, failed } = served(began);
    assert.equal(failed, 0, `${failed} of ${sent} requests failed`);
  });

  it('has repeated no effect: in the ledger every key stands once', async () => {
    const keys = (await stage.ledger('shop')).map(({ key }) => key);
    assert.ok(keys.length >= 5 * 3);
    assert.equal(new Set(keys).size, keys.length);
  });

  it('has lost and doubled no record, and the chain verifies', async () => {
    const { verified, findings } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
    const { body } = await stage.ask('alice', 'GET', '/v1/releases?service=shop&limit=20');
    const releases = body['releases'] as readonly { changeId: string; state: string }[];
    assert.deepEqual(releases.map(({ changeId }) => changeId.slice(-2)).sort(), ['01', '02', '03', '04', '05']);
    for (const { changeId } of releases) {
      const archive = `artifacts/integration/deployment-archive/${changeId}-shop/transcript.md`;
      assert.ok(existsSync(join(stage.directory, archive)), archive);
    }
  });

  async function started(version: string): Promise<string> {
    const changeId = await stage.release('shop', version);
    await stage.approve(changeId);
    return changeId;
  }

  const observing = (changeId: string): Promise<View> =>
    stage.until(changeId, 'observing', ({ rollouts }) => hasBegun(rollouts, '04-observe'));

  /** The step of production that is under way or over. */
  const hasBegun = (rollouts: View['rollouts'], step: string): boolean =>
    rollouts.some((r) => r.environment === 'production' && r.steps.some(({ id }) => id === step));

  async function ended(changeId: string): Promise<View> {
    const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    assert.notEqual(view.outcome, undefined);
    return {
      ...view,
      state: view.outcome?.kind === 'succeeded' ? 'succeeded' : `${view.state}: ${view.outcome?.reason ?? ''}`,
    };
  }

  async function killWorkers(): Promise<void> {
    const { workers } = await stage.pids();
    assert.ok(workers.length > 0);
    for (const pid of workers) process.kill(pid, 'SIGKILL');
  }

  const served = (from: string) => load.sentBetween(from, new Date().toISOString());
});
