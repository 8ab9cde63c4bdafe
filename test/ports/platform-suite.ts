import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Artifact } from '../../src/domain/artifact.js';
import type { Place } from '../../src/domain/environment.js';
import type { Fleet } from '../../src/ports/fleet.js';
import type { Metrics } from '../../src/ports/metrics.js';
import type { Traffic } from '../../src/ports/traffic.js';

/** A world a suite can be run against: the three ports, and users. */
export interface Platform {
  readonly fleet: Fleet;
  readonly traffic: Traffic;
  readonly metrics: Metrics;
  readonly place: Place;
  /** A version whose instances become healthy, or one whose instances never do. */
  readonly artifact: (version: string, manner?: 'good' | 'unready') => Promise<Artifact>;
  /** Lets users send requests; the versions that answered. */
  readonly send: (requests: number) => Promise<readonly string[]>;
  readonly ledger: () => Promise<readonly { readonly key: string }[]>;
  readonly end: () => Promise<void>;
}

/** What fleet, traffic and metrics promise, wherever they stand: the same for every adapter and for its twin in memory. */
export function platformSuite(name: string, open: () => Promise<Platform>): void {
  describe(`${name}: a first version comes up, a second beside it, and back`, () => {
    const at = opened(open);

    it('nothing runs before the first rollout, and the share is 0', async () => {
      const { fleet, traffic, place } = at();
      assert.deepEqual(await fleet.read(place), { generation: 0 });
      assert.equal((await traffic.read(place)).share, 0);
    });

    it('start brings healthy instances up in the candidate lane, and no traffic reaches them', async () => {
      const { fleet, place, artifact } = at();
      const v1 = await artifact('1.0.0');
      const { candidate, generation } = await fleet.start({
        place,
        artifact: v1,
        instances: 2,
        fence: fence(1, '01-start'),
      });
      assert.equal(generation, 1);
      assert.deepEqual(candidate?.artifact, v1);
      assert.deepEqual(
        candidate.instances.map((i) => [i.lane, i.digest, i.healthy]),
        twice(['candidate', v1.digest, true]),
      );
      assert.deepEqual(await at().send(5), []);
    });

    it('a first version takes all traffic and is adopted', async () => {
      const { fleet, traffic, place, artifact } = at();
      const { digest } = await artifact('1.0.0');
      assert.equal((await traffic.shift({ place, share: 100, expected: 0, fence: fence(1, '02-shift') })).share, 100);
      assert.deepEqual(
        await at().send(10),
        Array.from({ length: 10 }, () => '1.0.0'),
      );
      const { stable, candidate } = await fleet.adopt({ place, digest, fence: fence(1, '03-adopt') });
      assert.deepEqual([stable?.artifact.digest, stable?.instances.length, candidate], [digest, 2, undefined]);
      assert.equal((await traffic.read(place)).share, 0);
    });

    it('a shift to a candidate that does not exist is refused as unhealthy', async () => {
      const { traffic, place } = at();
      await assert.rejects(traffic.shift({ place, share: 5, fence: fence(2, '00-shift') }), { code: 'unhealthy' });
    });

    it('5 % of 1000 requests are 50, and 25 % are 250', async () => {
      const { fleet, traffic, place, artifact } = at();
      await fleet.start({ place, artifact: await artifact('2.0.0'), instances: 1, fence: fence(2, '01-start') });
      await traffic.shift({ place, share: 5, expected: 0, fence: fence(2, '02-shift') });
      assert.equal((await at().send(1_000)).filter((version) => version === '2.0.0').length, 50);
      await traffic.shift({ place, share: 25, expected: 5, fence: fence(2, '03-shift') });
      assert.equal((await at().send(1_000)).filter((version) => version === '2.0.0').length, 250);
    });

    it('a repeated key changes nothing, and stands in the ledger once', async () => {
      const { traffic, place, ledger } = at();
      assert.equal((await traffic.shift({ place, share: 5, expected: 0, fence: fence(2, '02-shift') })).share, 25);
      const keys = (await ledger()).map(({ key }) => key);
      assert.deepEqual(keys, [...new Set(keys)]);
    });

    it('a share somebody else has moved is not written over, except on the way back', async () => {
      const { traffic, place } = at();
      const lost = traffic.shift({ place, share: 50, expected: 5, fence: fence(2, '04-shift') });
      await assert.rejects(lost, { code: 'moved-by-others' });
      assert.equal((await traffic.shift({ place, share: 0, fence: fence(3, '04-shift') })).share, 0);
    });

    it('an older generation is refused as superseded, whatever it asks', async () => {
      const { fleet, traffic, place, artifact } = at();
      const v2 = await artifact('2.0.0');
      const late = fence(2, '05-late');
      await assert.rejects(traffic.shift({ place, share: 100, fence: late }), { code: 'superseded' });
      await assert.rejects(fleet.adopt({ place, digest: v2.digest, fence: late }), { code: 'superseded' });
      await assert.rejects(fleet.start({ place, artifact: v2, instances: 1, fence: late }), { code: 'superseded' });
      assert.equal((await traffic.read(place)).share, 0);
    });

    it('an earlier run of the same generation is refused: Reset makes another run of the same plan', async () => {
      const { traffic, place } = at();
      const of = (run: string, step: string) => ({
        key: `01a20bed-${run}-79dd-b5fd-3cc00524baaf/3/${step}`,
        generation: 3,
      });
      await traffic.shift({ place, share: 10, fence: of('9ed7', '05-first') });
      await traffic.shift({ place, share: 0, fence: of('a785', '05-first') });
      const late = traffic.shift({ place, share: 100, fence: of('9ed7', '06-late') });
      await assert.rejects(late, { code: 'superseded', message: /later run/ });
      assert.equal((await traffic.shift({ place, share: 0, fence: of('a785', '06-goes-on') })).share, 0);
    });

    it('a candidate with traffic is not stopped while the stable lane could take it; without traffic it is', async () => {
      const { fleet, traffic, place } = at();
      await traffic.shift({ place, share: 10, fence: fence(3, '05-shift') });
      await assert.rejects(fleet.stop({ place, fence: fence(3, '06-stop') }), { code: 'invalid' });
      await traffic.shift({ place, share: 0, fence: fence(3, '07-shift') });
      assert.equal((await fleet.stop({ place, fence: fence(3, '08-stop') })).candidate, undefined);
      assert.equal((await fleet.stop({ place, fence: fence(3, '09-stop') })).candidate, undefined);
    });

    it('the lanes have counted what each of them answered', async () => {
      const { stable, candidate } = await at().metrics.sample(at().place);
      assert.deepEqual([stable.requests, candidate.requests], [1_700, 310]);
      assert.deepEqual([stable.errors, candidate.errors], [0, 0]);
      assert.deepEqual(stable.latency.at(-1), { le: -1, count: 1_700 });
      const counts = candidate.latency.map(({ count }) => count);
      assert.deepEqual(
        counts,
        counts.toSorted((a, b) => a - b),
      );
    });
  });

  describe(`${name}: instance by instance`, () => {
    const at = opened(open);
    const replace = async (batch: number, generation: number) => {
      const { fleet, place, artifact } = at();
      const [from, to] = [await artifact('1.0.0'), await artifact('2.0.0')];
      const order = { place, batch, of: 3, instances: 3, from, to, fence: fence(generation, `batch-${batch}`) };
      const { stable, candidate } = await fleet.replace(order);
      return [stable?.instances.length, candidate?.instances.length, (await at().traffic.read(place)).share];
    };

    it('a first version comes without anything to replace', async () => {
      const { fleet, traffic, place, artifact } = at();
      const to = await artifact('1.0.0');
      const order = { place, batch: 1, of: 1, instances: 3, to, fence: fence(1, '01-replace') };
      assert.equal((await fleet.replace(order)).candidate?.instances.length, 3);
      assert.equal((await traffic.read(place)).share, 100);
      await fleet.adopt({ place, digest: to.digest, fence: fence(1, '02-adopt') });
    });

    it('each batch moves instances and traffic in proportion', async () => {
      assert.deepEqual(await replace(1, 2), [2, 1, 33]);
      assert.deepEqual(await replace(2, 2), [1, 2, 67]);
    });

    it('batch 0 puts all instances and all traffic back', async () => {
      assert.deepEqual(await replace(0, 3), [3, undefined, 0]);
    });

    it('a version that does not become healthy is refused, and users stay where they are', async () => {
      const { fleet, traffic, place, artifact } = at();
      const [from, to] = [await artifact('1.0.0'), await artifact('3.0.0', 'unready')];
      const order = { place, batch: 1, of: 3, instances: 3, from, to, fence: fence(4, '01-replace') };
      await assert.rejects(fleet.replace(order), { code: 'unhealthy' });
      assert.equal((await traffic.read(place)).share, 0);
      assert.equal((await fleet.read(place)).stable?.instances.length, 3);
      await fleet.replace({ ...order, batch: 0, fence: fence(5, '01-replace') });
      assert.equal((await fleet.read(place)).candidate, undefined);
    });

    it('adopt is for the digest that was asked for, and done at once where it is stable already', async () => {
      const { fleet, place, artifact } = at();
      const [v1, v2] = [await artifact('1.0.0'), await artifact('2.0.0')];
      await assert.rejects(fleet.adopt({ place, digest: v2.digest, fence: fence(6, '01-adopt') }), {
        code: 'not-found',
      });
      await fleet.start({ place, artifact: v2, instances: 1, fence: fence(6, '02-start') });
      const wrong = fleet.adopt({ place, digest: v1.digest, fence: fence(6, '03-adopt') });
      await assert.rejects(wrong, { code: 'moved-by-others' });
      await fleet.adopt({ place, digest: v2.digest, fence: fence(6, '04-adopt') });
      const { stable } = await fleet.adopt({ place, digest: v2.digest, fence: fence(6, '05-adopt') });
      assert.equal(stable?.artifact.version, '2.0.0');
    });
  });

  describe(`${name}: a fresh baseline beside the candidate`, () => {
    const at = opened(open);
    const versions = async () => [await at().artifact('1.0.0'), await at().artifact('2.0.0')] as const;
    const startBaseline = async (generation: number, step: string) => {
      const [artifact] = await versions();
      return await at().fleet.startBaseline({
        ...{ place: at().place, artifact, instances: 2, fence: fence(generation, step) },
      });
    };
    const candidate = async (generation: number, step = '01-start') => {
      const [, artifact] = await versions();
      return await at().fleet.start({
        ...{ place: at().place, artifact, instances: 2, fence: fence(generation, step) },
      });
    };
    const shift = (share: number, generation: number, step: string) =>
      at().traffic.shift({ place: at().place, share, fence: fence(generation, step) });
    const counted = async () => {
      const { stable, candidate: given, baseline } = await at().metrics.sample(at().place);
      return [stable.requests, given.requests, baseline?.requests];
    };

    it('is of what is stable: of nothing, or of another version, it is refused', async () => {
      const { fleet, place } = at();
      const [v1, v2] = await versions();
      await assert.rejects(startBaseline(1, '00-baseline'), { code: 'moved-by-others' });
      await fleet.start({ place, artifact: v1, instances: 2, fence: fence(1, '01-start') });
      await shift(100, 1, '02-shift');
      await fleet.adopt({ place, digest: v1.digest, fence: fence(1, '03-adopt') });
      const other = fleet.startBaseline({ place, artifact: v2, instances: 1, fence: fence(1, '04-baseline') });
      await assert.rejects(other, { code: 'moved-by-others' });
      assert.equal((await fleet.read(place)).baseline, undefined);
    });

    it('comes up beside both lanes, none of it an instance that was there, and without users', async () => {
      await candidate(2);
      const { stable, baseline } = await startBaseline(2, '02-baseline');
      const [{ digest }] = await versions();
      assert.deepEqual(
        baseline?.instances.map((i) => [i.lane, i.digest, i.healthy]),
        twice(['baseline', digest, true]),
      );
      const older = stable?.instances.map(({ id }) => id) ?? [];
      assert.ok(baseline.instances.every(({ id }) => !older.includes(id)));
      assert.deepEqual(await counted(), [0, 0, 0]);
    });

    it('gets as much as the candidate at every share, and the stable lane the rest', async () => {
      for (const [share, want] of [
        [5, [900, 50, 50]],
        [25, [500, 250, 250]],
        [50, [0, 500, 500]],
      ] as const) {
        assert.equal((await shift(share, 2, `shift-${share}`)).share, share);
        const before = await counted();
        await at().send(1_000);
        const now = await counted();
        assert.deepEqual(
          now.map((count, lane) => (count ?? 0) - (before[lane] ?? 0)),
          want,
          `${share} %`,
        );
      }
    });

    it('has no users where there is no room for two', async () => {
      await shift(60, 2, 'shift-60');
      const before = await counted();
      await at().send(100);
      assert.deepEqual(await counted(), [(before[0] ?? 0) + 40, (before[1] ?? 0) + 60, before[2]]);
    });

    it('is stopped under traffic, which the stable lane has then; the share stays, and twice is once', async () => {
      const { fleet, traffic, place } = at();
      await shift(25, 2, 'shift-25-again');
      assert.equal((await fleet.stopBaseline({ place, fence: fence(2, '05-stop') })).baseline, undefined);
      assert.equal((await fleet.stopBaseline({ place, fence: fence(2, '06-stop') })).baseline, undefined);
      assert.equal((await traffic.read(place)).share, 25);
      const [before = 0, given = 0] = await counted();
      await at().send(100);
      assert.deepEqual(await counted(), [before + 75, given + 25, undefined]);
    });

    it('a key that was applied starts no other', async () => {
      assert.equal((await startBaseline(2, '02-baseline')).baseline, undefined);
    });

    it('moving all users back, and ending the candidate, leaves none, in whatever order', async () => {
      const { fleet, place } = at();
      await startBaseline(2, '07-baseline');
      await shift(0, 3, '01-back');
      assert.equal((await fleet.stop({ place, fence: fence(3, '02-back') })).baseline, undefined);
      await candidate(4);
      await startBaseline(4, '02-baseline');
      await shift(10, 4, '03-shift');
      await fleet.stopBaseline({ place, fence: fence(5, '01-back') });
      await shift(0, 5, '02-back');
      const { baseline, candidate: left } = await fleet.stop({ place, fence: fence(5, '03-back') });
      assert.deepEqual([baseline, left], [undefined, undefined]);
    });

    it('one that was left behind is ended by the next start, by a batch, and by an adoption', async () => {
      const { fleet, place } = at();
      const [from, to] = await versions();
      await startBaseline(6, '01-left');
      assert.equal((await candidate(6, '02-start')).baseline, undefined);
      await startBaseline(6, '03-left');
      const batch = { place, batch: 0, of: 2, instances: 2, from, to };
      assert.equal((await fleet.replace({ ...batch, fence: fence(6, '04-replace') })).baseline, undefined);
      await candidate(7);
      await startBaseline(7, '02-left');
      const { stable, baseline } = await fleet.adopt({ place, digest: to.digest, fence: fence(7, '03-adopt') });
      assert.deepEqual([stable?.artifact.version, baseline], ['2.0.0', undefined]);
    });

    it('one that comes too late is refused as superseded', async () => {
      await assert.rejects(startBaseline(6, '09-late'), { code: 'superseded' });
      const late = at().fleet.stopBaseline({ place: at().place, fence: fence(6, '10-late') });
      await assert.rejects(late, { code: 'superseded' });
      assert.equal((await at().fleet.read(at().place)).baseline, undefined);
    });
  });

  describe(`${name}: a first version that is not kept`, () => {
    const at = opened(open);

    it('goes back to nothing', async () => {
      const { fleet, traffic, place, artifact } = at();
      await fleet.start({ place, artifact: await artifact('1.0.0'), instances: 1, fence: fence(1, '01-start') });
      await assert.rejects(traffic.shift({ place, share: 5, fence: fence(1, '02-shift') }), { code: 'unhealthy' });
      await traffic.shift({ place, share: 100, fence: fence(1, '03-shift') });
      assert.equal((await traffic.shift({ place, share: 0, fence: fence(2, '03-shift') })).share, 0);
      assert.deepEqual(await fleet.stop({ place, fence: fence(2, '01-stop') }), { generation: 2 });
      assert.deepEqual(await at().send(3), []);
    });
  });
}

const fence = (generation: number, step: string) => ({ key: `rollout/${generation}/${step}`, generation });

const twice = <T>(one: T): readonly T[] => [one, one];

function opened(open: () => Promise<Platform>): () => Platform {
  let platform: Platform | undefined;
  before(async () => {
    platform = await open();
  });
  after(() => platform?.end());
  return () => platform!;
}
