import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createMemoryFollowUps } from '../../src/adapters/memory/follow-ups.js';
import { after as later, days } from '../../src/domain/duration.js';
import { dayOf, type FollowUpAnswer, type FollowUpOrder } from '../../src/domain/follow-up.js';
import { releaseQueue, schedules, workflowTypes } from '../../src/messages.js';
import { aRolledBackCanary } from '../records/stories.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { openSkippingTime } from '../support/skipping-time.js';

const changeId = 'change-20261124-01';

/** A canary of the shop has gone back; its follow-ups are due in days that are to come by the engine's time. */
describe('follow-ups', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  let now: string;
  before(async () => {
    time = await openSkippingTime();
    client = new Client({ connection: time.connection });
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [] });
    now = new Date(await time.currentTimeMs()).toISOString();
    const told = aRolledBackCanary();
    const rollout = { ...told, outcome: { ...told.outcome, endedAt: now } };
    await slipway.records.write({ kind: 'rollout-ended', eventId: 'a', rollout });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  const ask = (workflowId: string, order: FollowUpOrder) =>
    client.workflow.execute<(of: FollowUpOrder) => Promise<FollowUpAnswer>>(workflowTypes.followUp, {
      ...{ workflowId, taskQueue: releaseQueue },
      args: [order],
    });
  const remind = (workflowId: string) =>
    client.workflow.execute<() => Promise<number>>(workflowTypes.reminders, { workflowId, taskQueue: releaseQueue });
  const opened = (of: string) => ({
    ...{ changeId: of, what: 'bound the timeouts', owner: 'grace', due: dayOf(later(now, days(9))) },
    ...{ at: now, by: 'alice' },
  });
  const closing = { id: 'FU-0004', kind: 'closed', by: 'grace', comment: 'two seconds it is' } as const;

  it('of a change that the records know are opened with the service of its rollouts, once however often they are told', async () => {
    const answers = [await ask('open', { how: 'open', opened: opened(changeId) })];
    answers.push(await ask('open-again', { how: 'open', opened: opened(changeId) }));
    for (const answer of answers) {
      assert.ok(answer.kind === 'recorded');
      assert.deepEqual(
        [answer.followUp.id, answer.followUp.service, answer.followUp.state],
        ['FU-0004', 'shop', 'open'],
      );
    }
    await recordHistory({ client: () => Promise.resolve(client) }, 'open', 'opened--follow-up');
  });

  it('of a change that nobody knows are refused', async () => {
    const answer = await ask('unknown', { how: 'open', opened: opened('change-20200101-01') });
    assert.deepEqual(answer, { kind: 'refused', reason: 'the Change Log has no change-20200101-01' });
  });

  it('that fall due are told by the schedule, with who must do it and by which command', async () => {
    assert.equal(await remind(schedules.reminders), 2);
    await recordHistory({ client: () => Promise.resolve(client) }, schedules.reminders, 'follow-ups-due--reminders');
    const texts = slipway.told.map(({ text }) => text);
    assert.match(texts[0] ?? '', /FU-0001 .* implementation-wrangler: confirm .*slipway follow-up close FU-0001/);
    assert.match(texts[1] ?? '', /FU-0003 .* governance-sentinel: review and decide DEC-DEPLOY-0001\./);
  });

  it('are closed by a word that is recorded, once; another word is refused', async () => {
    const word = { ...closing, at: now };
    for (const id of ['close', 'close-again']) {
      const answer = await ask(id, { how: 'say', word });
      assert.ok(answer.kind === 'recorded' && answer.followUp.state === 'closed');
    }
    const refused = await ask('late', { how: 'say', word: { ...word, by: 'oscar' } });
    assert.ok(refused.kind === 'refused' && refused.reason.includes('was closed by grace'));
    const all = await createMemoryFollowUps(slipway.records).standings(now);
    assert.deepEqual(all.at(-1)?.said.length, 1);
    assert.deepEqual((await slipway.records.audit()).findings, []);
  });
});
