import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { hours, minutes } from '../../src/domain/duration.js';
import type { ReleaseOutcome, ReleaseRequest } from '../../src/domain/release.js';
import type { Accepted, ServiceStanding } from '../../src/domain/service.js';
import { approveSignal, releaseId, reviewUpdate, serviceId, serviceStanding } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, saidAs, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, byWrangler } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const board = {
  roles: ['governance-board', 'governance-board'],
  requesterMayApprove: false,
  expiresAfter: hours(24),
};

/** SPEC-0701, Change Control: the emergency path from the call at night to the review, in skipped time. */
describe('fault 50: an emergency release', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits });
    assert.equal((await ended(await ask('1.0.0'))).kind, 'succeeded');
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('calls people until two of the board have decided; the requester is none of them', async () => {
    const { changeId } = await ask('1.1.0', 'nobody can pay');
    await called(changeId, 1, /^EMERGENCY: alice asks for shop 1\.1\.0 in production: nobody can pay\. It takes 2 of/);
    await approve(changeId, 'alice');
    await approve(changeId, 'ann');
    await time.sleep(minutes(16));
    await called(changeId, 2, /Call 2: nobody has decided for 15 min/);
    await approve(changeId, 'bob');
    const { kind, reason } = await ended({ changeId });
    assert.equal(kind, 'succeeded', reason);
    const calls = slipway.told.filter(({ key }) => key.startsWith(`emergency/${changeId}`)).length;
    await time.sleep(hours(1));
    assert.equal(slipway.told.filter(({ key }) => key.startsWith(`emergency/${changeId}`)).length, calls);
    await recordHistories(engine, 'shop', changeId, 'emergency', ['release']);
    const log = slipway.records.files.get('docs/change-log.md') ?? '';
    assert.match(log, new RegExp(`${changeId} .*planned EMERGENCY \\(nobody can pay\\) shop 1\\.1\\.0`));
    assert.match(log, new RegExp(`${changeId} .*, EMERGENCY: nobody can pay\\): cutover approved by .*ann.*bob`));
  });

  it('owes a review: people are told when it begins, half-way, when it is due, and every day after', async () => {
    const [debt] = (await standing()).debts ?? [];
    assert.match(debt?.reason ?? '', /nobody can pay/);
    assert.equal((await ended(await ask('1.2.0'))).kind, 'succeeded', 'a standard release before it is due');
    await time.sleep(hours(96));
    const told = slipway.told.filter(({ key }) => key.startsWith('debt/'));
    assert.equal(told.length, 5, told.map(({ key }) => key).join('\n'));
    assert.match(told[0]?.text ?? '', /is due by/);
    assert.match(told.at(-1)?.text ?? '', /is overdue since .* are refused until it is settled/);
  });

  it('then keeps standard releases out, and no emergency, until another person has settled it with a record', async () => {
    const [debt] = (await standing()).debts ?? [];
    const changeId = debt?.changeId ?? '';
    await assert.rejects(ask('1.3.0'), refusal(/owes the review of its emergency release .*slipway review shop/));
    const record = { path: 'docs/reviews/pay.md', hash: 'a'.repeat(64) };
    const settle = (by: string, of = changeId) =>
      saidAs(time, by, reviewUpdate, { changeId: of, by, record, comment: 'timeouts are bounded' });
    const unvouched = time.client.workflow
      .getHandle(serviceId('shop'))
      .executeUpdate<unknown, [unknown]>(reviewUpdate.name, { args: [{ changeId, by: 'ann', record, comment: '' }] });
    await assert.rejects(unvouched, refusal(/said at the front door, which knows who speaks: slipway review/));
    await assert.rejects(settle('alice'), refusal(/alice asked for .*another person/));
    await assert.rejects(
      settle('ann', 'change-20261124-99'),
      refusal(/owes no review of change-20261124-99; owed: change/),
    );
    assert.deepEqual((await settle('ann')).debts ?? [], []);
    assert.match(
      slipway.records.files.get('docs/change-log.md') ?? '',
      /reviewed the emergency release of shop 1\.1\.0 \(nobody can pay\), late: it was due .*: timeouts are bounded .*\[review\]\(reviews\/pay\.md\), sha256 a{12}/,
    );
    assert.equal((await ended(await ask('1.3.0'))).kind, 'succeeded');
    const told = slipway.told.length;
    await time.sleep(hours(72));
    assert.equal(slipway.told.length, told, 'nobody is told of what is settled');
    await recordHistories(engine, 'shop', changeId, 'review-settled', ['service']);
  });

  const engine = { client: () => Promise.resolve(time.client) };

  /** A release by its mailbox; a standard one is approved by asking. */
  async function ask(version: string, emergency?: string): Promise<Accepted> {
    const approval = emergency === undefined ? byWrangler : board;
    const request: ReleaseRequest = {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue' }),
      stages: [aStage({ instances: 1, strategy: aRolling(), approval })],
      roster: { alice: ['implementation-wrangler', ...board.roles], ann: board.roles, bob: board.roles },
      ...(emergency !== undefined && {
        emergency: { reason: emergency, escalateAfter: minutes(15), reviewWithin: hours(48) },
      }),
    };
    return await submit(time, request, { key: `${version}-${Math.random()}` });
  }

  const ended = async ({ changeId }: Pick<Accepted, 'changeId'>): Promise<ReleaseOutcome> =>
    (await time.client.workflow.getHandle(releaseId('shop', changeId)).result()) as ReleaseOutcome;

  const standing = (): Promise<ServiceStanding> =>
    time.client.workflow.getHandle(serviceId('shop')).query(serviceStanding);

  const approve = (changeId: string, person: string): Promise<void> =>
    time.client.workflow.getHandle(releaseId('shop', changeId)).signal(approveSignal.name, { person, comment: 'go' });

  async function called(changeId: string, call: number, says: RegExp): Promise<void> {
    const notice = await eventually(`call ${call}`, () =>
      slipway.told.find(({ key }) => key === `emergency/${changeId}/${call}`),
    );
    assert.match(notice.text, says);
  }

  const refusal = (says: RegExp) => (fault: Error) => says.test(String(fault.cause));
});
