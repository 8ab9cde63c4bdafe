import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Load, startLoad } from '../../src/demo/load.js';
import type { Finding } from '../../src/domain/finding.js';
import type { FollowUpStanding } from '../../src/domain/follow-up.js';
import { schedules } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { type NoticeTaker, takeNotices } from '../support/notices.js';
import { openStage, type Stage } from '../support/stage.js';

/** Production asks that whoever is on call knows; what nobody acknowledges is told again every two seconds. */
describe('whoever is on call, and what a rollback leaves to be done', { timeout: 240_000 }, () => {
  let stage: Stage;
  let load: Load | undefined;
  let notices: NoticeTaker;
  before(async () => {
    notices = await takeNotices();
    stage = await openStage(
      { tiny: '{ kind: canary, shares: [50, 100], window: 60s, afterwards: 2s, every: 1s }' },
      {
        environments: ['production'],
        variables: notices.variables,
        production: 'readiness: { on-call-notified: {} }',
        top: 'notices: { repeat: 2s, escalate: { after: 4s, to: governance-sentinel } }\n',
      },
    );
  });
  after(async () => {
    await load?.stop();
    await stage.close();
    notices.close();
  });

  it('knows of each deployment before it begins, by a word of his own', async () => {
    const { changeId } = await deployed('1.0.0');
    const url = await stage.production('tiny');
    await eventually('tiny is open', async () => ((await fetch(`${url}/version`)).ok ? true : undefined));
    load = startLoad({ url, requestsPerSecond: 12 });
    const closed = await stage.until(changeId, 'closed', (view) => view.closedAt !== undefined);
    assert.equal(closed.state, 'succeeded', closed.outcome?.reason);
    await notices.told(new RegExp(`^tiny 1\\.0\\.0 is coming to production .*slipway acknowledge ${changeId}`));
  });

  it('is told of a rollback again and again, then others too, until he has acknowledged it; the incident has it', async () => {
    const { changeId } = await deployed('1.1.0');
    await stage.until(changeId, 'users are on it', ({ rollouts }) => (rollouts.at(-1)?.share ?? 0) > 0);
    const { status } = await stage.ask('grace', 'POST', `/v1/releases/${changeId}/rollback`, { reason: 'it blinks' });
    assert.equal(status, 200);
    const closed = await stage.until(changeId, 'closed', (view) => view.closedAt !== undefined);
    assert.equal(closed.state, 'rolled-back');
    const finding = await eventually('it is found unacknowledged', async () => (await findings())[0]);
    assert.deepEqual([finding.kind, finding.command], ['unacknowledged', `slipway acknowledge ${changeId}`]);
    await notices.told(new RegExp(`^Nobody has acknowledged for .*\\(${changeId}\\)`));
    await notices.told(/^ESCALATED to governance-sentinel \(grace\)\. Nobody has acknowledged/);
    assert.equal((await acknowledge(changeId)).status, 200);
    await eventually('nothing is found any more', async () => ((await findings()).length === 0 ? true : undefined));
    const folder =
      closed.outcome?.records.find((path) => path.endsWith('/incident.md'))?.replace('incident.md', '') ?? '';
    assert.ok((await readdir(join(stage.directory, folder))).some((name) => /^acknowledged_.*\.json$/.test(name)));
  });

  it('leaves follow-ups that people close, add to, and are reminded of by the schedule; the chain holds', async () => {
    const opened = await followUps();
    assert.deepEqual(
      opened.map(({ id, duty, state }) => `${id} ${duty ?? ''} ${state}`),
      ['FU-0001 restored open', 'FU-0002 root-cause open', 'FU-0003 decision open'],
    );
    const [first] = opened;
    const closing = { comment: 'customers were told', record: first?.from };
    const closed = await stage.ask('alice', 'POST', '/v1/follow-ups/FU-0001/close', closing);
    assert.equal(closed.status, 200, JSON.stringify(closed.body));
    const what = 'bound the timeouts';
    const due = new Date().toISOString().slice(0, 10);
    const added = await stage.ask('alice', 'POST', '/v1/follow-ups', {
      changeId: first?.changeId,
      what,
      owner: 'grace',
      due,
    });
    assert.deepEqual([added.status, added.body['service']], [201, 'tiny'], JSON.stringify(added.body));
    assert.deepEqual(
      (await followUps()).map(({ id, state }) => `${id} ${state}`),
      ['FU-0001 closed', 'FU-0002 open', 'FU-0003 open', 'FU-0004 open'],
    );
    const client = await stage.client();
    await client.schedule.getHandle(schedules.reminders).trigger();
    await notices.told(/^The follow-up FU-0004 of .*, grace: bound the timeouts\. slipway follow-up close FU-0004/);
    const { verified, findings: found } = await stage.audit();
    assert.ok(verified, found.join('\n'));
  });

  const acknowledge = (changeId: string) =>
    stage.ask('dave', 'POST', `/v1/releases/${changeId}/acknowledgements`, { comment: 'seen' });

  /** Waits for dave, then for grace and oscar. */
  async function deployed(version: string) {
    const changeId = await stage.release('tiny', version);
    await stage.until(changeId, 'dave is waited for', ({ state }) => state === 'awaiting-readiness');
    const { status, body } = await acknowledge(changeId);
    assert.equal(status, 200, JSON.stringify(body));
    await stage.approve(changeId);
    return await stage.until(changeId, 'it has begun', ({ state }) => state !== 'awaiting-approval');
  }

  const findings = async (): Promise<readonly Finding[]> =>
    (await stage.ask('alice', 'GET', '/v1/findings')).body['findings'] as readonly Finding[];

  const followUps = async (): Promise<readonly FollowUpStanding[]> =>
    (await stage.ask('alice', 'GET', '/v1/follow-ups?service=tiny')).body['followUps'] as readonly FollowUpStanding[];
});
