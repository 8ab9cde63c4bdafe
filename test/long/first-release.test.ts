import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { type Load, startLoad } from '../../src/demo/load.js';
import type { ServiceView } from '../../src/http/views/service.js';
import { type Audited, quarterOf } from '../../src/domain/audit.js';
import type { DriftSeen } from '../../src/domain/drift.js';
import type { Sweep } from '../../src/domain/retention.js';
import type { ScheduleSeen } from '../../src/domain/schedule.js';
import { driftScheduleOf, schedules } from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { closedWhole } from '../support/invariants.js';
import { openStage } from '../support/stage.js';

/** SPEC-0701, Production Readiness: no first release into production without a rollback that was rehearsed, on real parts. */
describe('a first release into production', { timeout: 240_000 }, async () => {
  const stage = await openStage(
    { tiny: '{ kind: canary, shares: [50, 100], window: 2s, afterwards: 2s, every: 1s }' },
    {
      environments: ['staging', 'production'],
      production: 'readiness: { rollback-rehearsed: {} }',
      startWithin: '90s',
      latency: '2s',
    },
  );
  let customers: Load | undefined;
  after(async () => {
    await customers?.stop();
    await stage.close();
  });
  const service = async () => (await stage.ask('alice', 'GET', '/v1/services/tiny')).body as unknown as ServiceView;

  it('fault 52: is kept out by name, with the command that rehearses one; the drill beside it lets it go on by itself', async () => {
    const refused = await stage.ask('alice', 'POST', '/v1/services/tiny/drills', {});
    assert.equal(refused.status, 202, JSON.stringify(refused.body));
    const nothing = await drilled();
    assert.match(nothing?.reason ?? '', /^nothing of tiny runs in staging: release it there first/);

    const changeId = await stage.release('tiny', '1.0.0');
    const waiting = await stage.until(changeId, 'waits for a drill', ({ state }) => state === 'awaiting-readiness');
    const { reason, command } = waiting['waiting'] as { readonly reason: string; readonly command: string };
    assert.match(
      reason,
      /^production is not ready: rollback-rehearsed: nobody has shown that a rollback was rehearsed/,
    );
    assert.equal(command, 'slipway drill tiny');

    const far = await stage.ask('grace', 'POST', '/v1/services/tiny/drills', { environment: 'production' });
    assert.equal(far.status, 202, 'the release waits there for what it would show');
    const none = await drilled();
    assert.deepEqual(
      [none?.kind, none?.environment, none?.reason],
      ['refused', 'production', 'nothing of tiny runs in production: release it there first'],
    );

    const { status } = await stage.ask('alice', 'POST', '/v1/services/tiny/drills', { reason: 'the first' });
    assert.equal(status, 202);
    const passed = await drilled();
    assert.equal(passed?.kind, 'passed', passed?.reason);
    assert.match(passed.reason, /^tiny went back in staging within .*, none of \d+ requests lost$/);
    const record = await readFile(join(stage.directory, passed.record?.path ?? ''), 'utf8');
    const { load, asked_because: why } = JSON.parse(record) as { load: { sent: number }; asked_because: string };
    assert.ok(load.sent > 0);
    assert.equal(why, 'the first');

    await stage.approve(changeId);
    customers = startLoad({ url: await stage.production('tiny'), requestsPerSecond: 12 });
    const { state, outcome } = await closedWhole(stage, 'tiny', changeId);
    assert.equal(state, 'succeeded', outcome?.reason);
    assert.deepEqual((await stage.audit()).findings, []);
  });

  it('makes the next one need no other: the evidence is a year old at most', async () => {
    const { readiness } = await service();
    const [item] = readiness.find(({ environment }) => environment === 'production')?.items ?? [];
    assert.equal(item?.state, 'holds', item?.reason);
  });

  it('a drill in production takes who answers for its users, and nobody of them is lost', async () => {
    const ask = { environment: 'production', requestsPerSecond: 40 };
    const alice = await stage.ask('alice', 'POST', '/v1/services/tiny/drills', ask);
    assert.equal(alice.status, 403, JSON.stringify(alice.body));
    assert.equal((await stage.ask('oscar', 'POST', '/v1/services/tiny/drills', ask)).status, 202);
    const passed = await drilled();
    assert.equal(passed?.kind, 'passed', passed?.reason);
    assert.equal(
      (await service()).environments.find((of) => of.environment === 'production')?.current?.version,
      '1.0.0',
    );
  });

  it('what is done by the calendar is a schedule of the engine, and can be triggered there', async () => {
    const schedule = (await stage.client()).schedule.getHandle(schedules.retention);
    await schedule.trigger();
    const ran = await eventually('the schedule has run', async () => {
      const { info } = await schedule.describe();
      return info.recentActions.at(-1)?.action.workflow.workflowId;
    });
    const { old, looked } = (await (await stage.client()).workflow.getHandle(ran).result()) as Sweep;
    assert.deepEqual([old.length, looked], [0, 1]);
    const { status, body } = await stage.ask('alice', 'GET', '/v1/retention');
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body['looked'], 1);
  });

  it('the governance audit of the quarter before is recorded by its schedule, and answered from there on', async () => {
    const client = await stage.client();
    const schedule = client.schedule.getHandle(schedules.governanceAudit);
    const begun = await stage.ask('alice', 'POST', `/v1/schedules/${schedules.governanceAudit}/runs`, {});
    assert.equal(begun.status, 202, JSON.stringify(begun.body));
    const ran = await eventually('the schedule has run', async () => {
      const { info } = await schedule.describe();
      return info.recentActions.at(-1)?.action.workflow.workflowId;
    });
    const { paths, report } = (await client.workflow.getHandle(ran).result()) as Audited;
    assert.deepEqual(
      paths.map((path) => path.replace(report.quarter, 'QUARTER')),
      ['artifacts/integration/audit-QUARTER/audit.md', 'artifacts/integration/audit-QUARTER/audit.json'],
    );
    const now = quarterOf(new Date().toISOString());
    const { status, body } = await stage.ask('alice', 'GET', `/v1/audit?quarter=${now}`);
    assert.equal(status, 200, JSON.stringify(body));
    const { dora, drills, chain } = (body as unknown as Audited).report;
    assert.deepEqual([dora.deployments, drills.length > 0, chain.verified], [1, true, true]);
  });

  it('what its release has left is no drift, and the drift watch of an environment is a schedule of its own', async () => {
    const client = await stage.client();
    const schedule = client.schedule.getHandle(driftScheduleOf('production'));
    const begun = await stage.ask('alice', 'POST', `/v1/schedules/${driftScheduleOf('production')}/runs`, {});
    assert.equal(begun.status, 202, JSON.stringify(begun.body));
    const ran = await eventually('the schedule has run', async () => {
      const { info } = await schedule.describe();
      return info.recentActions.at(-1)?.action.workflow.workflowId;
    });
    const { findings, passedOver } = (await client.workflow.getHandle(ran).result()) as DriftSeen;
    assert.deepEqual([findings, passedOver], [[], []]);
    const { status, body } = await stage.ask('alice', 'GET', '/v1/drift');
    assert.equal(status, 200, JSON.stringify(body));
    assert.deepEqual(
      (body as unknown as { drift: readonly DriftSeen[] }).drift.flatMap((of) => of.findings),
      [],
    );
  });

  it('whatever the engine does by itself is shown with its times, and with a pause that somebody made in the Temporal UI', async () => {
    const client = await stage.client();
    await client.schedule.getHandle(schedules.reminders).pause('the office is closed');
    const { body } = await stage.ask('alice', 'GET', '/v1/schedules');
    const shown = body['schedules'] as readonly ScheduleSeen[];
    assert.deepEqual(
      shown.map(({ name }) => name),
      [...Object.values(schedules), ...['staging', 'production'].map(driftScheduleOf)],
    );
    const of = (name: string) => shown.find((one) => one.name === name);
    const audit = of(schedules.governanceAudit);
    assert.equal(audit?.when, 'the first day of every quarter, 05:15 UTC: of the quarter before');
    assert.match(audit.next ?? '', /^20\d\d-(01|04|07|10)-01T05:/);
    assert.ok(audit.last !== undefined && !audit.underWay);
    assert.deepEqual(
      [of(schedules.reminders)?.paused, of(schedules.reminders)?.next],
      ['the office is closed', undefined],
    );
  });

  const drilled = async (): Promise<ServiceView['drilled']> =>
    await eventually('the drill has ended', async () => {
      const { drill, drilled: latest } = await service();
      return drill ? undefined : latest;
    });
});
