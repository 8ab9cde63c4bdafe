import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Client } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { type Audited, type AuditOrder, quarterBefore, quarterOf } from '../../src/domain/audit.js';
import { days, hours, minutes, seconds } from '../../src/domain/duration.js';
import type { DrillOrder, DrillOutcome, DrillUnderWay } from '../../src/domain/drill.js';
import type { ReadinessPolicy } from '../../src/domain/readiness.js';
import type { ReleaseOutcome, ReleaseProgress, ReleaseRequest } from '../../src/domain/release.js';
import type { ServiceStanding } from '../../src/domain/service.js';
import { speakAs, vouching } from '../../src/http/speaker.js';
import {
  approveSignal,
  drillUpdate,
  evidenceUpdate,
  releaseId,
  releaseProgress,
  releaseQueue,
  reviewUpdate,
  schedules,
  serviceId,
  serviceStanding,
  workflowTypes,
} from '../../src/messages.js';
import { eventually } from '../support/eventually.js';
import { recordHistories } from '../support/histories.js';
import { type MemorySlipway, openMemorySlipway, saidAs, submit } from '../support/memory-slipway.js';
import { anArtifact, aRequest, aRolling, aStage, bySentinelAndOwner } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0', '1.4.0', '1.5.0', '1.6.0'];
const commits = versions.map((version) => ({ service: 'shop', version, commit: anArtifact(version).commit }));
const policy: ReadinessPolicy = { 'quality-gates': {}, 'rollback-rehearsed': { maxAge: days(365) } };
const board = { roles: ['governance-board', 'governance-board'], requesterMayApprove: false, expiresAfter: hours(24) };
const nights = { kind: 'weekly', days: ['tue', 'fri'], from: '22:00', to: '02:00', zone: 'Europe/Berlin' } as const;
const record = { path: 'docs/reviews/pay.md', hash: 'a'.repeat(64) };

/** A whole year of a service, day by day in skipped time, by the clock of the engine: everything falls due as it is written. */
describe('a year of the shop', { timeout: 500_000 }, () => {
  let time: TestWorkflowEnvironment;
  let slipway: MemorySlipway;
  let client: Client;
  let begun = 0;
  /** The day by which a rollback was rehearsed. */
  let rehearsed = 0;
  const audits: Audited[] = [];
  before(async () => {
    time = await openSkippingTime();
    client = new Client({ connection: time.connection });
    const governed = [{ service: 'shop', production: ['production'], policy }];
    slipway = await openMemorySlipway(time, { environment: 'production', commits, governed });
    slipway.calendars.of.set('production', { windows: [nights], freezes: [], exceptions: [] });
    begun = await time.currentTimeMs();
  });
  after(async () => {
    await slipway.close();
    await time.teardown();
  });

  it('begins with a version that waits for a rehearsed rollback, and for the first night of a window', async () => {
    const changeId = await ask('1.0.0');
    const { stages } = await until(changeId, 'awaiting-readiness');
    assert.deepEqual(
      stages[0]?.readiness?.items.filter(({ state }) => state === 'missing').map(({ command }) => command),
      ['slipway drill shop'],
    );
    const at = new Date(await time.currentTimeMs()).toISOString();
    const shown = { item: 'rollback-rehearsed', by: 'grace', source: 'record', what: 'in staging', at, record };
    await saidAs(time, 'grace', evidenceUpdate, { roles: ['governance-sentinel'], evidence: shown });
    await agreed(changeId);
    assert.ok(isNight(await begunAt('1.0.0')), await begunAt('1.0.0'));
    slipway.calendars.of.delete('production');
    const { kind, reason, at: rehearsedAt } = await drilled();
    assert.equal(kind, 'passed', reason);
    rehearsed = Math.ceil((Date.parse(rehearsedAt) - begun) / days(1));
    slipway.calendars.of.set('production', { windows: [nights], freezes: [], exceptions: [] });
  });

  it('goes on in the nights of Tuesday and Friday alone, and in none that is frozen', async () => {
    await daysUntil(60);
    await agreed(await ask('1.1.0'));
    assert.ok(isNight(await begunAt('1.1.0')), await begunAt('1.1.0'));

    const monday = 1;
    await daysUntil(100 + ((7 + monday - new Date(begun + days(100)).getUTCDay()) % 7));
    const from = await time.currentTimeMs();
    const local = (ms: number): string => new Date(ms).toISOString().slice(0, 16);
    const thaw = from + days(2);
    const times = { kind: 'once', from: local(from), to: local(thaw), zone: 'UTC' } as const;
    const freezes = [{ name: 'sale', times, reason: 'everybody buys' }];
    slipway.calendars.of.set('production', { windows: [nights], freezes, exceptions: [] });
    await agreed(await ask('1.2.0'));
    const night = await begunAt('1.2.0');
    assert.ok(isNight(night) && Date.parse(night) >= thaw - minutes(1), night);
  });

  it('has an emergency at any hour, whose review keeps standard releases out once it is overdue', async () => {
    await daysUntil(120);
    const emergency = { reason: 'nobody can pay', escalateAfter: hours(1), reviewWithin: hours(48) };
    const changeId = await ask('1.3.0', { emergency });
    await until(changeId, 'awaiting-approval');
    for (const person of ['ann', 'bob']) await say(changeId, person);
    assert.equal((await ended(changeId)).kind, 'succeeded');
    await daysUntil(128);
    await assert.rejects(ask('1.4.0'), (fault: Error) => /owes the review/.test(String(fault.cause)));
    assert.match(slipway.told.filter(({ key }) => key.startsWith('debt/')).at(-1)?.text ?? '', /is overdue since/);
    await daysUntil(130);
    await saidAs(time, 'ann', reviewUpdate, { changeId, by: 'ann', record, comment: 'timeouts are bounded' });
    await agreed(await ask('1.4.0'));
  });

  it('is told a month, two weeks, a week and a day before that the drill has had its year', async () => {
    await daysUntil(rehearsed + 366);
    const told = slipway.told.filter(({ key }) => key.startsWith('drill-due/')).map(({ text }) => text);
    assert.deepEqual(
      told.slice(0, 4).map((text) => /one more day|\d+ more days/.exec(text)?.[0]),
      ['30 more days', '14 more days', '7 more days', 'one more day'],
    );
    assert.ok(told.every((text) => text.endsWith('slipway drill shop')));
  });

  it('ends with a version that waits for the next drill, and goes on by itself when that has passed', async () => {
    slipway.calendars.of.delete('production');
    const changeId = await ask('1.5.0');
    const { stages } = await until(changeId, 'awaiting-readiness');
    const [old] = stages[0]?.readiness?.items.filter(({ state }) => state !== 'holds') ?? [];
    assert.match(`${old?.reason} ${old?.command}`, / is older than 365 days slipway drill shop$/);
    assert.equal((await drilled(changeId)).kind, 'passed');
    await agreed(changeId);
    await recordHistories({ client: () => Promise.resolve(client) }, 'shop', changeId, 'planned-again', ['release']);
  });

  it('was audited every quarter: what was deployed, the emergency, the review that was owed', async () => {
    assert.deepEqual(
      audits.map(({ report }) => report.quarter),
      [...new Set(audits.map(({ report }) => report.quarter))],
    );
    assert.ok(audits.length >= 4, `${audits.length} audits`);
    const year = audits.map(({ report }) => report);
    const sum = year.reduce((total, { dora }) => total + dora.deployments, 0);
    assert.equal(sum, 5, 'all but the last, whose quarter is not over');
    assert.deepEqual(
      year.flatMap(({ emergencies }) => emergencies.map(({ version }) => version)),
      ['v1.3.0'],
    );
    const owed = year.flatMap(({ findings }) => findings.filter(({ about }) => about === 'debt'));
    assert.match(owed[0]?.command ?? '', /^slipway review shop change-/);
    assert.ok(year.every(({ chain }) => chain.verified));
    assert.deepEqual((await slipway.records.audit()).findings, []);
  });

  /** Lets day after day pass, each with what the calendar does in it. */
  async function daysUntil(day: number): Promise<void> {
    for (;;) {
      const now = await time.currentTimeMs();
      if (now >= begun + days(day)) return;
      const before = new Date(now).toISOString();
      const tomorrow = begun + days(Math.floor((now - begun) / days(1)) + 1);
      await time.sleep(Math.max(1, Math.min(tomorrow, begun + days(day)) - now));
      await client.workflow.execute(workflowTypes.reminders, {
        ...{ workflowId: schedules.reminders, taskQueue: releaseQueue },
      });
      const today = new Date(await time.currentTimeMs()).toISOString();
      if (quarterOf(today) === quarterOf(before)) continue;
      const order: AuditOrder = { how: 'write', by: 'the schedule' };
      const audited = await client.workflow.execute<(of: AuditOrder) => Promise<Audited>>(
        workflowTypes.governanceAudit,
        { workflowId: schedules.governanceAudit, taskQueue: releaseQueue, args: [order] },
      );
      assert.equal(audited.report.quarter, quarterBefore(today));
      audits.push(audited);
    }
  }

  async function ask(version: string, more: Partial<ReleaseRequest> = {}): Promise<string> {
    const approval = more.emergency ? board : { ...bySentinelAndOwner, expiresAfter: hours(20) };
    const calendar = { beforeTraffic: 'stop', withTraffic: 'finish' } as const;
    const { changeId } = await submit(time, {
      ...aRequest({ version, commit: anArtifact(version).commit, whenBusy: 'queue', ...more }),
      requestedAt: new Date(await time.currentTimeMs()).toISOString(),
      stages: [
        aStage({
          ...{ instances: 1, strategy: aRolling(), approval, calendar },
          ...(!more.emergency && { readiness: policy, plansAgain: true as const }),
        }),
      ],
      roster: {
        alice: ['implementation-wrangler'],
        grace: ['governance-sentinel'],
        oscar: ['service-owner'],
        ann: ['governance-board'],
        bob: ['governance-board'],
      },
    });
    return changeId;
  }

  const handle = (changeId: string) => time.client.workflow.getHandle(releaseId('shop', changeId));
  const say = (changeId: string, person: string) =>
    handle(changeId).signal(approveSignal.name, { person, comment: 'go' });
  const ended = async (changeId: string): Promise<ReleaseOutcome> =>
    (await handle(changeId).result()) as ReleaseOutcome;

  /** Two people agree to it, and it ends well. */
  async function agreed(changeId: string): Promise<void> {
    await until(changeId, 'awaiting-approval');
    for (const person of ['grace', 'oscar']) await say(changeId, person);
    const { kind, reason } = await ended(changeId);
    assert.equal(kind, 'succeeded', reason);
  }

  const until = (changeId: string, state: string): Promise<ReleaseProgress> =>
    eventually(`${changeId} is ${state}`, async () => {
      const seen = await handle(changeId)
        .query<ReleaseProgress>(releaseProgress)
        .catch(() => undefined);
      return seen?.state === state ? seen : undefined;
    });

  /** When the rollout of a version began, as its deploy log says. */
  function begunAt(version: string): Promise<string> {
    const logs = [...slipway.records.files].filter(([path]) => path.startsWith('logs/deployments/'));
    const found = logs.map(([, text]) => JSON.parse(text) as { readonly version: string; readonly begun_at: string });
    return Promise.resolve(found.find((log) => log.version === `v${version}`)?.begun_at ?? 'never');
  }

  /** `beside`: a release that waits for it. */
  async function drilled(beside?: string): Promise<DrillOutcome> {
    const stage = aStage({ instances: 1, strategy: aRolling() });
    const order: Omit<DrillOrder, 'by' | 'at'> = {
      ...{ service: 'shop', stage, reason: 'a drill', requestsPerSecond: 20, stays: seconds(1) },
      ...(beside !== undefined && { beside }),
    };
    const { at } = await speakAs('grace', () =>
      vouching(time.client)
        .workflow.getHandle(serviceId('shop'))
        .executeUpdate<DrillUnderWay, [unknown]>(drillUpdate.name, {
          args: [order],
        }),
    );
    return await eventually('the drill has ended', async () => {
      const { drill, drilled: latest } = await time.client.workflow
        .getHandle(serviceId('shop'))
        .query<ServiceStanding>(serviceStanding);
      return drill === undefined && latest && latest.at >= at ? latest : undefined;
    });
  }
});

/** Whether it is Tuesday or Friday after 22:00, or the morning after until 02:00, in Berlin. */
function isNight(at: string): boolean {
  const words = new Intl.DateTimeFormat('en-GB', {
    ...{ weekday: 'short', hour: '2-digit', hourCycle: 'h23', timeZone: 'Europe/Berlin' },
  }).formatToParts(new Date(at));
  const of = (type: string): string => words.find((part) => part.type === type)?.value ?? '';
  const hour = Number(of('hour'));
  return (['Tue', 'Fri'].includes(of('weekday')) && hour >= 22) || (['Wed', 'Sat'].includes(of('weekday')) && hour < 2);
}
