import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Place } from '../../src/domain/environment.js';
import type { Lane } from '../../src/domain/rollout.js';
import type { LaneSample } from '../../src/domain/sample.js';
import { Unmeasured } from '../../src/domain/unmeasured.js';
import type { Metrics } from '../../src/ports/metrics.js';
import { eventually } from '../support/eventually.js';

/** A source, a place in which one version is stable and another the candidate, and its users. */
export interface OpenedMetrics {
  readonly metrics: Metrics;
  readonly place: Place;
  /** Lets a lane answer; returns once the source can know of it. */
  answer(lane: Lane, requests: number, errors?: number): Promise<void>;
  /** Of a source that answers queries; the built-in proxy answers none. */
  readonly queries?: {
    /** One number of a lane, and what no source would take. */
    readonly one: string;
    readonly wrong: string;
    /** Has it answer so for a lane; returns once the source knows of it. */
    tell(lane: Lane, value: number): Promise<void>;
  };
  /** Has a baseline come up that has answered so much; returns once the source can know of it. */
  baseline(requests: number, errors: number): Promise<void>;
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

    it('a baseline is a lane of its own where one runs, and is missing where none does', async () => {
      const before = await opened.metrics.sample(opened.place, last);
      assert.equal(before.baseline, undefined);
      await opened.baseline(20, 4);
      last = await opened.metrics.sample(opened.place, before);
      assert.deepEqual([last.baseline?.requests, last.baseline?.errors], [20, 4]);
      assert.deepEqual(last.baseline?.latency.at(-1), { le: -1, count: 20 });
      assert.equal(last.stable.requests, before.stable.requests);
    });

    const ask = (query: string, lane: Lane, at = new Date().toISOString()) => ({ query, lane, at });

    it('a query is answered of each lane, by one number, and by none where there is nothing; or it says that it answers none', async () => {
      const { metrics, place, queries } = opened;
      if (!queries) {
        const [answer] = await metrics.ask(place, [ask('sum(orders)', 'stable')]);
        return assert.match(answer instanceof Unmeasured ? answer.message : '', /answers no queries: name a/);
      }
      await queries.tell('stable', 12.5);
      assert.deepEqual(await metrics.ask(place, [ask(queries.one, 'stable'), ask(queries.one, 'candidate')]), [
        12.5,
        null,
      ]);
      await queries.tell('candidate', -3);
      assert.deepEqual(
        await metrics.ask(place, [ask(queries.one, 'candidate'), ask(queries.one, 'stable')]),
        [-3, 12.5],
      );
    });

    it('it is answered as of the moment asked for, and at moments before it, the oldest first; or it says that it answers none', async () => {
      const { metrics, place, queries } = opened;
      if (!queries)
        return assert.rejects(metrics.past(place, ask('sum(orders)', 'stable'), { every: 500, count: 2 }), Unmeasured);
      const longAgo = '2020-01-01T00:00:00.000Z';
      assert.deepEqual(await metrics.ask(place, [ask(queries.one, 'stable', longAgo)]), [null]);
      assert.deepEqual(await metrics.past(place, ask(queries.one, 'stable', longAgo), { every: 1_000, count: 3 }), [
        null,
        null,
        null,
      ]);
      const lately = { every: 500, count: 2 };
      const seen = await eventually('it has been so for a while', async () => {
        const past = await metrics.past(place, ask(queries.one, 'stable'), lately);
        return past.every((value) => value !== null) ? past : undefined;
      });
      assert.deepEqual(seen, [12.5, 12.5]);
    });

    it('a question that cannot be asked says why, and keeps no other from being answered', async () => {
      const { metrics, place, queries } = opened;
      const wrong = queries?.wrong ?? 'up';
      const [answer, other] = await metrics.ask(place, [ask(wrong, 'stable'), ask(queries?.one ?? 'up', 'stable')]);
      assert.ok(answer instanceof Unmeasured, String(answer));
      assert.equal(answer.kind, 'bad-query');
      if (queries) assert.equal(other, 12.5);
      await assert.rejects(metrics.past(place, ask(wrong, 'stable'), { every: 1_000, count: 2 }), Unmeasured);
    });
  });
}
