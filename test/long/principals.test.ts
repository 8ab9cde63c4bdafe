import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createMemoryApprovalCodes } from '../../src/adapters/memory/approval-codes.js';
import { createMemoryPrincipals } from '../../src/adapters/memory/principals.js';
import { createPrincipals } from '../../src/adapters/temporal/principals.js';
import { hours } from '../../src/domain/duration.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { approveSignal, decideUpdate, releaseId, releaseProgress } from '../../src/messages.js';
import type { SignalSender } from '../../src/ports/principals.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const commits = [{ service: 'shop', version: '1.0.0', commit: anArtifact('1.0.0').commit }];
const knownPrincipals = { type: 'jwt', names: { grace: 'grace@example.org', oscar: 'oscar@example.org' } };
const sentBy = (name: string): SignalSender => ({ principal: { type: 'jwt', name }, afterReset: false });

/** Who approves in the Temporal UI, where its server has authenticated the caller. */
describe('fault 12: an approval by a signal of an engine that authenticates', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let changeId: string;
  let says: SignalSender | undefined;
  before(async () => {
    time = await openSkippingTime();
    const twin = createMemoryPrincipals();
    const real = createPrincipals(time.client);
    // Where nothing else is said, the history of this server is asked, which authenticates nobody.
    const principals = {
      senderOf: (signal: Parameters<typeof real.senderOf>[0]) => {
        if (!says) return real.senderOf(signal);
        twin.says = says;
        return twin.senderOf(signal);
      },
    };
    slipway = await openMemorySlipway(time, { environment: 'production', commits }, { principals, knownPrincipals });
    changeId = await ask();
    await eventually('it waits', async () => ((await progress()).state === 'awaiting-approval' ? true : undefined));
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  const release = () => time.client.workflow.getHandle(releaseId('shop', changeId));
  const progress = (): Promise<ReleaseProgress> => release().query(releaseProgress);
  const approve = (person: string) => release().signal(approveSignal.name, { person, comment: 'read the plan' });
  const refusedLast = (wanted: RegExp) =>
    eventually(`a refusal ${wanted.source}`, async () => {
      const { refused, decisions } = await progress();
      assert.deepEqual(decisions, [], 'nothing counts');
      return wanted.test(refused.at(-1)?.reason ?? '') || undefined;
    });

  it('is refused where the engine has authenticated nobody', async () => {
    await approve('grace');
    await refusedLast(/^the engine does not say who has sent it/);
  });

  it('is refused where it has authenticated somebody else, and after a reset', async () => {
    says = sentBy('mallory@example.org');
    await approve('grace');
    await refusedLast(/^it was sent by jwt mallory@example\.org, who is not grace/);
    says = { ...sentBy('grace@example.org'), afterReset: true };
    await approve('grace');
    await refusedLast(/^the workflow was reset/);
  });

  it('is refused as an update, of which no server says who has sent it', async () => {
    says = sentBy('grace@example.org');
    const said = { person: 'grace', decision: 'approve', comment: 'go' };
    await assert.rejects(release().executeUpdate(decideUpdate.name, { args: [said] }), (fault: Error) =>
      String(fault.cause).includes('send it as a signal, whose sender the engine knows, or add "code"'),
    );
  });

  it('counts, by whom it was sent; and a code counts as ever', async () => {
    await approve('grace');
    await eventually('grace counts', async () => ((await progress()).decisions.length === 1 ? true : undefined));
    says = undefined;
    const { subject, expiresAt } = (await progress()).stages[0]!.approval!;
    const code = await createMemoryApprovalCodes().codeFor({ ...subject, changeId, expiresAt, person: 'oscar' });
    await release().signal(approveSignal.name, { person: 'oscar', comment: 'go', code });
    const { kind, reason } = (await release().result()) as ReleaseOutcome;
    assert.equal(kind, 'succeeded', reason);
    assert.deepEqual(
      (await progress()).decisions.map(({ person, via, proved, principal }) => [person, via, proved, principal]),
      [
        ['grace', 'temporal', true, 'jwt grace@example.org'],
        ['oscar', 'temporal', true, undefined],
      ],
    );
    const engine = { client: () => Promise.resolve(time.client) };
    await recordHistories(engine, 'shop', changeId, 'approved-by-principal', ['release']);
  });

  async function ask(): Promise<string> {
    const approval = { ...bySentinelAndOwner, expiresAfter: hours(20), proof: 'code', principals: 'trusted' } as const;
    const request = {
      ...aRequest({ version: '1.0.0', commit: anArtifact('1.0.0').commit }),
      stages: [aStage({ instances: 1, strategy: aRolling(), approval })],
    };
    return (await submit(time, request)).changeId;
  }
});
