import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Audited, type AuditOrder, quarterBefore, quarterOf } from '../../src/domain/audit.js';
import { after as later, hours } from '../../src/domain/duration.js';
import { releaseQueue, schedules, workflowTypes } from '../../src/messages.js';
import { aGoodCanary } from '../records/stories.js';
import { recordHistory } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway } from '../support/memory-slipway.js';
import { openSkippingTime } from '../support/skipping-time.js';

/** A shop that was never released is asked for a drill. */
describe('the governance audit', { timeout: 100_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  before(async () => {
    time = await openSkippingTime();
    const policy = { 'rollback-rehearsed': { maxAge: hours(24 * 365) } };
    const governed = [{ service: 'shop', production: ['production'], policy }];
    slipway = await openMemorySlipway(time, { environment: 'production', commits: [], governed });
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  /** A client that lets no time be skipped: nothing here waits. */
  const client = (): Client => new Client({ connection: time.connection });
  const audit = (order: AuditOrder, workflowId: string = order.how): Promise<Audited> =>
    client().workflow.execute<(of: AuditOrder) => Promise<Audited>>(workflowTypes.governanceAudit, {
      ...{ workflowId, taskQueue: releaseQueue, args: [order] },
    });

  it('is looked at without a trace', async () => {
    const { report, paths } = await audit({ how: 'look', by: 'grace' });
    assert.equal(report.quarter, quarterBefore(report.at));
    assert.deepEqual([paths, slipway.records.files.size, slipway.told], [[], 0, []]);
    assert.deepEqual(
      report.findings.map(({ command }) => command),
      ['slipway drill shop'],
    );
  });

  it('of a quarter is recorded once, and people are told who must do what', async () => {
    const { report, paths } = await audit({ how: 'write', by: 'the schedule' }, schedules.governanceAudit);
    const { quarter, from } = report;
    const folder = `artifacts/integration/audit-${quarter}`;
    assert.deepEqual(paths, [`${folder}/audit.md`, `${folder}/audit.json`]);
    assert.equal(slipway.told.length, 1);
    assert.match(
      slipway.told[0]?.text ?? '',
      /^Governance audit of \d{4}-Q\d: 1 to look at \(implementation-wrangler\), the first: shop: rollback-rehearsed: .*slipway drill shop\. artifacts/,
    );
    await recordHistory(
      { client: () => Promise.resolve(client()) },
      schedules.governanceAudit,
      'quarter-audited--governance-audit',
    );

    const late = aGoodCanary();
    const rollout = { ...late, outcome: { ...late.outcome, endedAt: later(from, hours(24)) } };
    await slipway.records.write({ kind: 'rollout-ended', eventId: 'late', rollout });
    const again = await audit({ how: 'write', by: 'grace', quarter }, 'again');
    assert.deepEqual(again, { report, paths });
    assert.deepEqual((await slipway.records.audit()).findings, []);
  });

  it('that is not over can be looked at, and is not recorded', async () => {
    const now = quarterOf(new Date(await time.currentTimeMs()).toISOString());
    assert.equal((await audit({ how: 'look', by: 'grace', quarter: now }, 'now')).report.quarter, now);
    const early = audit({ how: 'write', by: 'grace', quarter: now }, 'early');
    await assert.rejects(early, (fault: Error) => /wanted one that is over/.test(JSON.stringify(fault, causes)));
  });
});

/** A fault and what caused it, as text. */
const causes = (_: string, value: unknown): unknown =>
  value instanceof Error ? { message: value.message, cause: value.cause } : value;
