import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { after as later, hours } from '../../src/domain/duration.js';
import type { Evidence } from '../../src/domain/readiness.js';
import { startOf } from '../../src/mailbox.js';
import { releaseQueue, formerSchedules, workflowTypes } from '../../src/messages.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { openSkippingTime } from '../support/skipping-time.js';

const year = hours(24 * 365);

/** The shop was drilled 364 days ago, which is good for a year; the cart was never released. */
describe('fault 52: the reminder of a drill', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  before(async () => {
    time = await openSkippingTime();
    client = new Client({ connection: time.connection });
    const governed = ['shop', 'cart'].map((service) => ({
      ...{ service, production: ['production'] },
      policy: { 'rollback-rehearsed': { maxAge: year } },
    }));
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [], governed });
    const drilled: Evidence = {
      ...{ item: 'rollback-rehearsed', by: 'slipway', source: 'system', what: 'shop went back in 4 s' },
      at: later(new Date(await time.currentTimeMs()).toISOString(), -hours(24 * 364)),
    };
    const memory = { service: 'shop', running: {}, accepted: {}, latest: [], tellsBeside: true } as const;
    await client.workflow.start(workflowTypes.service, startOf({ ...memory, evidence: [drilled] }));
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('is told on its day, with the command, of whoever was ever drilled', async () => {
    const told = await client.workflow.execute<() => Promise<number>>(workflowTypes.drillReminder, {
      workflowId: formerSchedules[0],
      taskQueue: releaseQueue,
    });
    assert.equal(told, 1);
    assert.match(
      slipway.told.map(({ text }) => text).join('\n'),
      /^The last rehearsed rollback of shop counts until .*, one more day; .*\. slipway drill shop$/,
    );
    await recordHistory({ client: () => Promise.resolve(client) }, formerSchedules[0], 'drill-due--drill-reminder');
  });
});
