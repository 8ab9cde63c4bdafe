import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { DriftOrder, DriftSeen } from '../../src/domain/drift.js';
import type { Finding } from '../../src/domain/finding.js';
import { startOf } from '../../src/mailbox.js';
import { driftScheduleOf, reconcilerFindings, reconcilerId, releaseQueue, workflowTypes } from '../../src/messages.js';
import { theFlags } from '../ports/flags-suite.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { anArtifact, tuesday } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

/** The shop's 1.1.0 is recorded in production, where nothing runs; a flag is as its change has left it. */
describe('the drift watch', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  before(async () => {
    time = await openSkippingTime();
    // Nothing here waits: a client that lets no time be skipped.
    client = new Client({ connection: time.connection });
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [], flags: theFlags });
    const running = { production: { current: anArtifact('1.1.0'), since: tuesday, changeId: 'change-20261124-01' } };
    const memory = { service: 'shop', running, accepted: {}, latest: [], tellsBeside: true } as const;
    await client.workflow.start(workflowTypes.service, startOf(memory));
    await client.workflow.start(workflowTypes.reconciler, {
      ...{ workflowId: reconcilerId('production'), taskQueue: releaseQueue },
      args: [{ environment: 'production', findings: [] }],
    });
    const to = { kind: 'variant', variant: 'on' } as const;
    const fence = { key: 'run/1/set', generation: 1 };
    await slipway.flags.set({ environment: 'production', flag: 'new-checkout', to, fence });
  });
  after(async () => {
    await client.workflow.getHandle(reconcilerId('production')).terminate();
    await slipway.close();
    await time.teardown();
  });

  let runs = 0;
  const watch = async (how: DriftOrder['how'], workflowId = `watch-${(runs += 1)}`): Promise<readonly string[]> => {
    const { findings } = await client.workflow.execute<(of: DriftOrder) => Promise<DriftSeen>>(
      workflowTypes.driftWatch,
      { ...{ workflowId, taskQueue: releaseQueue }, args: [{ environment: 'production', how, by: 'alice' }] },
    );
    return findings.map(({ kind }) => kind);
  };
  const shown = (): Promise<readonly Finding[]> =>
    client.workflow.getHandle(reconcilerId('production')).query(reconcilerFindings);
  const told = (wanted: RegExp) =>
    eventually(`people are told ${String(wanted)}`, () => slipway.told.find(({ text }) => wanted.test(text)));

  it('looks without telling anybody', async () => {
    assert.deepEqual(await watch('look'), ['moved']);
    assert.deepEqual([await shown(), slipway.told], [[], []]);
  });

  it('tells people once what is new, with the command that restores it, and shows it until it is over', async () => {
    await watch('tell', driftScheduleOf('production'));
    await told(/^shop in production runs nothing, and 1\.1\.0.* is recorded.*\. slipway release shop 1\.1\.0$/);
    slipway.drift.answers.set('production', { run: 'plan', kind: 'drift', said: 'exit code 2' });
    assert.deepEqual(await watch('tell'), ['moved', 'configuration']);
    await told(/^production: the configuration is not as it is written: plan: exit code 2\. plan$/);
    assert.deepEqual(
      (await shown()).map(({ kind }) => kind),
      ['moved', 'configuration'],
    );
    slipway.drift.answers.clear();
    await watch('tell');
    await told(/^command in production: configuration is over$/);
    assert.equal(slipway.told.filter(({ text }) => text.startsWith('shop in production runs nothing')).length, 1);
    assert.deepEqual(
      (await shown()).map(({ kind }) => kind),
      ['moved'],
    );
    const engine = { client: () => Promise.resolve(client) };
    await recordHistory(engine, driftScheduleOf('production'), 'drift-told--drift-watch');
    await recordHistory(engine, reconcilerId('production'), 'drift-told-and-over--reconciler');
  });

  it('what is no finding is not heard', async () => {
    await client.workflow.getHandle(reconcilerId('production')).signal('drift', [{ kind: 'moved' }]);
    assert.deepEqual((await shown()).length, 1);
  });
});
