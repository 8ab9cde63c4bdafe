import assert from 'node:assert/strict';
import { mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import { releaseId, rolloutId } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { checkInvariants } from '../support/invariants.js';
import { opened } from '../support/opened.js';
import { openStage, type View } from '../support/stage.js';

const patient = '{ kind: canary, shares: [25, 100], window: 60s, afterwards: 2s, every: 1s }';

/** Ways back that people make difficult: where nothing lives any more, and by a button that is meant for something else. */
describe('the way back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-gate-'));
  const gatePid = join(folder, 'pid');
  const stage = await openStage(
    { stuck: patient, cancelled: patient, built: patient },
    {
      ...{ environments: ['production'], startWithin: '90s', latency: '2s' },
      gate: `if grep -q 8.0.0 VERSION; then echo $$ > ${gatePid}; exec sleep 600; fi`,
    },
  );
  after(async () => {
    await stage.close();
    await rm(folder, { recursive: true });
  });

  describe('of one service beside another', { concurrency: 3 }, () => {
    describe('faults 21 and 24: is stuck when nothing lives where it leads', { concurrency: 1 }, () => {
      let load: Load;
      before(async () => (load = await opened(stage, 'stuck')));
      after(() => load.stop());

      it('mended and retried, it ends well', async () => {
        const { changeId, revive } = await stuckWith('1.2.0');
        await revive();
        await said('dave', changeId, 'retry', 'it lives again');
        wentBack(await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined), /dave: look/);
        await recordHistories(stage, 'stuck', changeId, 'stuck-and-retried');
      });

      it('a step is skipped, and yet what is all that lives is not stopped; taken over, one command mends it later', async () => {
        const { changeId, revive } = await stuckWith('1.1.0');
        await said('alice', changeId, 'skip', 'the stable lane is lost');
        const view = await stage.until(changeId, 'stuck again', (seen) => /all that lives/.test(waitingOf(seen)));
        assert.match(waitingOf(view), /has 25 % of the traffic and is all that lives: it is not stopped.*take-over/);
        assert.equal((await place('stuck')).fleet.candidate?.instances.filter(({ healthy }) => healthy).length, 2);
        await said('alice', changeId, 'take-over', 'by hand');
        const { state, outcome } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
        assert.equal(state, 'taken-over');
        assert.match(outcome?.reason ?? '', /move all traffic back to the stable lane; .*stop the candidate 1\.1\.0/);
        await recordHistories(stage, 'stuck', changeId, 'skipped-and-taken-over');
        await revive();
        const mending = await stage.ask('dave', 'POST', '/v1/services/stuck/rollback', { reason: 'mend' });
        assert.equal(mending.status, 202, JSON.stringify(mending.body));
        const mended = await stage.until(mending.body.changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
        assert.equal(mended.state, 'succeeded', mended.outcome?.reason);
        const { traffic, fleet } = await place('stuck');
        assert.deepEqual([traffic.share, fleet.candidate], [0, undefined]);
      });
    });

    it('is short while it is still being built: nothing was done, the build ends with all it started', async () => {
      const changeId = await stage.release('built', '8.0.0');
      const pid = await eventually(
        'the gate runs',
        async () => Number(await readFile(gatePid, 'utf8').catch(() => '')) || undefined,
      );
      await said('dave', changeId, 'rollback', 'the wrong commit');
      const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
      assert.equal(view.state, 'withdrawn', view.outcome?.reason);
      assert.match(view.outcome?.reason ?? '', /dave: the wrong commit/);
      assert.deepEqual(view.rollouts, []);
      await eventually('the gate is over', () => (isAlive(pid) ? undefined : true));
      await recordHistories(stage, 'built', changeId, 'rolled-back-while-building', ['release']);
      const next = await stage.release('built', '1.2.0'); // nothing holds it up
      await stage.until(next, 'its gate', ({ state }) => state === 'awaiting-approval');
      await said('dave', next, 'abort', 'it was the test');
    });

    it('fault 20: by Request Cancellation in the Temporal UI, as orderly as by any other word', async () => {
      const load = await opened(stage, 'cancelled');
      try {
        for (const [version, workflowId] of [
          ['1.1.0', (changeId: string) => releaseId('cancelled', changeId)],
          ['1.2.0', () => rolloutId('production', 'cancelled')],
        ] as const) {
          const changeId = await observing('cancelled', version);
          await (await stage.client()).workflow.getHandle(workflowId(changeId)).cancel();
          const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
          wentBack(view, /the Temporal UI: cancellation was requested/);
          assert.equal(await share('cancelled'), 0);
          await recordHistories(
            stage,
            'cancelled',
            changeId,
            version === '1.1.0' ? 'release-cancelled' : 'rollout-cancelled',
          );
        }
        const waits = await stage.release('cancelled', '1.3.0');
        await stage.until(waits, 'its gate', ({ state }) => state === 'awaiting-approval');
        await (await stage.client()).workflow.getHandle(releaseId('cancelled', waits)).cancel();
        const { state } = await stage.until(waits, 'closed', ({ closedAt }) => closedAt !== undefined);
        assert.equal(state, 'withdrawn');
        await recordHistories(stage, 'cancelled', waits, 'cancelled-at-the-gate', ['release']);
      } finally {
        await load.stop();
      }
    });
  });

  it('leaves every invariant as it was', async () => {
    for (const service of ['stuck', 'cancelled']) {
      const { body } = await stage.ask('alice', 'GET', `/v1/services/${service}`);
      const [latest] = body['latest'] as readonly { readonly changeId: string }[];
      assert.deepEqual(await checkInvariants(stage, service, latest?.changeId ?? ''), []);
    }
  });

  function wentBack(view: View, reason: RegExp): void {
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.equal(view.outcome?.environment, 'production');
    assert.match(view.outcome.reason, reason);
  }

  /** Carried as far as the first observation in production. */
  async function observing(service: string, version: string): Promise<string> {
    const changeId = await stage.release(service, version);
    await stage.approve(changeId);
    await stage.until(changeId, 'observing', ({ rollouts }) =>
      rollouts.some((r) => r.environment === 'production' && r.share === 25),
    );
    return changeId;
  }

  async function said(person: string, changeId: string, command: string, reason: string): Promise<void> {
    const { status, body } = await stage.ask(person, 'POST', `/v1/releases/${changeId}/${command}`, { reason });
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** A release that is to go back to a lane whose processes are dead and cannot be started; `revive` mends that. */
  async function stuckWith(version: string) {
    const changeId = await observing('stuck', version);
    const stable = await stableInstances('stuck');
    for (const { program, pid } of stable) {
      await rename(program, `${program}.gone`);
      process.kill(pid, 'SIGKILL');
    }
    await eventually('stable is dead', async () => ((await allSick('stuck')) ? true : undefined));
    await said('dave', changeId, 'rollback', 'look');
    const view = await stage.until(changeId, 'stuck', ({ state }) => state === 'stuck');
    assert.match(waitingOf(view), /healthy.*slipway retry/);
    const revive = async (): Promise<void> => {
      for (const { program } of stable) await rename(`${program}.gone`, program);
      await eventually('stable lives again', async () => ((await allSick('stuck')) ? undefined : true));
    };
    return { changeId, revive };
  }

  const waitingOf = (view: View): string => JSON.stringify(view['waiting']);

  async function place(service: string) {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    const found = report?.places.find((p) => p.service === service);
    assert.ok(found, `${service} has no place in production`);
    return found;
  }

  const share = async (service: string): Promise<number> => (await place(service)).traffic.share;

  async function allSick(service: string): Promise<boolean> {
    const { fleet } = await place(service);
    return fleet.stable?.instances.every((instance) => !instance.healthy) ?? false;
  }

  /** The processes of the stable lane, and the file each was started from. */
  async function stableInstances(service: string): Promise<readonly { pid: number; program: string }[]> {
    const folder = join(stage.dataDir, 'hosts/production');
    const { stable } = JSON.parse(await readFile(join(folder, 'places', `${service}.json`), 'utf8')) as SavedPlace;
    return stable.instances.map(({ id, process: { pid } }) => ({
      pid,
      program: join(folder, 'instances', id, 'server.mjs'),
    }));
  }
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

interface SavedPlace {
  readonly stable: {
    readonly instances: readonly { readonly id: string; readonly process: { readonly pid: number } }[];
  };
}
