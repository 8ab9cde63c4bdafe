import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createTurns, goesToCandidate, proportion, replacedBy } from '../../src/adapters/local/host/choose.js';

const among = (share: number, from: number, to: number): number => {
  let candidates = 0;
  for (let n = from; n < to; n += 1) if (goesToCandidate(n, share)) candidates += 1;
  return candidates;
};

describe('who gets a request', () => {
  it('of every hundred requests exactly the share goes to the candidate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 1_000 }), (share, hundred) => {
        assert.equal(among(share, hundred * 100, hundred * 100 + 100), share);
      }),
    );
  });

  it('in no stretch of requests is the share far from what was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), fc.nat(5_000), fc.nat(500), (share, from, length) => {
        const wanted = (share * length) / 100;
        assert.ok(Math.abs(among(share, from, from + length) - wanted) <= 3);
      }),
    );
  });

  it('a client that repeats itself every twenty requests meets both lanes with each of them', () => {
    for (let step = 0; step < 20; step += 1) {
      const met = Array.from({ length: 500 }, (_, round) => goesToCandidate(round * 20 + step, 5));
      assert.ok(met.includes(true), `request ${step} of 20 never meets the candidate`);
    }
  });

  it('counting begins anew with each share', () => {
    const turn = createTurns();
    for (let n = 0; n < 55; n += 1) turn(5, false);
    const lanes = Array.from({ length: 100 }, () => turn(25, false));
    assert.equal(lanes.filter((lane) => lane === 'candidate').length, 25);
  });

  it('of every hundred requests a baseline gets as many as the candidate, and the stable lane the rest', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 1, max: 10 }), (share, hundreds) => {
        const turn = createTurns();
        const lanes = Array.from({ length: 100 * hundreds }, () => turn(share, true));
        const of = (lane: string) => lanes.filter((one) => one === lane).length / hundreds;
        assert.deepEqual([of('candidate'), of('baseline'), of('stable')], [share, share, 100 - 2 * share]);
      }),
    );
  });

  it('in no stretch has one of the two more than a request above the other', () => {
    const turn = createTurns();
    let ahead = 0;
    for (let n = 0; n < 5_000; n += 1) {
      const lane = turn(30, true);
      ahead += Number(lane === 'candidate') - Number(lane === 'baseline');
      assert.ok(Math.abs(ahead) <= 1, `after ${n} requests the candidate is ${ahead} ahead`);
    }
  });

  it('a client that repeats itself every two requests meets both at 50 %', () => {
    const turn = createTurns();
    const lanes = Array.from({ length: 1_000 }, () => turn(50, true));
    for (const step of [0, 1])
      assert.equal(new Set(lanes.filter((_, n) => n % 2 === step)).size, 2, `request ${step} of 2`);
  });

  it('a baseline has nothing where there is no room for two', () => {
    const turn = createTurns();
    const lanes = new Set(Array.from({ length: 1_000 }, () => turn(51, true)));
    assert.deepEqual([...lanes].sort(), ['candidate', 'stable']);
  });
});

describe('how many instances a batch replaces', () => {
  it('at least one, never fewer than the batch before, all in the last', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 10 }), (instances, of) => {
        const sizes = Array.from({ length: of + 1 }, (_, batch) => replacedBy({ batch, of, instances }));
        assert.equal(sizes[0], 0);
        assert.ok(sizes.slice(1).every((size, at) => size >= 1 && size >= sizes[at]!));
        assert.equal(sizes.at(-1), instances);
      }),
    );
  });

  it('every instance gets the same part of the traffic', () => {
    assert.deepEqual(
      [proportion(1, 2), proportion(2, 1), proportion(3, 0), proportion(0, 3), proportion(0, 0)],
      [33, 67, 100, 0, 0],
    );
  });
});
