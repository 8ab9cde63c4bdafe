import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MockActivityEnvironment } from '@temporalio/testing';
import { engineClock, engineTime } from '../../activities/engine-time.js';
import { smokeLane } from '../../activities/smoke-lane.js';
import { lookAtCalendar } from '../../activities/judge-calendar.js';
import { createMemoryCalendars } from '../../src/adapters/memory/calendars.js';
import { createMemoryFleet } from '../../src/adapters/memory/fleet.js';
import { createMemorySmoke } from '../../src/adapters/memory/smoke.js';
import { createMemoryWorld } from '../../src/adapters/memory/world.js';
import { after, between, hours, minutes } from '../../src/domain/duration.js';
import { anArtifact } from '../support/orders.js';

/** How far the engine's clock is from this machine's: a worker that is an hour ahead meets an engine that is an hour behind. */
const skews = { 'an hour behind': -hours(1), 'an hour ahead': hours(1) };

/** One attempt after another, each asked for by the engine at its own time, until one ends; the details are carried on. */
async function attempts<T>(skew: number, work: () => T | Promise<T>): Promise<{ value: T; attempts: number }> {
  let heartbeatDetails: unknown;
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const env = new MockActivityEnvironment({
      currentAttemptScheduledTimestampMs: Date.now() + skew,
      ...{ attempt, heartbeatDetails },
    });
    env.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    try {
      return { value: await env.run(() => Promise.resolve(work())), attempts: attempt };
    } catch (fault) {
      assert.match(String(fault), /the engine was asked for its time/);
    }
  }
  return assert.fail('it asks for ever');
}

const isNear = (met: string, wanted: number): void =>
  assert.ok(Math.abs(Date.parse(met) - wanted) < 5_000, `${met} is not near ${new Date(wanted).toISOString()}`);

describe('fault 33: what is decided goes by the engine’s clock', () => {
  for (const [says, skew] of Object.entries(skews)) {
    it(`which is ${says} of the worker's: now is what the engine says, after asking once more`, async () => {
      const { value, attempts: needed } = await attempts(skew, engineTime);
      isNear(value, Date.now() + skew);
      assert.equal(needed, 2);
    });

    it(`which is ${says}: a smoke suite is late by that clock, and not by the worker's`, async () => {
      const place = { service: 'shop', environment: 'production' };
      const world = createMemoryWorld();
      const fleet = createMemoryFleet(world);
      const artifact = anArtifact();
      await fleet.start({ place, artifact, instances: 1, fence: { key: 'a', generation: 1 } });
      const run = (before: string) =>
        attempts(skew, () =>
          smokeLane(
            { fleet, smoke: createMemorySmoke() },
            { place, lane: 'candidate', digest: artifact.digest, before },
          ),
        );
      const engineNow = new Date(Date.now() + skew).toISOString();
      assert.equal((await run(after(engineNow, minutes(5)))).value.verdict.kind, 'pass');
      assert.equal((await run(after(engineNow, -minutes(5)))).value.verdict.kind, 'fail');
    });
  }

  it('where both agree nothing is asked again', async () => {
    assert.equal((await attempts(0, engineTime)).attempts, 1);
  });

  it('an attempt that nobody came to for hours, as no worker was there, goes by the time at which it is asked for anew', async () => {
    let heartbeatDetails: unknown;
    const first = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now() - hours(4) });
    first.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
    await assert.rejects(
      first.run(() => Promise.resolve(engineTime())),
      /asked for 14400 s ago by the clock here/,
    );
    const second = new MockActivityEnvironment({ currentAttemptScheduledTimestampMs: Date.now(), heartbeatDetails });
    isNear(await second.run(() => Promise.resolve(engineTime())), Date.now());
  });

  it('a clock that is set back or forth while the work lasts changes nothing: time is counted', async (t) => {
    const env = new MockActivityEnvironment({
      currentAttemptScheduledTimestampMs: Date.parse('2026-11-24T09:00:00.000Z'),
    });
    let [before, later] = ['', ''];
    await env.run(() => {
      const now = engineClock();
      before = now();
      t.mock.method(Date, 'now', () => 0);
      later = now();
      return Promise.resolve();
    });
    assert.ok(between(before, later) >= 0 && between(before, later) < 5_000);
  });

  it('an hour of the calendar opens by that clock: a worker that is ahead begins nothing early', async () => {
    const calendars = createMemoryCalendars();
    const place = { service: 'shop', environment: 'production' };
    const ask = { place };
    const { value } = await attempts(-hours(1), () => lookAtCalendar({ calendars }, ask));
    isNear(value.at, Date.now() - hours(1));
  });
});
