import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { clockApart } from '../../src/adapters/temporal/clock-apart.js';
import { hours, seconds } from '../../src/domain/duration.js';
import { heraldId, releaseQueue, workflowTypes } from '../../src/messages.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { openSkippingTime } from '../support/skipping-time.js';

/** The clock of this machine beside that of a real engine, which goes ahead when it is told to. */
describe('fault 33: how far the clock of a machine is from the engine’s', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [] });
    await time.client.workflow.start(workflowTypes.herald, { workflowId: heraldId, taskQueue: releaseQueue });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('is nothing much at first, and an hour once the engine is an hour ahead', async () => {
    const first = (await clockApart(time.client, seconds(60))) ?? assert.fail('nothing is told');
    assert.ok(Math.abs(first) < seconds(30), `${first} ms`);
    const begun = Date.now();
    await time.sleep(hours(1));
    const passed = Date.now() - begun;
    const then = (await clockApart(time.client, seconds(60))) ?? assert.fail('nothing is told');
    // The hour that the engine was told to pass is the machine's too, for as long as that took.
    assert.ok(Math.abs(then - first + hours(1) - passed) < seconds(30), `${then} ms, ${passed} ms of them here too`);
  });
});
