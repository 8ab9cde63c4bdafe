import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { lookAtStable } from '../../activities/observe-flag.js';
import type { WindowSoFar } from '../../activities/window-so-far.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { FlagObservation } from '../../src/domain/flag-change.js';
import type { LaneCounters } from '../../src/domain/sample.js';
import { Unmeasured, type UnmeasuredKind } from '../../src/domain/unmeasured.js';
import { anArtifact, aWindow, tuesday } from '../support/orders.js';

const place = { service: 'shop', environment: 'production' };
const window = aWindow({ for: seconds(3), every: seconds(2) });

const lane = (requests: number, errors = 0): LaneCounters => ({
  requests,
  errors,
  latency: [
    { le: 10, count: requests },
    { le: -1, count: requests },
  ],
});

/** A source that brings no figures, for this reason. */
const blindWorld = (kind: UnmeasuredKind, healthy = true) => ({
  ...world(0, 0, 0, healthy),
  metrics: { sample: () => Promise.reject(new Unmeasured(kind, 'the Prometheus is away')) },
});

/** A world in which the stable lane has answered `requests`, `errors` of them badly, by this second. */
function world(second: number, requests: number, errors = 0, healthy = true) {
  const sample = { at: after(tuesday, seconds(second)), stable: lane(requests, errors), candidate: lane(0) };
  const artifact = anArtifact();
  const stable = { artifact, instances: [{ id: 'shop-1', healthy }] };
  return { metrics: { sample: () => Promise.resolve(sample) }, fleet: { read: () => Promise.resolve({ stable }) } };
}

/** Looks at these worlds one after the other; what the last look came to. */
async function watch(
  worlds: readonly (ReturnType<typeof world> | ReturnType<typeof blindWorld>)[],
  more: { readonly baseline?: LaneCounters; readonly judged?: boolean } = {},
): Promise<FlagObservation | ApplicationFailure> {
  let carried: WindowSoFar | undefined;
  let ended: FlagObservation | ApplicationFailure | undefined;
  for (const tools of worlds) {
    const env = new MockActivityEnvironment({ heartbeatDetails: carried });
    env.on('heartbeat', (beat: WindowSoFar) => (carried = beat));
    const ask = { place, window, judged: true, ...more };
    const look: Promise<FlagObservation> = env.run(() => lookAtStable(tools as never, ask));
    ended = await look.catch((fault: unknown) => {
      assert.ok(fault instanceof ApplicationFailure && fault.category === 'BENIGN');
      return fault;
    });
  }
  assert.ok(ended);
  return ended;
}

async function observed(...ask: Parameters<typeof watch>): Promise<FlagObservation> {
  const ended = await watch(...ask);
  assert.ok(!(ended instanceof ApplicationFailure), 'the window is still open');
  return ended;
}

describe('the stable lane while a flag is changed', () => {
  it('is looked at once an attempt, and judged against itself before', async () => {
    assert.ok((await watch([world(0, 1_000, 500)])) instanceof ApplicationFailure);
    const { verdict, seen, looks } = await observed(
      [world(0, 1_000, 500), world(2, 1_060, 500), world(3, 1_100, 502)],
      {
        baseline: lane(200, 0),
      },
    );
    assert.deepEqual([verdict.kind, seen.requests, seen.errors, looks], ['pass', 100, 2, 3]);
  });

  it('that gets clearly worse ends its window early', async () => {
    const { verdict, cause } = await observed([world(0, 0), world(1, 60, 30)], { baseline: lane(200, 0) });
    assert.deepEqual([verdict.kind, cause], ['fail', 'judgement']);
    assert.match(
      verdict.reason,
      /error-rate 50 % is above 5 % \(5 points above the stable lane's 0 % before this window\)/,
    );
  });

  it('that answers nobody is no success', async () => {
    const { verdict } = await observed([world(0, 0), world(3, 0)], { baseline: lane(200, 0) });
    assert.deepEqual([verdict.kind, /no request reached shop/.test(verdict.reason)], ['no-data', true]);
  });

  it('that fails its health check ends at once', async () => {
    const { verdict, cause } = await observed([world(0, 0, 0, false)], { baseline: lane(200, 0) });
    assert.deepEqual([verdict.kind, cause], ['fail', 'health']);
  });

  it('without figures is no success: the window ends as what it is, before the change too', async () => {
    const blind = Array.from({ length: 6 }, () => blindWorld('bad-query'));
    for (const judged of [true, false]) {
      const { verdict, looks } = await observed(blind, { judged });
      assert.deepEqual([verdict.kind, looks], ['error', 1]);
      assert.match(verdict.reason, /^no figures at 6 looks in .*: the Prometheus is away$/);
    }
  });

  it('without figures for a while loses nothing of what it has seen', async () => {
    const { verdict, seen } = await observed(
      [world(0, 0), world(2, 60), blindWorld('down'), blindWorld('down'), world(5, 100)],
      { baseline: lane(200, 0) },
    );
    assert.deepEqual([verdict.kind, seen.requests], ['pass', 100]);
  });

  it('without figures still fails its health check at once', async () => {
    const { verdict, cause } = await observed([blindWorld('down', false)], { baseline: lane(200, 0) });
    assert.deepEqual([verdict.kind, cause], ['fail', 'health']);
  });

  it('before the change is only watched: whatever it answers is what it is', async () => {
    const { verdict, counters } = await observed([world(0, 0), world(3, 40, 20)], { judged: false });
    assert.deepEqual([verdict.kind, counters.requests, counters.errors], ['pass', 40, 20]);
    assert.equal((await observed([world(0, 0), world(3, 0)], { judged: false })).verdict.kind, 'no-data');
  });
});
