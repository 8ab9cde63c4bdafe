import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Place } from '../../src/domain/environment.js';
import type { Lane } from '../../src/domain/rollout.js';
import type { LaneSample } from '../../src/domain/sample.js';
import type { Metrics } from '../../src/ports/metrics.js';

/** A source, a place in which one version is stable and another the candidate, and its users. */
export interface OpenedMetrics {
  readonly metrics: Metrics;
  readonly place: Place;
  /** Lets a lane answer; returns once the source can know of it. */
  answer(lane: Lane, requests: number, errors?: number): Promise<void>;
  close(): Promise<void>;
}

/** What every source of the lanes' figures must do. */
export function metricsSuite(name: string, open: () => Promise<OpenedMetrics>, skip = false): void {
  describe(`metrics: ${name}`, { skip }, () => {
    let opened: OpenedMetrics;
    let last: LaneSample;
    before(async () => (opened = await open()));
    after(() => opened.close());

    const figures = ({ stable, candidate }: LaneSample) =>
      [stable, candidate].map(({ requests, errors }) => [requests, errors]);

    it('lanes that have answered nothing have zeros', async () => {
      last = await opened.metrics.sample(opened.place);
      assert.deepEqual(figures(last), [
        [0, 0],
        [0, 0],
      ]);
    });

    it('each lane has what it answered, as of one moment', async () => {
      await opened.answer('stable', 40);
      await opened.answer('candidate', 10, 3);
      last = await opened.metrics.sample(opened.place, last);
      assert.deepEqual(figures(last), [
        [40, 0],
        [10, 3],
      ]);
      assert.ok(!Number.isNaN(Date.parse(last.at)));
    });

    it('latencies are cumulative buckets in milliseconds, the last of which has all that was answered', async () => {
      const { latency } = (await opened.metrics.sample(opened.place, last)).stable;
      assert.deepEqual(latency.at(-1), { le: -1, count: 40 });
      const counts = latency.map(({ count }) => count);
      assert.deepEqual(
        counts,
        counts.toSorted((a, b) => a - b),
      );
      const bounds = latency.slice(0, -1).map(({ le }) => le);
      assert.deepEqual(
        bounds,
        bounds.toSorted((a, b) => a - b),
      );
    });

    it('counters go on from the sample before, and asking adds nothing', async () => {
      await opened.answer('candidate', 5, 5);
      const next = await opened.metrics.sample(opened.place, last);
      assert.deepEqual(figures(next), [
        [40, 0],
        [15, 8],
      ]);
      assert.deepEqual(figures(await opened.metrics.sample(opened.place, next)), figures(next));
    });
  });
}
