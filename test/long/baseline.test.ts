import assert from 'node:assert/strict';
import { readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import { releaseId, rolloutId } from '../../src/messages.js';
import { deployLogOf } from '../support/deploy-log.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { closedWhole } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { slipway } from '../support/slipway-cli.js';
import { openStage, type Stage } from '../support/stage.js';

const canary = '{ kind: canary, shares: [10, 40, 100], window: 8s, afterwards: 3s, every: 1s, baseline: fresh }';

/** A canary that is compared with as many instances of the stable version, as old as its own and with as many users. */
describe('a canary beside a fresh baseline, on real parts and under load', { concurrency: 1, timeout: 300_000 }, () => {
  let stage: Stage;
  let load: Load;
  before(async () => {
    stage = await openStage({ shop: canary }, { environments: ['production'], latency: '5s' });
    load = await opened(stage, 'shop', { requestsPerSecond: 60 });
  });
  after(async () => {
    await load.stop();
    await stage.close();
  });

  it('is planned plainly, as it is read before it is approved', async () => {
    const env = { SLIPWAY_TOKEN: stage.token('alice') };
    const { out, err } = await slipway(['plan', 'shop', '1.1.0'], { cwd: stage.directory, env });
    assert.match(out, /start 2 of 1\.0\.0 afresh as the baseline/, err);
    assert.match(out, /stop the baseline 1\.0\.0/);
  });

  it('a good one is adopted: both have had about as many users, and nothing is left of the baseline', async () => {
    const changeId = await released('1.1.0');
    await baselineOf('1.0.0');
    const view = await closedWhole(stage, 'shop', changeId);
    assert.equal(view.state, 'succeeded', view.outcome?.reason);
    const { observations, steps } = await deployLogOf(stage, view);
    assert.deepEqual(
      observations.map(({ share, compared_with: control }) => [share, control]),
      [
        [10, 'a fresh baseline'],
        [40, 'a fresh baseline'],
        [100, undefined],
      ],
    );
    for (const { share, stable, candidate } of observations.slice(0, 2)) {
      // Counted in one look of the proxy, between two of which a few requests are under way.
      const most = Math.max(stable.requests, candidate.requests);
      const counted = `${share} %: ${stable.requests} and ${candidate.requests}`;
      assert.ok(most >= 20 && Math.abs(stable.requests - candidate.requests) <= 4, counted);
    }
    assert.ok(steps.some(({ what }) => what === 'start 2 of 1.0.0 afresh as the baseline'));
    assert.equal((await place()).fleet.baseline, undefined);
    await recordHistories(stage, 'shop', changeId, 'fresh-baseline');
  });

  it('a bad one is rolled back, compared with the baseline, and no baseline is left', async () => {
    const changeId = await released('2.0.0');
    const view = await closedWhole(stage, 'shop', changeId);
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.match(view.outcome?.reason ?? '', /error-rate .* is above .*the fresh baseline's 0 % in the same window/);
    const { steps, rollback } = await deployLogOf(stage, view);
    const incident = await readFile(join(stage.directory, rollback?.incident ?? ''), 'utf8');
    assert.match(incident, /\d+ requests, 0 errors, p95 \d+ ms \(a fresh baseline\)/);
    const back = steps.filter(({ direction }) => direction === 'back').map(({ what }) => what);
    assert.deepEqual(back, [
      'move all traffic back to the stable lane',
      'stop the baseline 1.1.0',
      'stop the candidate 2.0.0',
    ]);
    assert.equal((await place()).fleet.baseline, undefined);
    await recordHistories(stage, 'shop', changeId, 'fresh-baseline-taken-back', ['rollout']);
  });

  it('one that somebody ended in the Temporal UI is mended by one command, its baseline too', async () => {
    const changeId = await released('1.3.0');
    await baselineOf('1.1.0');
    const client = await stage.client();
    for (const id of [releaseId('shop', changeId), rolloutId('production', 'shop')])
      await client.workflow.getHandle(id).terminate('by mistake');
    assert.ok((await place()).fleet.baseline, 'nobody has ended it yet');
    const mending = await stage.ask('dave', 'POST', '/v1/services/shop/rollback', { reason: 'mend' });
    assert.equal(mending.status, 202, JSON.stringify(mending.body));
    const { state, outcome } = await closedWhole(stage, 'shop', mending.body.changeId);
    assert.equal(state, 'succeeded', outcome?.reason);
    const { fleet, traffic } = await place();
    assert.deepEqual(
      [fleet.stable?.artifact.version, fleet.candidate, fleet.baseline],
      ['1.1.0', undefined, undefined],
    );
    assert.equal(traffic.share, 0);
  });

  it('a baseline that falls ill ends it, and it is said that it was the baseline; no baseline is left', async () => {
    const changeId = await released('1.2.0');
    await baselineOf('1.1.0');
    await breakBaseline();
    const view = await closedWhole(stage, 'shop', changeId);
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.match(view.outcome?.reason ?? '', /failed health check of the baseline: shop-1\.1\.0-/);
  });

  it('no customer was turned away by it', () => {
    const { sent, failed } = load.sentBetween('2020-01-01T00:00:00.000Z', new Date().toISOString());
    assert.ok(sent > 0 && failed < sent / 10, `${failed} of ${sent}: those of 2.0.0`);
  });

  async function released(version: string): Promise<string> {
    const changeId = await stage.release('shop', version);
    await stage.approve(changeId);
    return changeId;
  }

  async function place() {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const found = report?.places.find(({ service }) => service === 'shop');
    assert.ok(found);
    return found;
  }

  /** Up, of this version, and with users. */
  const baselineOf = (version: string) =>
    eventually(`a baseline of ${version}`, async () => {
      const { fleet, traffic, sample } = await place();
      const isUp = fleet.baseline?.artifact.version === version && traffic.share > 0;
      return isUp && (sample.baseline?.requests ?? 0) > 0 ? true : undefined;
    });

  /** Its process dies, and cannot be started again. */
  async function breakBaseline(): Promise<void> {
    const folder = join(stage.dataDir, 'hosts/production');
    const { baseline } = JSON.parse(await readFile(join(folder, 'places/shop.json'), 'utf8')) as Written;
    for (const {
      id,
      process: { pid },
    } of baseline.instances) {
      const program = join(folder, 'instances', id, 'server.mjs');
      await rename(program, `${program}.gone`);
      process.kill(pid, 'SIGKILL');
    }
  }
});

interface Written {
  readonly baseline: {
    readonly instances: readonly { readonly id: string; readonly process: { readonly pid: number } }[];
  };
}
