import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type AuditReport, quarterBefore, quarterOf, quarterSpan } from '../../src/domain/audit.js';
import { type AuditFacts, judgeAudit, pathsOf } from '../../src/domain/decisions/audit/judge-audit.js';
import { spreadOf } from '../../src/domain/decisions/audit/spread.js';
import { createMemoryFollowUps } from '../../src/adapters/memory/follow-ups.js';
import { createMemoryRecords } from '../../src/adapters/memory/records.js';
import { after, hours, minutes } from '../../src/domain/duration.js';
import { fail } from '../../src/domain/verdict.js';
import type { RolloutFacts } from '../../src/domain/decisions/records/facts.js';
import type { GovernanceEvent } from '../../src/ports/records.js';
import {
  aGoodCanary,
  anArtifact,
  anOrder,
  aRequest,
  aRolledBackCanary,
  aStagingRollout,
  begun,
} from '../records/stories.js';

const now = '2027-01-02T05:15:00.000Z';

describe('a quarter, in UTC', () => {
  for (const [quarter, from, to] of [
    ['2026-Q1', '2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
    ['2026-Q4', '2026-10-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
  ] as const)
    it(`${quarter} is from ${from.slice(0, 10)} up to ${to.slice(0, 10)}`, () => {
      assert.deepEqual(quarterSpan(quarter), { from, to });
      assert.equal(quarterOf(from), quarter);
      assert.equal(quarterBefore(to), quarter);
      assert.notEqual(quarterOf(to), quarter);
    });

  for (const text of ['2026-Q5', '2026-Q0', '2026Q1', 'Q1', '', '2026-Q1 '])
    it(`"${text}" is none`, () => assert.equal(quarterSpan(text), undefined));
});

describe('how long something took, over all that it was measured of', () => {
  for (const [says, values, medianMs, p95Ms] of [
    ['one value is both', [7], 7, 7],
    ['of two the median lies between, the 95th percentile is the larger', [4, 2], 3, 4],
    ['the 95th percentile of twenty is the nineteenth', [...Array(20).keys()].reverse(), 10, 18],
    ['of a hundred the ninety-fifth', [...Array(100).keys()], 50, 94],
  ] as const)
    it(says, () => assert.deepEqual(spreadOf(values), { count: values.length, medianMs, p95Ms }));

  it('nothing has no median', () => assert.deepEqual(spreadOf([]), { count: 0 }));
});

type Told = readonly GovernanceEvent[];

/** The report of what was told, from records as they are written. */
async function reportOf(told: Told, more: Partial<AuditFacts> = {}): Promise<AuditReport> {
  const records = createMemoryRecords();
  await records.openChange({ eventId: 'open', request: aRequest() });
  for (const event of told) await records.write(event);
  const quarter = more.quarter ?? '2026-Q4';
  const entries = await records.entries();
  const files = await records.read(pathsOf(entries, quarter));
  const services = [{ service: 'shop', production: ['production'], policy: {}, debts: [], evidence: [] }];
  const followUps = await createMemoryFollowUps(records).standings(now);
  return judgeAudit({ quarter, now, chain: await records.audit(), entries, files, services, followUps, ...more });
}

const rollout = (eventId: string, ended: RolloutFacts): GovernanceEvent => ({
  kind: 'rollout-ended',
  eventId,
  rollout: ended,
});
const changed = (ended: RolloutFacts, more: Partial<RolloutFacts['outcome']>): RolloutFacts => ({
  ...ended,
  outcome: { ...ended.outcome, ...more },
});

/** 1.1.0 is taken back by a recovery of 1.0.0, an hour after its adoption. */
const comeback = (): RolloutFacts => {
  const good = aGoodCanary();
  const order = anOrder('change-20261124-02', { requestedAt: after(begun, hours(1)) });
  const plan = { ...good.plan, strategy: 'recovery', from: anArtifact(), to: anArtifact('1.0.0') } as const;
  const times = { begunAt: after(begun, hours(1)), endedAt: after(begun, minutes(61)) };
  return { ...changed(good, { ...times, observations: [] }), order, plan, approvals: [] };
};

describe('the figures of DORA', () => {
  it('count what production has adopted, and how long it took from the request', async () => {
    const { dora } = await reportOf([rollout('a', aGoodCanary()), rollout('b', aStagingRollout())]);
    const took = minutes(80); // Asked for at 02:00, adopted at 03:20.
    assert.deepEqual(
      [dora.deployments, dora.leadTime, dora.changes, dora.failed, dora.changeFailureRate],
      [1, { count: 1, medianMs: took, p95Ms: took }, 1, 0, 0],
    );
    assert.equal(dora.deploymentsPerWeek, Number((1 / (92 / 7)).toFixed(3)));
  });

  it('a change that users met and that went back has failed, restored when they were safe', async () => {
    const { dora, timeToDetect, timeToSafe } = await reportOf([
      rollout('a', aGoodCanary()),
      rollout('b', aRolledBackCanary()),
    ]);
    assert.deepEqual([dora.deployments, dora.changes, dora.failed, dora.changeFailureRate], [1, 2, 1, 0.5]);
    assert.equal(dora.timeToRestore.medianMs, minutes(2) + 2_000);
    assert.deepEqual([timeToDetect.medianMs, timeToSafe.medianMs], [minutes(2), 2_000]);
  });

  it('one that went back before users met it is a rollback, and no failure of production', async () => {
    const back = aRolledBackCanary();
    const { demand, safeAt, timeToSafeMs } = back.outcome.rollback!;
    const unseen = { demand, safeAt, timeToSafeMs };
    const { dora, rollbacks, timeToDetect } = await reportOf([rollout('a', changed(back, { rollback: unseen }))]);
    assert.deepEqual([dora.changes, dora.failed, dora.changeFailureRate], [0, 0, undefined]);
    assert.deepEqual([rollbacks.length, timeToDetect.count], [1, 0]);
  });

  it('one that was taken back later has failed too, and the comeback is no deployment', async () => {
    const { dora, doraByService } = await reportOf([rollout('a', aGoodCanary()), rollout('b', comeback())]);
    assert.deepEqual([dora.deployments, dora.changes, dora.failed], [1, 1, 1]);
    assert.equal(dora.timeToRestore.medianMs, minutes(1));
    assert.deepEqual(doraByService, { shop: dora });
  });

  it('of a quarter that is not over are by the weeks that have passed', async () => {
    const { dora } = await reportOf([rollout('a', aGoodCanary())], {
      now: after('2026-10-01T00:00:00.000Z', hours(24 * 70)),
    });
    assert.equal(dora.deploymentsPerWeek, 0.1);
  });
});

describe('the governance audit of a quarter', () => {
  it('of nothing is empty, and there is nothing to look at', async () => {
    const report = await reportOf([], { quarter: '2026-Q3' });
    assert.deepEqual([report.rollouts, report.findings, report.dora.deployments], [[], [], 0]);
    assert.deepEqual(report.chain, { verified: true, records: 1, findings: [] });
  });

  it('leaves out what the quarter before or after it has recorded', async () => {
    const told = [rollout('a', aGoodCanary()), rollout('b', aRolledBackCanary())];
    assert.deepEqual((await reportOf(told, { quarter: '2027-Q1' })).rollouts, []);
    assert.equal((await reportOf(told)).rollouts[0]?.adopted, 1);
  });

  it('counts rollouts by service and environment, and who agreed', async () => {
    const report = await reportOf([
      rollout('a', aStagingRollout()),
      rollout('b', aGoodCanary()),
      rollout('c', aRolledBackCanary()),
    ]);
    assert.deepEqual(
      report.rollouts.map((of) => [of.environment, of.adopted, of.rolledBack]),
      [
        ['staging', 1, 0],
        ['production', 1, 1],
      ],
    );
    assert.deepEqual(report.approvals, {
      given: 4,
      claimed: 2,
      roles: { 'governance-sentinel': 2, 'service-owner': 2 },
    });
  });

  it('lists emergencies with their reasons, and exceptions with who allowed them', async () => {
    const emergency = { reason: 'nobody can pay', escalateAfter: minutes(15), reviewWithin: hours(48) };
    const calendar = {
      at: begun,
      open: true,
      reason: 'by exception',
      exception: { approver: 'grace', reason: 'a fair' },
      zoneData: '2026a',
    };
    const urgent: RolloutFacts = { ...aGoodCanary({ order: { ...anOrder(), emergency } }), ...{ calendar } };
    const { emergencies, exceptions } = await reportOf([rollout('a', urgent)]);
    assert.deepEqual(
      [emergencies[0]?.reason, exceptions[0]?.approver, exceptions[0]?.reason],
      ['nobody can pay', 'grace', 'a fair'],
    );
  });
});

describe('what a governance audit finds', () => {
  const about = (report: AuditReport, what: string) => report.findings.filter((finding) => finding.about === what);

  for (const [says, verification, state] of [
    ['a rollback that nobody has verified', undefined, 'missing'],
    ['a rollback after which the former version does not verify', fail('1 of 3 checks failed'), 'failed'],
  ] as const)
    it(`${says}: the service owner must look`, async () => {
      const back = aRolledBackCanary();
      const { demand, safeAt, timeToSafeMs } = back.outcome.rollback!;
      const rollback = { demand, safeAt, timeToSafeMs };
      const report = await reportOf([
        rollout('a', changed(back, { rollback: { ...rollback, ...(verification && { verification }) } })),
      ]);
      assert.equal(report.rollbacks[0]?.verification, state);
      const [finding] = about(report, 'rollback');
      assert.deepEqual([finding?.owner, finding?.command], ['service-owner', 'slipway status shop']);
    });

  it('none where it verified, and a draft of a decision until its status is changed', async () => {
    const report = await reportOf([rollout('a', aRolledBackCanary())]);
    assert.deepEqual(about(report, 'rollback'), []);
    assert.match(about(report, 'decision')[0]?.text ?? '', /DEC-DEPLOY-0001-.*is still a draft/);
  });

  it('a decision that people have completed no more', async () => {
    const records = createMemoryRecords();
    await records.write(rollout('a', aRolledBackCanary()));
    const path = 'docs/decisions/DEC-DEPLOY-0001-rollback-of-shop-1-1-0-in-production.md';
    records.files.set(path, (records.files.get(path) ?? '').replace('**Status:** Draft', '**Status:** Decided'));
    const entries = await records.entries();
    const files = await records.read(pathsOf(entries, '2026-Q4'));
    const report = judgeAudit({
      quarter: '2026-Q4',
      now,
      chain: await records.audit(),
      entries,
      files,
      services: [],
      followUps: [],
    });
    assert.deepEqual([report.decisions, about(report, 'decision')], [{ written: 1, drafts: [] }, []]);
  });

  it('a chain that does not hold first of all, and nothing is counted of a log that was altered', async () => {
    const records = createMemoryRecords();
    const { paths } = await records.write(rollout('a', aGoodCanary()));
    const log = paths.find((path) => path.startsWith('logs/deployments/')) ?? '';
    records.files.set(log, (records.files.get(log) ?? '').replace('"v1.1.0"', '"v6.6.6"'));
    const entries = await records.entries();
    const files = await records.read(pathsOf(entries, '2026-Q4'));
    const report = judgeAudit({
      quarter: '2026-Q4',
      now,
      chain: await records.audit(),
      entries,
      files,
      services: [],
      followUps: [],
    });
    const [first] = report.findings;
    assert.equal(first?.about, 'chain');
    assert.match(first.text, /1 findings, the first: logs\/deployments\/.* was altered/);
    assert.deepEqual(report.rollouts, []);
  });

  it('production that fewer than two have agreed to, but never a comeback', async () => {
    const alone = aGoodCanary({ approvals: [] });
    const report = await reportOf([rollout('a', alone), rollout('b', comeback())]);
    assert.deepEqual(
      about(report, 'approval').map(({ text }) => text),
      ['change-20261124-01: shop v1.1.0 was adopted in production with 0 approvals; wanted 2'],
    );
  });

  const debt = { changeId: 'change-20261230-01', version: '1.1.1', reason: 'nobody can pay', by: 'ada', at: begun };
  for (const [due, says] of [
    ['2027-01-02T05:15:00.001Z', /is due by 2027-01-02/],
    ['2027-01-02T05:15:00.000Z', /is overdue since 2027-01-02/],
  ] as const)
    it(`a review that is owed until ${due}, with the command that settles it`, async () => {
      const services = [
        { service: 'shop', production: ['production'], policy: {}, debts: [{ ...debt, due }], evidence: [] },
      ];
      const [finding] = about(await reportOf([], { services }), 'debt');
      assert.match(String(finding?.text), says);
      assert.match(finding?.command ?? '', /^slipway review shop change-20261230-01 /);
    });

  for (const [says, age, state] of [
    ['a drill of a year ago holds to the day', 365, 'holds'],
    ['one of a day more is due', 366, 'expired'],
    ['none was ever due more', undefined, 'missing'],
  ] as const)
    it(says, async () => {
      const at = after(now, -hours(24 * (age ?? 0)));
      const shown = { item: 'rollback-rehearsed', at, by: 'ada', source: 'system', what: 'went back in 4 s' } as const;
      const services = [
        {
          ...{ service: 'shop', production: ['production'], debts: [] },
          policy: { 'rollback-rehearsed': { maxAge: hours(24 * 365) }, runbooks: {} },
          evidence: age === undefined ? [] : [shown],
        },
      ];
      const report = await reportOf([], { services });
      assert.deepEqual(
        report.rehearsals.map((of) => [of.item, of.state, of.due]),
        [['rollback-rehearsed', state, age === undefined ? undefined : after(at, hours(24 * 365))]],
      );
      assert.deepEqual(
        about(report, 'rehearsal').map(({ command }) => command),
        state === 'holds' ? [] : ['slipway drill shop'],
      );
    });
});
