import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker } from '@temporalio/worker';
import { createEnvironmentActivities } from '../../activities/environment.js';
import { createMemoryGates } from '../../src/adapters/memory/gates.js';
import { createMemoryLoad } from '../../src/adapters/memory/load.js';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { createMemoryDatabase } from '../../src/adapters/memory/database.js';
import { createMemoryFlags } from '../../src/adapters/memory/flags.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryTelemetry } from '../../src/adapters/memory/telemetry.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createMemoryWorld, type MemoryWorld } from '../../src/adapters/memory/world.js';
import type { AftercareOrder, AftercareReport } from '../../src/domain/aftercare.js';
import { hours, minutes } from '../../src/domain/duration.js';
import type { Demand } from '../../src/domain/rollout.js';
import type { FlagsOff } from '../../src/domain/flag-change.js';
import {
  aftercareId,
  environmentQueue,
  recordQueue,
  releaseQueue,
  rollbackQueue,
  workflowTypes,
} from '../../src/messages.js';
import type { Smoke } from '../../src/ports/smoke.js';
import { bundlePath } from '../../workers/bundle.js';
import type { WindowMetric } from '../../src/domain/window-metric.js';
import type { Flags } from '../../src/ports/flags.js';
import { aMetric } from '../support/metrics.js';
import { anArtifact, aRequest, aWindow } from '../support/orders.js';
import { openSkippingTime } from '../support/skipping-time.js';

const place = { service: 'shop', environment: 'production' };
const [v1, v2] = [anArtifact('1.0.0'), anArtifact('1.1.0')];

/** SPEC-0701, Monitoring Windows: 24 hours of enhanced monitoring, in skipped time. */
describe('The aftercare', { timeout: 200_000 }, () => {
  let time: TestWorkflowEnvironment;
  before(async () => (time = await openSkippingTime()));
  after(() => time.teardown());

  it('of 24 hours costs as many events as one of an hour, and retires the former version at its end', async () => {
    const counts: number[] = [];
    for (const length of [hours(1), hours(24)]) {
      const world = await adopted();
      const { outcome, events } = await watched(world, length, () => world.send(place, 20));
      assert.deepEqual('kind' in outcome && [outcome.kind, outcome.verdict.kind], ['over', 'pass']);
      assert.ok('watchedMs' in outcome && outcome.watchedMs >= length);
      assert.equal(world.at(place).former, undefined);
      counts.push(events);
    }
    assert.deepEqual(counts, [19, 19]);
  });

  it('ends without a word where something else runs by now, and leaves the former version to whoever brought that', async () => {
    const world = await adopted();
    const { outcome } = await watched(world, hours(24), (look) => {
      if (look === 3) world.at(place).stable = { artifact: anArtifact('1.2.0'), instances: ['x'] };
    });
    assert.equal('kind' in outcome && outcome.kind, 'superseded');
    assert.notEqual(world.at(place).former, undefined);
  });

  it('says of a day in which nobody came that nothing was seen', async () => {
    const world = await adopted();
    const { outcome } = await watched(world, hours(24), () => undefined);
    assert.deepEqual('kind' in outcome && [outcome.kind, outcome.verdict.kind], ['over', 'no-data']);
  });

  it('turns the flags of the release off first, and keeps what is good without them', async () => {
    const definition = { name: 'express', description: 'next day', owner: 'logistics', defaultVariant: 'on' };
    const variants = { on: true, off: false };
    const flags = createMemoryFlags({ production: [{ ...definition, variants, state: 'ENABLED' }] });
    const setting = async () => (await flags.read('production')).flags[0]?.defaultVariant;
    const world = await adopted();
    const customers = async () => {
      world.conduct(v2.digest, { errors: (await setting()) === 'on' ? 0.5 : 0 });
      world.send(place, 20);
    };
    const { report, recorded } = await watched(world, hours(24), customers, flags);
    assert.deepEqual([report?.kind, await setting()], ['over', 'off']);
    assert.deepEqual(
      recorded.map(({ during, flags: turned }) => [during, ...turned.map(({ flag }) => flag)]),
      [['the aftercare', 'express']],
    );
  });

  // What it terminates leaves a poll behind, to which the test server would give a task of the next: that has its own.
  it('finds a fault in its last hour, which the good hours before it do not drown', async () => {
    const world = await adopted();
    const { report } = await watched(world, hours(24), (look) => {
      if (look === 92) world.conduct(v2.digest, { errors: 0.5 });
      world.send(place, 20);
    });
    assert.equal(report?.kind, 'bad');
    assert.match(report.verdict.reason, /error-rate/);
    assert.ok(report.watchedMs < minutes(60));
  });

  it('holds metrics against their bounds for as long: what grows slowly goes back, however users are answered', async () => {
    await time.teardown();
    time = await openSkippingTime();
    const world = await adopted();
    const queue = aMetric({
      ...{ name: 'queue', query: 'max(queue)', every: minutes(15), minSamples: 4 },
      rule: { kind: 'bounds', atMost: 50, statistic: 'median' },
    });
    const growing = (look: number) => {
      world.send(place, 20);
      world.tell(place, { query: queue.query, lane: 'stable' }, look);
    };
    const { report } = await watched(world, hours(24), growing, undefined, [queue]);
    assert.equal(report?.kind, 'bad');
    assert.match(report.verdict.reason, /^queue: median 5\d(\.\d)? is above 50/);
  });

  /** 1.0.0 ran, 1.1.0 was adopted, 1.0.0 is kept warm. */
  async function adopted(): Promise<MemoryWorld> {
    const world = createMemoryWorld(() => new Date(clock));
    const [fleet, traffic] = [createMemoryFleet(world), createMemoryTraffic(world)];
    const fence = (key: string) => ({ key, generation: 1 });
    for (const artifact of [v1, v2]) {
      await fleet.start({ place, artifact, instances: 2, fence: fence(`start ${artifact.version}`) });
      await traffic.shift({ place, share: 100, fence: fence(`shift ${artifact.version}`) });
      await fleet.adopt({
        place,
        digest: artifact.digest,
        keepFormer: true,
        fence: fence(`adopt ${artifact.version}`),
      });
    }
    return world;
  }

  /** Watches for `length`; `between` is what happens between two looks, and `flags` what the release was bound to. */
  async function watched(
    world: MemoryWorld,
    length: number,
    between: (look: number) => unknown,
    flags?: Flags,
    metrics: readonly WindowMetric[] = [],
  ) {
    const recorded: FlagsOff[] = [];
    let bad = 0;
    let looks = 0;
    let report: AftercareReport | undefined;
    let decided: (report: AftercareReport) => void = () => undefined;
    const demanded = new Promise<AftercareReport>((resolve) => (decided = resolve));
    const fleet = createMemoryFleet(world);
    const activities = createEnvironmentActivities({
      fleet,
      traffic: createMemoryTraffic(world),
      telemetry: createMemoryTelemetry(),
      smoke: noSmoke,
      calendars: createMemoryCalendars(),
      load: createMemoryLoad(),
      gates: createMemoryGates(),
      workflows: { standing: () => Promise.resolve(undefined) },
      database: createMemoryDatabase({ packages: () => ({ scripts: {} }) }),
      flags: flags ?? createMemoryFlags({}),
      metrics: {
        ...createMemoryMetrics(world),
        async sample(at) {
          clock = await time.currentTimeMs();
          await between((looks += 1));
          return world.sample(at);
        },
      },
    });
    const { nativeConnection: connection } = time;
    const workers = await Promise.all([
      Worker.create({ connection, taskQueue: releaseQueue, workflowBundle: { codePath: bundlePath } }),
      Worker.create({
        connection,
        taskQueue: environmentQueue('production'),
        activities: {
          ...activities,
          async observeAdopted(ask: Parameters<typeof activities.observeAdopted>[0]) {
            report = await activities.observeAdopted(ask);
            // No mailbox hears the demand here: that it was decided is enough.
            if (report.kind === 'bad') bad += 1;
            if (bad > (flags ? 1 : 0)) decided(report);
            return report;
          },
        },
      }),
      Worker.create({ connection, taskQueue: rollbackQueue('production'), activities }),
      Worker.create({
        connection,
        taskQueue: recordQueue,
        activities: { recordFlagsOff: (off: FlagsOff) => Promise.resolve({ paths: [], wrote: recorded.push(off) }) },
      }),
    ]);
    const runs = workers.map((worker) => worker.run());
    try {
      const handle = await time.client.workflow.start(workflowTypes.aftercare, {
        workflowId: aftercareId('production', 'shop', `change-${Math.random()}`),
        taskQueue: releaseQueue,
        args: [anOrder(length, flags !== undefined, metrics)],
      });
      const result = handle.result() as Promise<AftercareReport | Demand>;
      const outcome = await Promise.race([result, demanded]);
      if (report?.kind === 'bad') await handle.terminate();
      await result.catch(() => undefined);
      const history = await handle.fetchHistory();
      return { outcome, report, recorded, events: history.events?.length ?? 0 };
    } finally {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
    }
  }

  let clock = Date.parse('2026-11-24T09:00:00Z');
});

const off = { state: 'ENABLED', defaultVariant: 'off' } as const;

const anOrder = (length: number, bound: boolean, metrics: readonly WindowMetric[]): AftercareOrder => ({
  changeId: 'change-20261124-01',
  plan: {
    ...{ place, strategy: 'canary', from: v1, to: v2, instances: 2, generation: 1, steps: [], hash: 'sha256:0' },
    ...(bound && { flags: [{ flag: 'express', off }] }),
  },
  window: aWindow({
    ...{ for: length, every: minutes(15), minSamples: 10 },
    ...(metrics.length > 0 && { metrics }),
  }),
  baseline: { requests: 1_000, errors: 0 },
  about: { requester: aRequest().requester, profile: aRequest().profile },
});

const noSmoke: Smoke = { run: () => Promise.resolve({ verdict: { kind: 'pass', reason: 'nothing asked' }, log: '' }) };
