import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import type { ReleaseOutcome, ReleaseProgress } from '../../src/domain/release.js';
import { fail, pass } from '../../src/domain/verdict.js';
import { releaseId, releaseProgress, releaseQueue, workflowTypes } from '../../src/messages.js';
import type { Records } from '../../src/ports/records.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, byWrangler } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const commits = ['1.0.0', '1.1.0'].map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));

/** No record can be written, while a version that fails its smoke suite is on its way. */
describe('fault 39: a disk that is full where the records are', { timeout: 120_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  let full = false;
  let refused = 0;
  before(async () => {
    time = await openSkippingTime();
    client = new Client({ connection: time.connection });
    const smoke = createMemorySmoke({
      verdict: () =>
        slipway.world.at(place).candidate?.artifact.version === '1.1.0' ? fail('met 500; wanted 200') : pass('1 of 1'),
    });
    slipway = await openMemorySlipway(time, { environment: 'production', commits }, { smoke, records: onDisk });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('does not keep users from being brought back; the release is not closed before its records are written', async () => {
    const first = await begun('1.0.0', '01');
    assert.equal(((await first.result()) as ReleaseOutcome).kind, 'succeeded');
    const before = slipway.records.files.size;
    full = true;
    const release = await begun('1.1.0', '02');
    await eventually('its records are tried again and again', () => refused > 2 || undefined);
    const { stable, candidate, share } = slipway.world.at(place);
    assert.deepEqual([stable?.artifact.version, candidate, share], ['1.0.0', undefined, 0]);
    assert.equal((await release.describe()).status.name, 'RUNNING');
    const progress = await release.query<ReleaseProgress>(releaseProgress.name);
    assert.equal(progress.outcome, undefined);
    assert.equal(slipway.records.files.size, before);

    full = false;
    const { kind, reason } = (await release.result()) as ReleaseOutcome;
    assert.equal(kind, 'rolled-back', reason);
    const logs = [...slipway.records.files.keys()].filter((path) => path.startsWith('logs/deployments/'));
    assert.equal(logs.length, 2);
    const { verified, findings } = await slipway.records.audit();
    assert.ok(verified, findings.join());
    await recordHistory({ client: () => Promise.resolve(client) }, release.workflowId, 'recorded-late--release');
  });

  function onDisk(records: Records): Records {
    return {
      ...records,
      write: (event) => {
        if (!full) return records.write(event);
        refused += 1;
        return Promise.reject(Object.assign(new Error('no space left on device, write'), { code: 'ENOSPC' }));
      },
    };
  }

  async function begun(version: string, number: string): Promise<WorkflowHandle> {
    const changeId = `change-20261124-${number}`;
    const stages = [aStage({ instances: 1, strategy: aRolling(), approval: byWrangler })];
    const request = aRequest({ version, commit: anArtifact(version).commit, stages, whenBusy: 'queue' });
    return await time.client.workflow.start(workflowTypes.release, {
      workflowId: releaseId('shop', changeId),
      taskQueue: releaseQueue,
      args: [{ ...request, changeId }],
    });
  }
});
