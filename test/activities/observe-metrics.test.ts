import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WindowReport } from '../../activities/contract.js';
import { lookOnce } from '../../activities/observe.js';
import type { WindowSoFar } from '../../activities/window-so-far.js';
import { after, between, seconds } from '../../src/domain/duration.js';
import type { LaneSample } from '../../src/domain/sample.js';
import type { Window } from '../../src/domain/strategy.js';
import { Unmeasured } from '../../src/domain/unmeasured.js';
import type { WindowMetric } from '../../src/domain/window-metric.js';
import type { Answer, Metrics, Question } from '../../src/ports/metrics.js';
import type { FleetStatus } from '../../src/ports/fleet.js';
import { aMetric } from '../support/metrics.js';
import { anArtifact, aWindow, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const anHour = seconds(3_600);

/** A source that answers each question so, and notes what it was asked. */
function source(answer: (question: Question) => Answer) {
  const asked: Question[] = [];
  const back: { readonly every: number; readonly count: number }[] = [];
  let second = 0;
  const lane = (n: number) => ({
    requests: n,
    errors: 0,
    latency: [
      { le: 10, count: n },
      { le: -1, count: n },
    ],
  });
  const metrics: Metrics = {
    sample: () => {
      const sample: LaneSample = {
        at: after(tuesday, seconds(second)),
        stable: lane(100 * second),
        candidate: lane(20 * second),
      };
      return Promise.resolve(sample);
    },
    ask: (_, questions) => {
      asked.push(...questions);
      return Promise.resolve(questions.map(answer));
    },
    past: (_, question, of) => {
      asked.push(question);
      back.push(of);
      return Promise.resolve(Array.from({ length: of.count }, (__, i) => 100 + (i % 3)));
    },
  };
  return { metrics, asked, back, at: (now: number) => (second = now) };
}

const { digest, version } = anArtifact();
const instance = {
  id: 'shop-1',
  lane: 'candidate',
  digest,
  version,
  healthy: true,
  url: 'http://127.0.0.1:1',
} as const;
const status: FleetStatus = { generation: 1, candidate: { artifact: anArtifact(), instances: [instance] } };
const fleet = { read: () => Promise.resolve(status) };

const aLook = (metrics: readonly WindowMetric[], more: Partial<Window> = {}): Window =>
  aWindow({ for: seconds(24), every: seconds(2), metrics, ...more });

/** The window, look by look, until it ends; what it came to, and what it carried before. */
async function watched(
  from: ReturnType<typeof source>,
  window: Window,
  ask: { readonly share?: number; readonly compared?: boolean } = {},
) {
  let carried: WindowSoFar | undefined;
  for (let second = 0; second < 60; second += 2) {
    from.at(second);
    const env = new MockActivityEnvironment({ heartbeatDetails: carried });
    env.on('heartbeat', (beat: WindowSoFar) => (carried = beat));
    const tried: Promise<WindowReport> = env.run(() =>
      lookOnce({ fleet, metrics: from.metrics } as never, { place, window, compared: true, share: 25, ...ask }),
    );
    const ended = await tried.catch((fault: unknown) => {
      if (fault instanceof ApplicationFailure && fault.category === 'BENIGN') return undefined;
      throw fault;
    });
    if (ended) return { report: ended, carried, second };
  }
  throw new Error('it did not end');
}

const every2s = { every: seconds(2) };

describe('a window that is judged by metrics', () => {
  it('asks for both lanes as of the moment of each look, and reports what it saw', async () => {
    const from = source(({ lane, at }) => (lane === 'stable' ? 100 : 99) + (between(tuesday, at) % 5));
    const { report, second } = await watched(from, aLook([aMetric(every2s)]));
    assert.deepEqual([report.verdict.kind, second], ['pass', 24], report.verdict.reason);
    assert.match(report.verdict.reason, /^480 requests; .*; orders: not worse/);
    const [metric] = report.metrics ?? [];
    assert.deepEqual(metric?.samples, { candidate: 13, stable: 13 });
    assert.equal(metric.points.length, 13);
    assert.deepEqual(
      from.asked.slice(0, 2).map(({ lane, at }) => [lane, at]),
      [
        ['candidate', tuesday],
        ['stable', tuesday],
      ],
    );
  });

  it('ends early where one clearly fails, with its p', async () => {
    const { report, second } = await watched(
      source(({ lane }) => (lane === 'stable' ? 100 : 50)),
      aLook([aMetric(every2s)]),
    );
    assert.equal(report.verdict.kind, 'fail');
    assert.ok(second < 24);
    assert.ok((report.metrics?.[0]?.p ?? 1) <= 0.01);
    assert.equal(report.cause, 'judgement');
  });

  it('asks a forecast of the same query so long ago, or of its own', async () => {
    const rule = {
      kind: 'forecast',
      direction: 'decrease',
      tolerance: { mode: 'relative', within: 0.1 },
      statistic: 'median',
    } as const;
    const ago = aMetric({ ...every2s, query: 'sum(orders)', rule: { ...rule, from: { ago: anHour } } });
    const other = aMetric({
      ...every2s,
      name: 'planned',
      query: 'sum(orders)',
      rule: { ...rule, from: { query: 'plan' } },
    });
    const from = source(({ query }) => (query === 'plan' ? 200 : 100));
    const { report } = await watched(from, aLook([ago, other]));
    assert.match(report.verdict.reason, /^planned: .* beside 200/);
    const asked = from.asked.slice(0, 4).map(({ query, at }) => [query, between(tuesday, at)]);
    assert.deepEqual(asked, [
      ['sum(orders)', 0],
      ['sum(orders)', -anHour],
      ['sum(orders)', 0],
      ['plan', 0],
    ]);
  });

  it('is held against what the stable version answered before, where all traffic is on the candidate', async () => {
    const from = source(() => 70);
    const { report, carried } = await watched(from, aLook([aMetric(every2s)]), { share: 100 });
    assert.deepEqual([report.verdict.kind, carried?.metrics?.[0]?.before?.length], ['fail', 12]);
    assert.deepEqual(from.back, [{ every: seconds(2), count: 12 }]);
    assert.deepEqual(
      from.asked.filter(({ lane }) => lane === 'stable').map(({ at }) => at),
      [tuesday],
    );
  });

  it('of a first release asks for nothing to compare it with, and shows what it saw', async () => {
    const from = source(() => 70);
    const { report } = await watched(from, aLook([aMetric(every2s)]), { share: 100, compared: false });
    assert.equal(report.verdict.kind, 'pass', report.verdict.reason);
    assert.ok(from.asked.every(({ lane }) => lane === 'candidate'));
    assert.equal(report.metrics?.[0]?.decides, undefined);
  });

  it('that cannot be asked for one ends as error after five looks; a single such look is nothing', async () => {
    const away = new Unmeasured('timeout', 'it did not answer within 5 s');
    const { report, second } = await watched(
      source(() => away),
      aLook([aMetric(every2s)]),
    );
    assert.deepEqual([report.verdict.kind, second], ['error', 8]);
    assert.match(
      report.verdict.reason,
      /^orders: 5 looks in a row could not be asked; at most 4 may: it did not answer within 5 s$/,
    );
    let looks = 0;
    const once = await watched(
      source(({ lane }) => (lane === 'candidate' && (looks += 1) === 3 ? away : 100)),
      aLook([aMetric(every2s)]),
    );
    assert.equal(once.report.verdict.kind, 'pass', once.report.verdict.reason);
    assert.deepEqual([once.report.metrics?.[0]?.errors, once.report.metrics?.[0]?.samples.missing], [1, 1]);
  });

  it('waits for the delay of a metric, and asks as often as it says', async () => {
    const from = source(() => 100);
    const slow = aMetric({
      every: seconds(6),
      initialDelay: seconds(5),
      minSamples: 3,
      rule: { kind: 'bounds', atMost: 100, statistic: 'median' },
    });
    const { report } = await watched(from, aLook([slow]));
    assert.equal(report.verdict.kind, 'pass', report.verdict.reason);
    assert.deepEqual(
      from.asked.map(({ at }) => between(tuesday, at) / 1_000),
      [6, 12, 18, 24],
    );
  });

  it('planned before there were metrics asks for none, and reports none', async () => {
    const from = source(() => 1);
    const { report, carried } = await watched(from, aWindow({ for: seconds(24), every: seconds(2) }));
    assert.deepEqual([from.asked.length, 'metrics' in report, carried && 'metrics' in carried], [0, false, false]);
  });
});
