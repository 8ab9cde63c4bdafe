import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { attempt, goldenRuns } from '../faults/campaign.js';
import { type Lane, openLane, type Run } from '../faults/lane.js';
import { nameOf, type Point, pointsOf, shuffled } from '../faults/points.js';
import { scenarios } from '../faults/scenarios.js';
import { chanceOf } from '../support/chance.js';

const seed = Number(process.env['SLIPWAY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const chance = chanceOf(seed);
const names = shuffled(Object.keys(scenarios), chance).slice(0, 1);

/** A sample of `npm run test:faults`, which tries every point of every scenario: here one point of one. */
describe(`kill -9 of the workers at points drawn by seed ${seed}`, () => {
  let lane: Lane;
  let golden: Readonly<Record<string, Run>>;
  before(async () => {
    lane = await openLane(names);
    golden = await goldenRuns(lane, names);
  });
  after(() => lane.close());

  it('fault 1: leaves everything as in the golden run', async (t) => {
    const points = names.map(drawn);
    const tried = await Promise.all(points.map((point) => attempt(lane, point, golden[point.scenario]!.seen)));
    for (const { point, at } of tried) t.diagnostic(`${nameOf(point)}: ${at ?? 'not killed'}`);
    const failed = tried.filter(({ differences }) => differences.length > 0);
    assert.deepEqual(failed, [], `SLIPWAY_SEED=${seed}; each alone: npm run test:faults -- SCENARIO WORKFLOW INDEX`);
  });

  function drawn(name: string): Point {
    const [point] = shuffled(pointsOf(name, golden[name]!.counts), chance);
    assert.ok(point, `the golden ${name} has no events`);
    return point;
  }
});
