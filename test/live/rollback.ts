import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { hostStatus } from '../../src/adapters/local/ensure-host.js';
import type { Load } from '../../src/demo/load.js';
import { releaseId, rolloutId } from '../../src/messages.js';
import { recordHistories } from '../support/histories.js';
import { opened } from '../support/opened.js';
import type { Stage, View } from '../support/stage.js';
import { asJson, sendSignal } from '../support/temporal-ui.js';

const canary = '{ kind: canary, shares: [25, 100], window: 3s, afterwards: 2s, every: 1s }';

/** Looks as rarely as the windows of the spec do. */
const slow = '{ kind: canary, shares: [25, 100], window: 30s, afterwards: 6s, every: 6s }';

/** The services these pages are told of, by strategy. */
export const rollbackServices = { judged: canary, smoked: canary, asked: slow };
export const rollbackWords = { asked: '    way-back: { shares: [10], every: 500ms }\n' };

/** SPEC-0701, Rollback Triggers and Procedures, each on a service of its own. */
export const rollback = (stage: Stage): void => {
  describe('the way back is taken', { concurrency: 4 }, () => {
    describe('of one service, again and again', { concurrency: 1 }, () => {
      let load: Load;
      before(async () => (load = await opened(stage, 'judged')));
      after(() => load.stop());

      it('by judgement: a candidate that fails customers goes back by itself, and leaves an incident', async (t) => {
        const view = await stage.carry('judged', '2.0.0');
        wentBack(view, /error-rate/);
        await recordHistories(stage, 'judged', view.changeId, 'rolled-back-by-judgement');
        const { records = [], timeToDetectMs, timeToSafeMs } = view.outcome ?? {};
        assert.ok(timeToDetectMs !== undefined && timeToSafeMs !== undefined);
        t.diagnostic(`safe after ${timeToSafeMs} ms`);
        const incident = records.find((path) => path.endsWith('incident.md')) ?? '';
        assert.match(await readFile(join(stage.directory, incident), 'utf8'), /Time to safe/);
        assert.ok(records.some((path) => path.includes('DEC-DEPLOY-')));
        assert.ok(records.every((path) => existsSync(join(stage.directory, path))));
        assert.equal(await share('judged'), 0);
      });

      it('by health: an instance that stops answering its health check is reason enough', async () => {
        wentBack(await stage.carry('judged', '4.0.0'), /failed health check/);
      });

      it('by a signal of the Temporal UI while an activity runs, which is not waited for', async () => {
        const changeId = await stage.release('judged', '6.0.0');
        await stage.approve(changeId);
        // Its instances need 60 s to be ready.
        await stage.until(changeId, 'starting', ({ rollouts }) => rollouts.some((r) => r.state === 'running'));
        const demanded = Date.now();
        await sendSignal(
          stage,
          releaseId('judged', changeId),
          'rollback',
          asJson({ person: 'dave', reason: 'no time' }),
        );
        const view = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
        wentBack(view, /dave: no time/);
        assert.ok(Date.parse(view.closedAt ?? '') - demanded < 45_000, 'the start that was under way was waited for');
      });
    });

    it('by smoke: a version that fails its smoke suite meets no customer', async () => {
      await rejected('smoked');
      wentBack(await stage.carry('smoked', '3.0.0'), /smoke/);
    });

    it('by a person over HTTP, in the middle of a window, and in steps where that is asked for', async () => {
      const load = await opened(stage, 'asked');
      try {
        const changeId = await stage.release('asked', '1.2.0');
        await stage.approve(changeId);
        await stage.until(changeId, 'observing', ({ rollouts }) =>
          rollouts.some((r) => r.environment === 'production' && r.share === 25),
        );
        const { status, body } = await stage.ask('dave', 'POST', `/v1/releases/${changeId}/rollback`, {
          reason: 'customers call',
        });
        assert.equal(status, 200, JSON.stringify(body));
        wentBack(
          await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined),
          /dave: customers call/,
        );
        const shares = (await stage.ledger('asked')).flatMap(
          ({ what }) => /^shift (\d+) %/.exec(String(what))?.[1] ?? [],
        );
        assert.deepEqual(shares.slice(-3), ['25', '10', '0']);
        await recordHistories(stage, 'asked', changeId, 'rolled-back-by-a-person');
      } finally {
        await load.stop();
      }
    });
  });

  it('leaves records whose hash chain verifies, and a ledger in which every effect stands once', async () => {
    const { findings, verified } = await stage.audit();
    assert.deepEqual(findings, []);
    assert.ok(verified);
    for (const service of ['judged', 'asked']) {
      const keys = (await stage.ledger(service)).map(({ key }) => key);
      assert.equal(new Set(keys).size, keys.length, service);
    }
  });

  it('is not taken twice: what went back already is refused, with what can be done instead', async () => {
    const { body } = await stage.ask('alice', 'GET', '/v1/services/asked');
    const [latest] = body['latest'] as readonly { changeId: string }[];
    const answer = await stage.ask('dave', 'POST', `/v1/releases/${latest?.changeId ?? ''}/rollback`, {
      reason: 'late',
    });
    assert.equal(answer.status, 409);
    assert.match(String(answer.body['detail']), /went back already.*name the environment/);
    assert.ok(await (await stage.client()).workflow.getHandle(rolloutId('production', 'asked')).describe());
  });

  function wentBack(view: View, reason: RegExp): void {
    assert.equal(view.state, 'rolled-back', view.outcome?.reason);
    assert.equal(view.outcome?.environment, 'production');
    assert.match(view.outcome.reason, reason);
  }

  /** A first release that nobody wants in production. */
  async function rejected(service: string): Promise<void> {
    const changeId = await stage.release(service, '1.0.0');
    await stage.until(changeId, 'awaiting approval', ({ state }) => state === 'awaiting-approval');
    await stage.ask('grace', 'POST', `/v1/releases/${changeId}/approvals`, {
      decision: 'reject',
      comment: 'not today',
    });
    const { state, outcome } = await stage.until(changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
    assert.equal(state, 'refused');
    assert.match(outcome?.reason ?? '', /grace rejected it: not today/);
    await recordHistories(stage, service, changeId, 'rejected', ['release']);
  }

  async function share(service: string): Promise<number | undefined> {
    const report = await hostStatus({ dataDir: stage.dataDir, environment: 'production' });
    return report?.places.find((place) => place.service === service)?.traffic.share;
  }
};
