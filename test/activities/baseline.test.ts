import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WindowReport } from '../../activities/contract.js';
import { createEnvironmentActivities, type EnvironmentTools } from '../../activities/environment.js';
import { lookOnce } from '../../activities/observe.js';
import type { WindowSoFar } from '../../activities/window-so-far.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemoryMetrics } from '../../src/adapters/memory/metrics.js';
import { createMemoryTraffic } from '../../src/adapters/memory/traffic.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { Window } from '../../src/domain/strategy.js';
import type { Instance } from '../../src/ports/fleet.js';
import type { Metrics } from '../../src/ports/metrics.js';
import { aMetric } from '../support/metrics.js';
import { anArtifact, aWindow, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const [from, to] = [anArtifact('1.0.0'), anArtifact('1.1.0')];
const fence = (step: string) => ({ key: `run/2/${step}`, generation: 2 });

/** 1.1.0 beside 1.0.0 and a baseline of it, at 25 %. */
async function opened() {
  let second = 0;
  const world = createMemoryWorld(() => new Date(after(tuesday, seconds(second))));
  const [fleet, traffic] = [createMemoryFleet(world), createMemoryTraffic(world)];
  world.at(place).stable = { artifact: from, instances: ['shop-1.0.0-1'] };
  await fleet.start({ place, artifact: to, instances: 1, fence: fence('start') });
  await fleet.startBaseline({ place, artifact: from, instances: 1, fence: fence('baseline') });
  await traffic.shift({ place, share: 25, fence: fence('shift') });
  let carried: WindowSoFar | undefined;
  const window = aWindow({ for: seconds(2), every: seconds(1) });
  /** One look, a second after the one before. */
  const look = async (of: Window = window, metrics: Metrics = createMemoryMetrics(world), sick?: Instance['lane']) => {
    const env = new MockActivityEnvironment({ heartbeatDetails: carried });
    env.on('heartbeat', (beat: WindowSoFar) => (carried = beat));
    const seen = { ...fleet, read: async () => withSick(await fleet.read(place), sick) };
    const ask = { place, window: of, compared: true, control: 'baseline' } as const;
    const ended: Promise<WindowReport> = env.run(() => lookOnce({ fleet: seen, metrics }, ask));
    return await ended
      .catch((fault: unknown) => assert.ok(fault instanceof ApplicationFailure))
      .finally(() => second++);
  };
  return { world, fleet, look, window, carried: () => carried };
}

function withSick(status: Awaited<ReturnType<ReturnType<typeof createMemoryFleet>['read']>>, sick?: Instance['lane']) {
  const { baseline } = status;
  if (sick !== 'baseline' || !baseline) return status;
  return { ...status, baseline: { ...baseline, instances: baseline.instances.map((i) => ({ ...i, healthy: false })) } };
}

describe('a window of a rollout whose baseline is up', () => {
  it('compares with the baseline, and reports and keeps that it did', async () => {
    const { world, look } = await opened();
    world.send(place, 1_000);
    await look();
    world.conduct(from.digest, { errors: 0.1 });
    world.send(place, 400);
    await look();
    world.conduct(from.digest, { errors: 0 });
    const report = await look();
    assert.ok(report);
    assert.deepEqual([report.control, report.judgedBy?.control], ['baseline', 'baseline']);
    assert.deepEqual(
      [report.stable, report.candidate].map(({ requests, errors }) => [requests, errors]),
      [
        [100, 10],
        [100, 0],
      ],
    );
    assert.equal(report.judgedBy?.before.requests, 0);
    assert.equal(report.verdict.kind, 'pass', report.verdict.reason);
  });

  it('ends at once where an instance of the baseline is sick, and says that it was the baseline', async () => {
    const { look, window } = await opened();
    const report = await look(window, undefined, 'baseline');
    assert.ok(report);
    assert.deepEqual([report.cause, report.verdict.kind], ['health', 'fail']);
    assert.match(report.verdict.reason, /^failed health check of the baseline: shop-1\.0\.0-\d+ \(1 of 1 instances\)$/);
  });

  it('ends at once where the baseline is gone', async () => {
    const { fleet, look } = await opened();
    await fleet.stopBaseline({ place, fence: fence('by-hand') });
    assert.match((await look())?.verdict.reason ?? '', /^no baseline of shop runs in production$/);
  });

  it('asks the queries of its metrics of the baseline, not of the stable lane', async () => {
    const { world, look } = await opened();
    const query = 'orders{lane="{{lane}}"}';
    const asked: string[] = [];
    const metrics: Metrics = {
      ...createMemoryMetrics(world),
      ask: (_, questions) => {
        asked.push(...questions.map(({ lane }) => lane));
        return Promise.resolve(questions.map(() => 1));
      },
    };
    await look(aWindow({ for: seconds(60), every: seconds(1), metrics: [aMetric({ query })] }), metrics);
    assert.deepEqual(asked, ['candidate', 'baseline']);
  });
});

describe('starting a baseline', () => {
  const activities = (fleet: object) => createEnvironmentActivities({ fleet } as unknown as EnvironmentTools);
  const run = <T>(work: () => Promise<T>): Promise<T> => new MockActivityEnvironment().run(work);
  const ask = { ...fence('baseline'), place, artifact: from, instances: 1 };

  it('that does not become healthy is refused, and it is said that it was the baseline', async () => {
    const { fleet, world } = await opened();
    world.conduct(from.digest, { healthy: false });
    await assert.rejects(
      run(() => activities(fleet).startBaseline({ ...ask, key: 'run/2/again' })),
      (fault: Error & { type?: string }) => {
        assert.match(fault.message, /^the baseline: 1\.0\.0 does not become healthy/);
        return fault.type === 'unhealthy';
      },
    );
  });

  it('that runs something else than what is stable is not compared with', async () => {
    const { fleet } = await opened();
    const { baseline } = await fleet.read(place);
    assert.ok(baseline);
    const other = baseline.instances.map((instance) => ({ ...instance, digest: 'sha256:0ld' }));
    const stale = {
      ...fleet,
      read: async () => ({ ...(await fleet.read(place)), baseline: { ...baseline, instances: other } }),
    };
    await assert.rejects(
      run(() => activities(stale).startBaseline(ask)),
      /1 of 1 do not run .*is not given users|is not given users: 1 of 1 do not run/,
    );
  });

  it('that a platform only says it has done is not believed, nor its end', async () => {
    const { fleet } = await opened();
    const world = await fleet.read(place);
    const { baseline, ...without } = world;
    assert.ok(baseline);
    const nothing = { startBaseline: () => Promise.resolve(), stopBaseline: () => Promise.resolve() };
    const started = run(() => activities({ ...nothing, read: () => Promise.resolve(without) }).startBaseline(ask));
    await assert.rejects(started, /the baseline lane of shop in production is nothing; wanted sha256:/);
    const stopped = run(() =>
      activities({ ...nothing, read: () => Promise.resolve(world) }).stopBaseline({ ...fence('x'), place }),
    );
    await assert.rejects(stopped, /the baseline lane of shop in production is sha256:\S+; wanted nothing/);
  });
});
