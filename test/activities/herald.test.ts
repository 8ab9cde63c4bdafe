import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { tellChanges, type ToldSoFar } from '../../activities/herald.js';
import type { Acknowledgement } from '../../src/domain/acknowledgement.js';
import { after, minutes, seconds } from '../../src/domain/duration.js';
import type { ReleaseProgress } from '../../src/domain/release.js';
import type { Notice } from '../../src/ports/notifier.js';
import type { ReleaseNow } from '../../src/ports/workflows.js';
import { aRelease } from '../support/memory-desk.js';
import { tuesday } from '../support/orders.js';

const roster = { dave: ['on-call'], grace: ['governance-sentinel'] };

const shop = (state: string): ReleaseNow => ({
  ...{ workflowId: 'release/shop/change-20261124-01', changeId: 'change-20261124-01' },
  ...{ service: 'shop', version: '1.1.0', state },
});

describe('people are told of each state that a release comes to', () => {
  let told: Notice[];
  let deaf: boolean;
  let runs: boolean;
  let carried: ToldSoFar | undefined;
  let more: Partial<ReleaseProgress>;
  let acknowledged: readonly Acknowledgement[];
  let now: string;
  beforeEach(() => {
    told = [];
    deaf = false;
    runs = false;
    carried = undefined;
    more = {};
    acknowledged = [];
    now = tuesday;
  });

  /** One attempt; what it has told. */
  async function look(...releases: readonly ReleaseNow[]): Promise<readonly string[]> {
    const env = new MockActivityEnvironment({ heartbeatDetails: carried });
    env.on('heartbeat', (beat: ToldSoFar) => (carried = beat));
    const before = told.length;
    const tools = {
      workflows: {
        latestReleases: () => Promise.resolve(releases),
        isRunning: () => Promise.resolve(runs),
        standing: () => Promise.resolve({ service: 'shop', running: {}, queue: [], latest: [], acknowledged }),
        progressOf: () => {
          const state = releases[0]?.state as 'rolling-out';
          return Promise.resolve({ ...aRelease().progress, environment: 'production', state, ...more });
        },
      },
      notices: { repeat: minutes(15), escalate: { after: minutes(60), to: 'governance-sentinel' } },
      roster,
      notifier: {
        tell: (notice: Notice) => (deaf ? Promise.reject(new Error('no')) : Promise.resolve(void told.push(notice))),
      },
    };
    const ended: unknown = await env.run(() => tellChanges(tools, seconds(2), now)).catch((fault: unknown) => fault);
    assert.ok(ended instanceof ApplicationFailure && ended.category === 'BENIGN', String(ended));
    return told.slice(before).map(({ text }) => text);
  }

  it('once, each with a key of its own; what is there at the very first look is not told', async () => {
    assert.deepEqual(await look(shop('building')), []);
    assert.match((await look(shop('rolling-out'))).join(), /is given to users in production/);
    assert.deepEqual(await look(shop('rolling-out')), []);
    assert.match((await look(shop('going-back'))).join(), /goes back in production/);
    assert.match((await look(shop('rolling-out'))).join(), /is given to users/);
    assert.equal(new Set(told.map(({ key }) => key)).size, 3);
  });

  it('also of one that is new since the last look', async () => {
    await look();
    assert.match((await look(shop('building'))).join(), /has begun: alice asks for it/);
  });

  it('fault 49: again, under the same key, where a channel took nothing', async () => {
    await look(shop('building'));
    deaf = true;
    assert.deepEqual(await look(shop('rolling-out')), []);
    deaf = false;
    assert.equal((await look(shop('rolling-out'))).length, 1);
    assert.equal(told[0]?.key, 'state/change-20261124-01/0/rolling-out');
  });

  it('of its end once, though the list of the engine lags behind', async () => {
    await look(shop('rolling-out'));
    const { changeId, service, version } = shop('');
    const about = { changeId, service, version, reason: 'it is stable', adopted: [], records: [] };
    more = { outcome: { ...about, kind: 'succeeded' } };
    assert.deepEqual(await look(shop('recording')), []);
    assert.match((await look(shop('succeeded'))).join(), /has ended, succeeded: it is stable/);
  });

  it('also of one that was ended from outside', async () => {
    await look(shop('rolling-out'));
    assert.match((await look(shop('lost'))).join(), /was ended from outside/);
  });

  it('not of one that was reset and goes on, while the list of the engine still shows the run before', async () => {
    await look(shop('rolling-out'));
    runs = true;
    assert.deepEqual(await look(shop('lost')), []);
    assert.deepEqual(await look(shop('rolling-out')), []);
    assert.match((await look(shop('going-back'))).join(), /goes back in production/);
  });

  const later = (least: number): void => void (now = after(tuesday, minutes(least)));
  const known = (): void => void (acknowledged = [{ changeId: 'change-20261124-01', by: 'dave', at: now }]);

  it('of what is urgent again, until whoever is on call has acknowledged it; after an hour others too', async () => {
    await look(shop('rolling-out'));
    assert.match(
      (await look(shop('going-back'))).join(),
      /goes back in production.*dave is on call: slipway acknowledge/,
    );
    later(14);
    assert.deepEqual(await look(shop('going-back')), []);
    later(15);
    assert.deepEqual(await look(shop('rolled-back')), []);
    assert.match(
      (await look(shop('rolled-back'))).join(),
      /^Nobody has acknowledged for 15 min: shop 1\.1\.0 .* went back\./,
    );
    assert.deepEqual(await look(shop('rolled-back')), []);
    later(60);
    assert.match(
      (await look(shop('rolled-back'))).join(),
      /^ESCALATED to governance-sentinel \(grace\)\. Nobody .* for 1 h/,
    );
    known();
    later(80);
    assert.deepEqual(await look(shop('rolled-back')), []);
    assert.equal(carried?.urgent?.['change-20261124-01']?.acknowledged, true);
    assert.equal(new Set(told.map(({ key }) => key)).size, told.length);
  });

  it('of a rollback no more once it was acknowledged, but of what comes after it', async () => {
    await look(shop('rolling-out'));
    await look(shop('going-back'));
    later(1);
    known();
    await look(shop('going-back'));
    later(20);
    await look(shop('rolled-back'));
    assert.deepEqual(await look(shop('rolled-back')), []);
    await look(shop('stuck'));
    later(40);
    assert.match((await look(shop('stuck'))).join(), /for 20 min: .* is stuck: its way back cannot be taken/);
  });

  it('of an emergency from its beginning; what was acknowledged of another change, or before, does not count', async () => {
    await look();
    const { order, ...rest } = aRelease().progress;
    const emergency = { reason: 'nobody can pay', escalateAfter: minutes(5), reviewWithin: minutes(60) };
    more = { ...rest, order: { ...order, emergency } };
    assert.match((await look(shop('building'))).join(), /slipway acknowledge change-20261124-01$/);
    acknowledged = [
      { changeId: 'change-20261124-02', by: 'dave', at: after(tuesday, 1) },
      { changeId: 'change-20261124-01', by: 'dave', at: after(tuesday, -1) },
    ];
    later(15);
    assert.match((await look(shop('building'))).join(), /is an emergency/);
  });

  it('fault 49: a call that no channel takes is tried again, under the same key', async () => {
    await look(shop('rolling-out'));
    await look(shop('going-back'));
    later(15);
    deaf = true;
    await look(shop('going-back'));
    deaf = false;
    later(16);
    assert.equal((await look(shop('going-back'))).length, 1);
    assert.equal(carried?.urgent?.['change-20261124-01']?.calls, 2);
  });

  it('of what is under way and urgent when the telling begins anew; of what had ended by then no more', async () => {
    await look({ ...shop('lost'), changeId: 'change-20261124-09' }, shop('stuck'));
    later(15);
    const calls = await look({ ...shop('lost'), changeId: 'change-20261124-09' }, shop('stuck'));
    assert.equal(calls.length, 1);
    assert.match(calls.join(), /Nobody has acknowledged for 15 min: shop 1\.1\.0 \(change-20261124-01\) is stuck/);
  });
});
