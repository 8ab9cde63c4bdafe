import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { RestoreOrder, RestoreTest } from '../../src/domain/restore-test.js';
import { createRestoreTests } from '../../src/http/restore-desk.js';
import { startOf } from '../../src/mailbox.js';
import {
  releaseQueue,
  restoreScheduleOf,
  restoreTestId,
  serviceId,
  serviceStanding,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };

/** The shop has a database in production, and a mailbox that nobody has shown anything. */
describe('a rehearsed restore', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  let broken: string | undefined;
  before(async () => {
    time = await openSkippingTime();
    // Nothing here waits: a client that lets no time be skipped.
    client = new Client({ connection: time.connection });
    slipway = await openMemorySlipway(time, { ...place, commits: [] }, { unrestorable: () => broken });
    const memory = { service: 'shop', running: {}, accepted: {}, latest: [], tellsBeside: true } as const;
    await client.workflow.start(workflowTypes.service, startOf(memory));
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  const evidence = async () =>
    (await client.workflow.getHandle(serviceId('shop')).query(serviceStanding)).evidence ?? [];
  const rehearse = (workflowId: string, order: Partial<RestoreOrder> = {}) =>
    client.workflow.execute<(of: RestoreOrder) => Promise<readonly RestoreTest[]>>(workflowTypes.restoreTest, {
      ...{ workflowId, taskQueue: releaseQueue },
      args: [{ environment: 'production', by: 'the schedule', ...order }],
    });

  it('what anybody says of one is no evidence: the mailbox looks at the proof itself', async () => {
    await client.workflow.getHandle(serviceId('shop')).signal('restore-tested', 'production');
    await client.workflow.getHandle(serviceId('shop')).signal('restore-tested', { item: 'restore-tested' });
    assert.deepEqual(await evidence(), []);
  });

  it('that fails is told with its reason and the command, and is no evidence', async () => {
    broken = 'public.orders has 3 rows in the database and 2 in the restored copy';
    const [test] = await rehearse('failing', { service: 'shop' });
    assert.equal(test?.kind, 'failed');
    const { text } = await eventually('people are told', () => slipway.told[0]);
    assert.match(
      text,
      /^The database of shop in production could not be restored.*and 2 in the restored copy.*slipway restore-test shop --environment production$/,
    );
    assert.deepEqual(await evidence(), []);
  });

  it('elsewhere than in production is practice, and no evidence', async () => {
    broken = undefined;
    const [test] = await rehearse('practising', { service: 'shop', practice: true });
    assert.equal(test?.kind, 'passed');
    assert.deepEqual(await evidence(), []);
  });

  it('of every database of an environment is rehearsed by its schedule, and what works is evidence', async () => {
    broken = undefined;
    const [test] = await rehearse(restoreScheduleOf('production'));
    assert.equal(test?.kind, 'passed');
    const [shown] = await eventually('the mailbox has looked', async () => {
      const all = await evidence();
      return all.length > 0 ? all : undefined;
    });
    assert.deepEqual([shown?.item, shown?.source, shown?.by], ['restore-tested', 'system', 'slipway']);
    assert.match(shown?.what ?? '', /^0 tables with 0 rows of production were dumped .* and are the same$/);
    const engine = { client: () => Promise.resolve(client) };
    await recordHistory(engine, restoreScheduleOf('production'), 'restores-of-an-environment--restore-test');
    await recordHistory(engine, restoreTestId('production', 'shop'), 'restored--restore-test');
    await recordHistory(engine, serviceId('shop'), 'restored--service');
  });

  it('is begun by people and read by its place, one at a time', async () => {
    const desk = createRestoreTests(client);
    await desk.begin({ ...place, by: 'alice' });
    const seen = await eventually('it has ended', async () => {
      const now = await desk.seen(place);
      return now.state === 'running' ? undefined : now;
    });
    assert.deepEqual([seen.state, seen.proof?.rows], ['passed', 0]);
  });
});
