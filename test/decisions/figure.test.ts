import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { figureOf, type SeenWindow, type Watched } from '../../src/domain/decisions/figure.js';
import { after, seconds } from '../../src/domain/duration.js';
import type { Series } from '../../src/domain/series.js';
import { fail } from '../../src/domain/verdict.js';
import { tuesday } from '../support/orders.js';

const series: Series = {
  points: [
    [1_000, [200, 1, 41.5], [0, 0]],
    [2_000, [200, 0, 40], [50, 4, 120]],
  ],
  bounds: [
    { metric: 'error-rate', bound: 0.0525 },
    { metric: 'latency-p95', bound: 300 },
  ],
};
const seen = (more: Partial<SeenWindow> = {}): SeenWindow => ({
  stepId: '04-observe',
  share: 25,
  from: tuesday,
  to: after(tuesday, seconds(2)),
  verdict: fail('error-rate 8 % is above 5.25 %'),
  series,
  ...more,
});
const of: Watched = { service: 'shop', environment: 'production', version: '1.1.0', former: '1.0.0' };
const panels = (window: SeenWindow, watched = of) => figureOf(window, watched)?.panels ?? [];

describe('the figure of a window', () => {
  it('says what was watched, where, at which step, and what was decided when', () => {
    const figure = figureOf(seen(), of);
    assert.equal(figure?.title, 'shop 1.1.0 in production, 04-observe at 25 % of the traffic');
    assert.equal(figure.says, 'Decided at 2026-11-24T09:00:02.000Z: fail, error-rate 8 % is above 5.25 %');
    assert.deepEqual(figure.decided, { at: '2026-11-24T09:00:02.000Z', label: 'fail' });
  });

  it('names a fresh baseline where that is what was compared with', () => {
    const [errors] = panels(seen({ control: 'baseline' }));
    assert.deepEqual(
      errors?.lanes.map(({ name }) => name),
      ['baseline 1.0.0', 'candidate 1.1.0'],
    );
  });

  it('shows both lanes in the units of the bound, and a gap where nothing was answered', () => {
    const [errors, latency] = panels(seen());
    assert.deepEqual(
      errors?.lanes.map(({ name, values }) => [name, values]),
      [
        [
          'stable 1.0.0',
          [
            { at: '2026-11-24T09:00:01.000Z', value: 0.5 },
            { at: '2026-11-24T09:00:02.000Z', value: 0 },
          ],
        ],
        ['candidate 1.1.0', [{ at: '2026-11-24T09:00:01.000Z' }, { at: '2026-11-24T09:00:02.000Z', value: 8 }]],
      ],
    );
    assert.deepEqual(errors.bounds, [{ value: 5.25, label: 'at most 5.25 %' }]);
    assert.deepEqual(
      latency?.lanes.map(({ values }) => values.map(({ value }) => value)),
      [
        [41.5, 40],
        [undefined, 120],
      ],
    );
    assert.deepEqual(latency.bounds, [{ value: 300, label: 'at most 300 ms' }]);
  });

  it('shows latency only where a criterion asks for it, errors always', () => {
    const labels = panels(seen({ series: { ...series, bounds: [] } })).map(({ label }) => label);
    assert.deepEqual(labels, ['error rate (%)']);
  });

  it('has one lane where nothing ran before', () => {
    const { former, ...first } = of;
    assert.ok(former);
    assert.deepEqual(
      panels(seen(), first).map(({ lanes }) => lanes.map(({ lane }) => lane)),
      [['candidate'], ['candidate']],
    );
  });

  it('has no verdict while the window is under way, and says so', () => {
    const figure = figureOf(seen(), { ...of, underWay: true });
    assert.ok(figure && !('decided' in figure));
    assert.match(figure.says, /^Under way at /);
  });

  it('is none where nothing was seen, or nothing was kept of it', () => {
    const { series: kept, ...without } = seen();
    assert.ok(kept);
    assert.equal(figureOf(without, of), undefined);
    assert.equal(figureOf(seen({ series: { points: [], bounds: [] } }), of), undefined);
  });
});
