import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { ReleaseOutcome } from '../../src/domain/release.js';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { fail, pass } from '../../src/domain/verdict.js';
import { commandSignal, releaseId, releaseQueue, workflowTypes } from '../../src/messages.js';
import type { Fleet } from '../../src/ports/fleet.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, byWrangler } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const commits = ['1.0.0', '1.1.0'].map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));

/** A demand in the moment in which the release can no longer turn round, but has not ended. */
describe('a demand while the version is being adopted', { timeout: 120_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let release: WorkflowHandle | undefined;
  let formerIsGood = true;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(
      time,
      { environment: 'production', commits },
      {
        fleet: demandsWhileAdopting,
        smoke: createMemorySmoke({
          verdict: () => {
            const comesBack = slipway.world.at(place).candidate?.artifact.version === '1.0.0';
            return comesBack && !formerIsGood ? fail('"front page": met 500; wanted 200') : pass('1 of 1');
          },
        }),
      },
    );
    assert.equal((await carried('1.0.0', '01')).kind, 'succeeded');
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('brings the former version back, and the release says so', async () => {
    const { kind, reason } = await carried('1.1.0', '02', true);
    assert.deepEqual([kind, slipway.world.at(place).stable?.artifact.version], ['rolled-back', '1.0.0'], reason);
    assert.match(reason, /dave: customers call/);
  });

  it('that cannot be answered, because the former version fails its smoke suite, ends the release as failed, with both reasons', async () => {
    formerIsGood = false;
    const { kind, reason } = await carried('1.1.0', '03', true);
    assert.equal(kind, 'failed', reason);
    assert.match(reason, /customers call; 1\.0\.0 could not be brought back: .*front page/);
    const { stable, candidate, share } = slipway.world.at(place);
    assert.deepEqual([stable?.artifact.version, candidate, share], ['1.1.0', undefined, 0]);
    assert.match(
      slipway.records.files.get('docs/change-log.md') ?? '',
      /change-20261124-03 .*could not be brought back/,
    );
  });

  /** Carries a version to its end; with `demanded`, somebody wants it back while it is adopted. */
  async function carried(version: string, number: string, demanded = false): Promise<ReleaseOutcome> {
    const changeId = `change-20261124-${number}`;
    const stages = [aStage({ instances: 1, strategy: aRolling(), approval: byWrangler })];
    const request = aRequest({ version, commit: anArtifact(version).commit, stages, whenBusy: 'queue' });
    const handle = await time.client.workflow.start(workflowTypes.release, {
      workflowId: releaseId('shop', changeId),
      taskQueue: releaseQueue,
      args: [{ ...request, changeId }],
    });
    release = demanded ? handle : undefined;
    return (await handle.result()) as ReleaseOutcome;
  }

  function demandsWhileAdopting(fleet: Fleet): Fleet {
    return {
      ...fleet,
      adopt: async (ask) => {
        if (release && slipway.world.at(place).candidate?.artifact.version === '1.1.0')
          await release.signal(commandSignal('rollback').name, { person: 'dave', reason: 'customers call' });
        return await fleet.adopt(ask);
      },
    };
  }
});
