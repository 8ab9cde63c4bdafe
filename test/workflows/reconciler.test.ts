import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import type { Finding } from '../../src/domain/finding.js';
import {
  environmentQueue,
  reconcilerFindings,
  reconcilerId,
  recordQueue,
  releaseQueue,
  workflowTypes,
} from '../../src/messages.js';
import { bundlePath } from '../../workers/bundle.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { tuesday } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const aFinding = (service: string): Finding => ({
  ...{ kind: 'stuck', service, environment: 'production', since: tuesday },
  ...{ text: `${service} is stuck`, command: `slipway retry ${service}` },
});

describe('The reconciler', { timeout: 60_000 }, () => {
  let time: TestWorkflowEnvironment;
  before(async () => (time = await openSkippingTime()));
  after(() => time.teardown());

  it('fault 49: finds and shows the next thing while a channel takes no notice of the one before, and tells both in order', async () => {
    const found = [[aFinding('shop')], [aFinding('shop'), aFinding('cart')]];
    const told: string[] = [];
    let letIn = (): void => undefined;
    const open = new Promise<void>((resolve) => (letIn = resolve));
    let end = (): void => undefined;
    const over = new Promise<void>((resolve) => (end = resolve));
    const { nativeConnection: connection } = time;
    const workers = await Promise.all([
      Worker.create({ connection, taskQueue: releaseQueue, workflowBundle: { codePath: bundlePath } }),
      Worker.create({
        connection,
        taskQueue: environmentQueue('production'),
        activities: { compareWorld: () => found.shift() ?? over },
      }),
      Worker.create({
        connection,
        taskQueue: recordQueue,
        activities: {
          async notify({ text }: { readonly text: string }) {
            await open;
            told.push(text);
          },
        },
      }),
    ]);
    const runs = workers.map((worker) => worker.run());
    const handle = await time.client.workflow.start(workflowTypes.reconciler, {
      ...{ workflowId: reconcilerId('production'), taskQueue: releaseQueue },
      args: [{ environment: 'production', findings: [] }],
    });
    await eventually('both are shown', async () =>
      (await handle.query(reconcilerFindings)).length === 2 ? true : undefined,
    );
    assert.deepEqual(told, [], 'nobody has heard of either');
    letIn();
    await eventually('both are told', () => (told.length === 2 ? true : undefined));
    assert.deepEqual(told, ['shop is stuck. slipway retry shop', 'cart is stuck. slipway retry cart']);
    const engine = { client: () => Promise.resolve(time.client) };
    await recordHistory(engine, reconcilerId('production'), 'told-beside--reconciler');
    await handle.terminate();
    end();
    for (const worker of workers) worker.shutdown();
    await Promise.allSettled(runs);
  });
});
