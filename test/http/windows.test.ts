import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createPlots } from '../../src/adapters/plots/plots.js';
import { after as later, minutes } from '../../src/domain/duration.js';
import type { Observation, StepRecord } from '../../src/domain/rollout.js';
import type { Series } from '../../src/domain/series.js';
import { pass } from '../../src/domain/verdict.js';
import { type FrontDoor, openFrontDoor } from '../support/front-door.js';
import { aRelease, aRollout } from '../support/memory-desk.js';
import { aWindow, tuesday } from '../support/orders.js';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor({ plots: createPlots() });
});
after(() => door.close());
beforeEach(() => door.desk.put(aRelease(), []));

const page = () => {
  const authorization = `Basic ${Buffer.from('me:token-grace').toString('base64')}`;
  return door.ask(undefined, 'GET', '/', { headers: { authorization } });
};

const at = (minute: number): string => later(tuesday, minutes(minute));
const series: Series = {
  points: [[minutes(1), [100, 0, 12], [10, 1, 15]]],
  bounds: [{ metric: 'error-rate', bound: 0.05 }],
};
const verdict = pass('all <b>well</b>');
const over: Observation = {
  ...{ stepId: '02-observe', share: 5, from: at(0), to: at(1), looks: 2, verdict, series },
  ...{ stable: { requests: 100, errors: 0 }, candidate: { requests: 10, errors: 1 } },
};
const watching: StepRecord = {
  ...{ id: '04-observe', step: { kind: 'observe', window: aWindow() }, direction: 'forth', begunAt: at(2) },
};
const soFar = { watch: { from: at(2), last: { at: at(3) } }, verdict, series };

describe('The page for people, windows', () => {
  it('shows what they have seen, the one under way first', async () => {
    const rollout = aRollout({ share: 25, steps: [watching], observations: [over] });
    door.desk.put(aRelease(), [{ ...rollout, window: soFar }]);
    const [, first = '', second = ''] = (await page()).text.split('<figure>');
    assert.match(first, /<title>shop 1\.1\.0 in production, 04-observe at 25 %/);
    assert.match(first, /<figcaption>Under way at 2026-11-24T09:03/);
    assert.doesNotMatch(first, /verdict: /);
    assert.match(second, /<title>shop 1\.1\.0 in production, 02-observe at 5 %/);
    assert.match(second, /<figcaption>Decided at 2026-11-24T09:01.*all &#60;b&#62;well/);
  });

  it('needs nothing that the policy of the page forbids', async () => {
    door.desk.put(aRelease(), [aRollout({ observations: [over] })]);
    const { headers, text } = await page();
    assert.match(text, /<figure>/);
    assert.doesNotMatch(headers.get('content-security-policy') ?? '', /unsafe|img-src/);
    assert.doesNotMatch(text, / style="|<b>|<img|<svg[^>]* id="/);
    assert.equal(text.match(/<style/g)?.length, 1);
  });

  it('shows those of the latest release after its end as well', async () => {
    const { run, progress } = aRelease({}, { state: 'rolled-back' });
    door.desk.put({ run: { ...run, status: 'closed', closedAt: at(4) }, progress }, [
      aRollout({ observations: [over] }),
    ]);
    assert.match((await page()).text, /<figcaption>Decided at/);
  });

  for (const [what, window] of [
    ['was begun by an earlier version', { watch: soFar.watch, verdict }],
    ['has looked once', { ...soFar, series: { points: [], bounds: [] } }],
    ['is none at all', 'nonsense'],
  ] as const)
    it(`has no figure of a window that ${what}`, async () => {
      door.desk.put(aRelease(), [{ ...aRollout({ steps: [watching] }), window }]);
      const { status, text } = await page();
      assert.equal(status, 200);
      assert.doesNotMatch(text, /<figure|Windows/);
    });
});
