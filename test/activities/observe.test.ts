import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { WindowReport } from '../../activities/contract.js';
import { lookOnce } from '../../activities/observe.js';
import type { WindowSoFar } from '../../activities/window-so-far.js';
import { createMemoryAlerts, type MemoryAlerts } from '../../src/adapters/memory/alerts.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { LaneSample } from '../../src/domain/sample.js';
import type { Window } from '../../src/domain/strategy.js';
import { Unmeasured } from '../../src/domain/unmeasured.js';
import type { FleetStatus } from '../../src/ports/fleet.js';
import { anArtifact, aWindow, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const window = aWindow({ for: seconds(3), every: seconds(2) });

/** A world in which the candidate has answered `requests`, `errors` of them badly, by this second. */
function world(second: number, requests: number, errors = 0, healthy = true) {
  const lane = (n: number, bad: number) => ({
    requests: n,
    errors: bad,
    latency: [
      { le: 10, count: n },
      { le: -1, count: n },
    ],
  });
  const sample: LaneSample = {
    at: after(tuesday, seconds(second)),
    stable: lane(20 * requests, 0),
    candidate: lane(requests, errors),
  };
  const artifact = anArtifact();
  const { digest, version } = artifact;
  const instance = { id: 'shop-1', lane: 'candidate', digest, version, healthy, url: 'http://127.0.0.1:1' } as const;
  const status: FleetStatus = { generation: 1, candidate: { artifact, instances: [instance] } };
  return { metrics: { sample: () => Promise.resolve(sample) }, fleet: { read: () => Promise.resolve(status) } };
}

/** The same world, in which these alerts fire, or nobody can say. */
function alarmed(fires: Parameters<MemoryAlerts['fire']>[1], ...of: Parameters<typeof world>) {
  const alerts = createMemoryAlerts();
  alerts.fire(place, fires);
  return { ...world(...of), alerts };
}

/** One attempt: its report, or the failure that asks for the next look, and what it carries on. */
async function look(tools: object, carried?: WindowSoFar, of: Window = window) {
  const beats: WindowSoFar[] = [];
  const env = new MockActivityEnvironment({ heartbeatDetails: carried });
  env.on('heartbeat', (beat: WindowSoFar) => beats.push(beat));
  const tried: Promise<WindowReport> = env.run(() => lookOnce(tools as never, { place, window: of, compared: true }));
  const ended = await tried.catch((fault: unknown) => {
    assert.ok(fault instanceof ApplicationFailure);
    return fault;
  });
  return { ended, carried: beats.at(-1) };
}

describe('a window is one activity that looks once an attempt', () => {
  it('fails benignly between looks, asks for the next one, and carries what it has seen', async () => {
    const first = await look(world(0, 0));
    assert.ok(first.ended instanceof ApplicationFailure);
    assert.equal(first.ended.category, 'BENIGN');
    assert.ok(Number(first.ended.nextRetryDelay) <= window.every && !first.ended.nonRetryable);
    const second = await look(world(1, 30), first.carried);
    assert.equal(second.carried?.watch.candidate.requests, 30);
    assert.equal(second.carried.watch.looks, 2);
  });

  it('ends with what all its looks have seen', async () => {
    const first = await look(world(0, 0));
    const second = await look(world(2, 40), first.carried);
    const last = await look(world(3, 60), second.carried);
    assert.ok(!(last.ended instanceof ApplicationFailure));
    assert.deepEqual([last.ended.verdict.kind, last.ended.looks, last.ended.candidate.requests], ['pass', 3, 60]);
    const { judgedBy } = last.ended;
    assert.deepEqual(
      [judgedBy?.window, judgedBy?.compared, judgedBy?.watchedMs, judgedBy?.cause],
      [window, true, 3_000, 'judgement'],
    );
    assert.equal(judgedBy?.candidate.latency.at(-1)?.count, 60, 'kept, so that it can be judged again');
  });

  it('goes on past its end where it may be extended, and asks for the look at its last end', async () => {
    const extended = { ...window, minSamples: 100, inconclusive: { kind: 'extend' } } as const;
    const first = await look(world(0, 0), undefined, extended);
    const second = await look(world(2, 40), first.carried, extended);
    const end = await look(world(3, 60), second.carried, extended);
    assert.ok(end.ended instanceof ApplicationFailure);
    assert.deepEqual([end.carried?.extended, end.carried?.watch.candidate.requests], [true, 60]);
    const next = await look(world(5, 90), end.carried, extended);
    assert.ok(next.ended instanceof ApplicationFailure);
    const last = await look(world(6, 90), next.carried, extended);
    assert.ok(!(last.ended instanceof ApplicationFailure));
    assert.deepEqual([last.ended.verdict.kind, last.ended.looks], ['inconclusive', 5]);
    assert.match(last.ended.verdict.reason, /100 are needed to judge; extended once, by 3 s$/);
  });

  it('carries what it saw look by look, and reports it with the bounds', async () => {
    const first = await look(world(0, 0));
    assert.deepEqual(first.carried?.series, { points: [], bounds: [] });
    const second = await look(world(2, 40), first.carried);
    const { ended } = await look(world(3, 60, 1), second.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual(ended.series, {
      points: [
        [2_000, [800, 0, 9.5], [40, 0, 9.5]],
        [3_000, [400, 0, 9.5], [20, 1, 9.5]],
      ],
      bounds: [
        { metric: 'error-rate', bound: 0.05 },
        { metric: 'latency-p95', bound: 300 },
      ],
    });
  });

  it('a window that was begun before that was kept goes on without', async () => {
    const { carried } = await look(world(0, 0));
    assert.ok(carried);
    const { watch, verdict } = carried;
    const { ended } = await look(world(3, 60), { watch, verdict });
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.equal('series' in ended, false);
  });

  it('ends at once when an instance fails its health check, whatever the figures', async () => {
    const { ended } = await look(world(0, 0, 0, false));
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual([ended.verdict.kind, ended.cause], ['fail', 'health']);
    assert.match(ended.verdict.reason, /failed health check: shop-1/);
    assert.equal('series' in ended, false);
  });

  const alert = { id: 'a', name: 'Errors', severity: 'critical', status: 'firing', summary: 'it is down' } as const;
  const begun = after(tuesday, seconds(1));

  it('ends at once when a critical alert fires that began within it (SPEC-0701, Success Criteria)', async () => {
    const first = await look(world(0, 0));
    const fires = [{ ...alert, startsAt: begun }];
    const { ended } = await look(alarmed(fires, 2, 40), first.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual([ended.verdict.kind, ended.cause], ['fail', 'alert']);
    assert.equal(ended.verdict.reason, `alert Errors (critical) fires since ${begun}: it is down`);
  });

  it('goes on when it fires for longer than the window, or about the other lane', async () => {
    const first = await look(world(0, 0));
    const fires = [
      { ...alert, startsAt: after(tuesday, -1) },
      { ...alert, startsAt: begun, lane: 'stable' },
    ];
    const { ended } = await look(alarmed(fires, 3, 60), first.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.equal(ended.verdict.kind, 'pass');
  });

  it('does not pass while nobody can say which alerts fire: it looks on, and then says so', async () => {
    let { carried } = await look(world(0, 0));
    for (let extra = 0; extra < 5; extra++) {
      const deaf = await look(alarmed('no answer', 3 + 2 * extra, 60), carried);
      assert.ok(deaf.ended instanceof ApplicationFailure, `look ${extra}`);
      carried = deaf.carried;
    }
    const heard = await look(alarmed([], 13, 60), carried);
    assert.ok(!(heard.ended instanceof ApplicationFailure));
    assert.equal(heard.ended.verdict.kind, 'pass');
    const { ended } = await look(alarmed('no answer', 13, 60), carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual(ended.verdict, { kind: 'error', reason: 'nobody can say which alerts fire: no answer' });
  });

  /** The same world, whose source brings no figures. */
  const blind = (...of: Parameters<typeof world>) => ({
    ...world(...of),
    metrics: { sample: () => Promise.reject<LaneSample>(new Unmeasured('bad-query', 'a { too many')) },
  });

  it('looks on while its source brings no figures, and goes on from what it had seen', async () => {
    const first = await look(world(0, 0));
    const second = await look(blind(1, 0), first.carried);
    assert.ok(second.ended instanceof ApplicationFailure && second.ended.category === 'BENIGN');
    assert.match(second.ended.message, /^no figures at 1 looks in 0 ms: a \{ too many$/);
    assert.equal(second.carried?.blind?.looks, 1);
    const { ended } = await look(world(3, 60), second.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual([ended.verdict.kind, ended.candidate.requests, ended.looks], ['pass', 60, 2]);
  });

  it('ends without a pass where that lasts, from its first look too: silence is never success', async () => {
    let carried: WindowSoFar | undefined;
    for (let looks = 1; looks <= 5; looks++) {
      const seen = await look(blind(looks, 0), carried);
      assert.ok(seen.ended instanceof ApplicationFailure, `look ${looks}`);
      carried = seen.carried;
    }
    const { ended } = await look(blind(6, 0), carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.deepEqual([ended.verdict.kind, ended.cause, ended.candidate.requests], ['error', 'fault', 0]);
    assert.match(ended.verdict.reason, /^no figures at 6 looks in .*: a \{ too many$/);
  });

  it('sees sick instances and alerts without figures too', async () => {
    const { ended: sick } = await look(blind(0, 0, 0, false));
    assert.ok(!(sick instanceof ApplicationFailure));
    assert.deepEqual([sick.verdict.kind, sick.cause], ['fail', 'health']);
    const first = await look(world(0, 0));
    const fires = [{ ...alert, startsAt: begun }];
    const { ended } = await look({ ...alarmed(fires, 2, 40), metrics: blind(0, 0).metrics }, first.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.equal(ended.cause, 'alert');
  });

  it('asks its source from the sample before on', async () => {
    const asked: (LaneSample | undefined)[] = [];
    const { metrics, fleet } = world(0, 0);
    const noting = { sample: (_: unknown, last?: LaneSample) => (asked.push(last), metrics.sample()) };
    const { carried } = await look({ fleet, metrics: noting });
    await look({ fleet, metrics: noting }, carried);
    assert.deepEqual(asked, [undefined, carried?.watch.last]);
  });

  it('ends early for a candidate that is clearly bad', async () => {
    const first = await look(world(0, 0));
    const { ended } = await look(world(1, 60, 30), first.carried);
    assert.ok(!(ended instanceof ApplicationFailure));
    assert.equal(ended.verdict.kind, 'fail');
  });
});
