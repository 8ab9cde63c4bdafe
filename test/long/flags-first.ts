import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Load } from '../../src/demo/load.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { opened } from '../support/opened.js';
import type { Stage, View } from '../support/stage.js';

/** The service this page is told of, by strategy. */
export const boundServices = { gated: '{ kind: canary, shares: [50, 100], window: 3s, afterwards: 2s, every: 1s }' };

/** A release that is bound to flags: they go off, and it is looked at again, before its version goes back. */
export const flagsFirst = (at: () => Stage): void => {
  describe('that a release is bound to', { concurrency: 1 }, () => {
    let load: Load;
    before(async () => (load = await opened(at(), 'gated')));
    after(() => load.stop());

    it('goes off when the figures fail; what passes without it stays, and the records say so', async () => {
      await turnOn('express');
      const view = await released('7.0.0', 'express');
      assert.equal(view.state, 'succeeded', view.outcome?.reason);
      assert.deepEqual(taken(view), ['04-observe fail', '04-observe-express pass', '04-observe pass']);
      assert.equal(await evaluated('express'), false);
      const log = await readFile(join(at().directory, 'docs/change-log.md'), 'utf8');
      assert.match(
        log,
        new RegExp(
          `${view.changeId} .*deployed gated 7\\.0\\.0 to production.*flag express set to off, because.*DEC-DEPLOY-`,
        ),
      );
      const [decision = 'none'] = view.outcome?.records.filter((path) => path.includes('flag-express-off')) ?? [];
      assert.match(await readFile(join(at().directory, decision), 'utf8'), /express was set to off at/);
      await recordHistories(at(), 'gated', view.changeId, 'flag-first', ['release', 'rollout']);
    });

    it('is not enough where the version itself is bad: then that goes back as well', async () => {
      await turnOn('banner');
      const view = await released('2.0.0', 'banner');
      assert.equal(view.state, 'rolled-back', view.outcome?.reason);
      assert.deepEqual(taken(view), ['04-observe fail', '04-observe-banner pass', '04-observe fail']);
      assert.equal(await evaluated('banner'), false);
    });

    it('and is off already saves nobody a second look', async () => {
      await at().ask('alice', 'POST', '/v1/services/gated/veto', { version: '2.0.0', lift: true, reason: 'again' });
      const view = await released('2.0.0', 'banner');
      assert.equal(view.state, 'rolled-back', view.outcome?.reason);
      assert.deepEqual(taken(view), ['04-observe fail', '04-observe-banner pass']);
    });
  });

  async function released(version: string, flag: string): Promise<View> {
    const body = { service: 'gated', version, flags: [flag] };
    const key = { 'idempotency-key': `gated-${Math.random()}` };
    const { status, body: answer } = await at().ask('alice', 'POST', '/v1/releases', body, key);
    assert.equal(status, 202, JSON.stringify(answer));
    await at().approve(answer.changeId);
    return await at().until(answer.changeId, 'closed', ({ closedAt }) => closedAt !== undefined);
  }

  /** What became of the first window, and of what was done about it. */
  function taken({ rollouts }: View): readonly string[] {
    const steps = rollouts.find(({ environment }) => environment === 'production')?.steps as readonly Step[];
    return steps
      .filter(({ id, direction, step }) => id.startsWith('04-') && (direction === 'forth' || step.kind === 'set-flag'))
      .map(({ id, verdict }) => `${id} ${verdict?.kind ?? 'open'}`);
  }

  async function turnOn(flag: string): Promise<void> {
    if ((await evaluated(flag)) === true) return;
    const to = { environment: 'production', reason: 'the campaign', to: 'on' };
    const path = `/v1/flags/production/${flag}/change`;
    await at().ask('alice', 'PUT', `/v1/flags/${flag}`, to, { 'idempotency-key': `${flag}-${Math.random()}` });
    for (const person of ['grace', 'oscar'])
      await eventually(`${person} approves`, async () => {
        const { status } = await at().ask(person, 'POST', `${path}/approvals`, { decision: 'approve', comment: 'go' });
        return status === 200 ? true : undefined;
      });
    await eventually(`${flag} is on`, async () => ((await evaluated(flag)) === true ? true : undefined));
  }

  async function evaluated(flag: string): Promise<unknown> {
    const { body } = await at().ask('dave', 'POST', `/ofrep/v1/evaluate/flags/${flag}?environment=production`, {});
    return body['value'];
  }
};

interface Step {
  readonly id: string;
  readonly direction: 'forth' | 'back';
  readonly step: { readonly kind: string };
  readonly verdict?: { readonly kind: string };
}
