import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { hours } from '../../src/domain/duration.js';
import type { Sweep, SweepOrder } from '../../src/domain/retention.js';
import { startOf } from '../../src/mailbox.js';
import { releaseQueue, schedules, workflowTypes } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { anArtifact } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0'];

/** Artifacts of six versions, built one a day, 100 days ago; 1.1.0 runs in production and 1.0.0 is what it would go back to. */
describe('retention', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let folder: string;
  before(async () => {
    time = await openSkippingTime();
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [] });
    folder = await mkdtemp(join(tmpdir(), 'slipway-retention-'));
    const begun = await time.currentTimeMs();
    for (const [i, version] of versions.entries()) await keep(version, begun - hours(24 * (100 - i)));
    const [former, current] = ['1.0.0', '1.1.0'].map(digestOf);
    const running = {
      production: {
        current: { ...anArtifact('1.1.0'), digest: current ?? '' },
        former: { ...anArtifact('1.0.0'), digest: former ?? '' },
        ...{ since: new Date(begun).toISOString(), changeId: 'change-20261126-01' },
      },
    };
    const memory = { service: 'shop', running, accepted: {}, latest: [], tellsBeside: true } as const;
    await time.client.workflow.start(workflowTypes.service, startOf(memory));
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
    await rm(folder, { recursive: true, force: true });
  });

  it('shows what has had its time, and removes none by looking', async () => {
    const { old, removed, looked } = await sweep({ how: 'look', by: 'alice' });
    assert.deepEqual([old.map(({ artifact }) => artifact.version), removed, looked], [['1.2.0'], false, 6]);
    assert.equal((await kept()).length, 6);
  });

  it('tells people first, waits a day, and leaves what has come to be needed', async () => {
    const handle = await time.client.workflow.start(workflowTypes.retention, {
      ...{ workflowId: schedules.retention, taskQueue: releaseQueue },
      args: [{ how: 'tell-first', by: 'the schedule' } satisfies SweepOrder],
    });
    const notice = await eventually('people are told', () =>
      slipway.told.find(({ key }) => key.startsWith('retention/')),
    );
    assert.match(
      notice.text,
      /^Artifacts that have had their time go in a day: shop 1\.2\.0\+.*slipway retention shows them/,
    );
    assert.equal((await kept()).length, 6, 'all are still there');
    const { old, removed } = (await handle.result()) as Sweep;
    assert.deepEqual([old.map(({ artifact }) => artifact.version), removed], [['1.2.0'], true]);
    assert.deepEqual(await kept(), ['1.0.0', '1.1.0', '1.3.0', '1.4.0', '1.5.0']);
    await recordHistory(engine, schedules.retention, 'artifacts-told-and-removed--retention');
  });

  it('at once is at once, and doing it again changes nothing', async () => {
    await time.sleep(hours(24 * 20));
    await keep('1.6.0', await time.currentTimeMs());
    const { old } = await sweep({ how: 'at-once', by: 'alice' });
    assert.deepEqual(
      old.map(({ artifact }) => artifact.version),
      ['1.3.0'],
    );
    assert.deepEqual((await sweep({ how: 'at-once', by: 'alice' })).old, []);
  });

  const engine = { client: () => Promise.resolve(time.client) };
  const digestOf = (version: string): string => `sha256:${createHash('sha256').update(version).digest('hex')}`;
  const kept = async (): Promise<readonly string[]> =>
    (await slipway.artifacts.all()).map(({ version }) => version).toSorted();

  async function keep(version: string, builtAt: number): Promise<void> {
    const archive = join(folder, version);
    await writeFile(archive, version);
    const artifact = { ...anArtifact(version), digest: digestOf(version), builtAt: new Date(builtAt).toISOString() };
    await slipway.artifacts.keep(archive, artifact, {});
  }

  const sweep = (order: SweepOrder): Promise<Sweep> =>
    time.client.workflow.execute<(of: SweepOrder) => Promise<Sweep>>(workflowTypes.retention, {
      ...{ workflowId: `${schedules.retention}/${order.how}/${Math.random()}`, taskQueue: releaseQueue, args: [order] },
    });
});
