import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import type { CodeSubject } from '../../src/domain/approval.js';
import { hours } from '../../src/domain/duration.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { approveSignal, decideUpdate, releaseId, releaseProgress } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const commits = [{ service: 'shop', version: '1.0.0', commit: anArtifact('1.0.0').commit }];
const codes = createMemoryApprovalCodes();

/** Who approves in the Temporal UI is established, not believed: messages as that UI sends them. */
describe('fault 12: an approval outside the front door', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let changeId: string;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits });
    changeId = await ask();
    await eventually('it waits', async () => ((await progress()).state === 'awaiting-approval' ? true : undefined));
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  const release = () => time.client.workflow.getHandle(releaseId('shop', changeId));
  const progress = (): Promise<ReleaseProgress> => release().query(releaseProgress);
  const signal = (said: unknown) => release().signal(approveSignal.name, said);
  const codeFor = async (person: string, other: Partial<CodeSubject> = {}): Promise<string> => {
    const { approval } = (await progress()).stages[0]!;
    const { subject, expiresAt } = approval!;
    return await codes.codeFor({ ...subject, changeId, expiresAt, person, ...other });
  };
  const refusedLast = (says: RegExp) =>
    eventually(`a refusal ${says.source}`, async () => {
      const { refused, decisions } = await progress();
      assert.deepEqual(decisions, [], 'nothing counts');
      return says.test(refused.at(-1)?.reason ?? '') || undefined;
    });

  it('by a bare name is refused, with the rule and the way forward', async () => {
    await signal('grace');
    await refusedLast(
      /^a name alone proves nothing here: add "code" to \{"person": "grace"\}, as `slipway code` shows/,
    );
  });

  const wrong: readonly (readonly [what: string, of: Partial<CodeSubject>])[] = [
    ['of another person', { person: 'oscar' }],
    ['for another release', { changeId: 'change-20261126-99' }],
    ['for another plan', { planHash: 'sha256:0' }],
    ['for another gate', { gate: 'staging' }],
    ['of a gate that has expired', { expiresAt: '2026-11-01T00:00:00.000Z' }],
  ];
  for (const [what, of] of wrong)
    it(`with a code ${what} is refused`, async () => {
      await signal({ person: 'grace', comment: what, code: await codeFor('grace', of) });
      await refusedLast(/^that is not the code made for this person and this plan/);
    });

  it('as an update is answered with the same rule', async () => {
    const said = { person: 'grace', decision: 'approve', comment: 'go', code: 'AAA-AAA-AAA-AAA' };
    await assert.rejects(release().executeUpdate(decideUpdate.name, { args: [said] }), (fault: Error) =>
      String(fault.cause).includes('that is not the code made for this person'),
    );
  });

  it('by somebody who may not approve is refused whatever the code', async () => {
    await signal({ person: 'alice', comment: 'mine', code: await codeFor('alice') });
    await refusedLast(/alice holds implementation-wrangler; this gate asks for/);
  });

  it('with the code of that person counts once, as proved, by signal and by update', async () => {
    await signal({ person: 'grace', comment: 'read the plan', code: await codeFor('grace') });
    await eventually('grace counts', async () => ((await progress()).decisions.length === 1 ? true : undefined));
    const used = { person: 'grace', comment: 'not I', code: await codeFor('grace') };
    for (const decision of ['approve', 'reject', 'revoke'])
      await assert.rejects(
        release().executeUpdate(decideUpdate.name, { args: [{ ...used, decision }] }),
        (fault: Error) => String(fault.cause).includes('that code has been used, and is good for nothing more'),
      );
    const said = { person: 'oscar', decision: 'approve', comment: 'go', code: await codeFor('oscar') };
    await release().executeUpdate(decideUpdate.name, { args: [said] });
    const { kind, reason } = (await release().result()) as ReleaseOutcome;
    assert.equal(kind, 'succeeded', reason);
    const { decisions } = await progress();
    assert.deepEqual(
      decisions.map(({ person, via, proved }) => `${person} ${via} ${proved}`),
      ['grace temporal true', 'oscar temporal true'],
    );
    const engine = { client: () => Promise.resolve(time.client) };
    await recordHistories(engine, 'shop', changeId, 'approved-by-code', ['release']);
  });

  async function ask(): Promise<string> {
    const approval = { ...bySentinelAndOwner, expiresAfter: hours(20), proof: 'code' } as const;
    const request = {
      ...aRequest({ version: '1.0.0', commit: anArtifact('1.0.0').commit }),
      stages: [aStage({ instances: 1, strategy: aRolling(), approval })],
    };
    return (await submit(time, request)).changeId;
  }
});
