import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryPlots } from '../../src/adapters/memory/plots.js';
import { createPlots } from '../../src/adapters/plots/plots.js';
import { minutes } from '../../src/domain/duration.js';
import { after } from '../../src/domain/duration.js';
import type { Figure } from '../../src/domain/figure.js';
import type { Plots } from '../../src/ports/plots.js';
import { tuesday } from '../support/orders.js';

const aFigure = (more: Partial<Figure> = {}): Figure => ({
  title: 'shop 1.1.0 in production, 04-observe at 25 % of the traffic',
  says: 'Decided at 2026-11-24T09:02:00.000Z: fail, error-rate 8.1 % is above 5.2 %',
  from: tuesday,
  to: after(tuesday, minutes(2)),
  decided: { at: after(tuesday, minutes(2)), label: 'fail' },
  panels: [
    {
      label: 'error rate (%)',
      lanes: [
        {
          lane: 'stable',
          name: 'stable 1.0.0',
          values: [
            { at: after(tuesday, minutes(1)), value: 0.1 },
            { at: after(tuesday, minutes(2)), value: 0.2 },
          ],
        },
        {
          lane: 'candidate',
          name: 'candidate 1.1.0',
          values: [{ at: after(tuesday, minutes(1)) }, { at: after(tuesday, minutes(2)), value: 8.1 }],
        },
      ],
      bounds: [{ value: 5.2, label: 'at most 5.2 %' }],
    },
  ],
  ...more,
});

/** What every drawer must do, whatever it draws with. */
function plotsSuite(name: string, plots: Plots): void {
  describe(`plots: ${name}`, () => {
    it('the same figure gives the same bytes, whatever was drawn before', () => {
      const first = plots.draw(aFigure());
      plots.draw(aFigure({ title: 'another', panels: [] }));
      assert.equal(plots.draw(aFigure()), first);
      assert.equal(createdAnew(name).draw(aFigure()), first);
    });

    it('is one SVG that says what it shows, to those who do not see it as well', () => {
      const svg = plots.draw(aFigure({ notice: 'profile demo: windows compressed' }));
      assert.match(
        svg,
        /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[^>]* role="img"[^>]*>\n<title>shop 1\.1\.0 in production/,
      );
      assert.match(svg, /<desc>Decided at .*: fail, error-rate 8\.1 % is above 5\.2 %<\/desc>/);
      assert.match(svg, /<\/svg>\n$/);
      for (const said of [
        'error rate (%)',
        'stable 1.0.0',
        'candidate 1.1.0',
        'at most 5.2 %',
        'verdict: fail',
        'windows compressed',
      ])
        assert.ok(svg.includes(said), said);
    });

    it('has no script, no style, no name of its own, and nothing that is fetched', () => {
      const svg = plots.draw(aFigure()).replace('http://www.w3.org/2000/svg', '');
      assert.doesNotMatch(svg, /<script|<style|style="| id="| on\w+="|href|url\(|https?:|currentColor/i);
    });

    it('what people wrote is text', () => {
      const bad = `"><script>alert('x')</script>&amp;`;
      const [panel] = aFigure().panels;
      const lanes = panel!.lanes.map((lane) => ({ ...lane, name: bad }));
      const svg = plots.draw(
        aFigure({
          ...{ title: bad, says: bad, notice: bad, decided: { at: tuesday, label: bad } },
          panels: [{ label: bad, lanes, bounds: [{ value: 1, label: bad }] }],
        }),
      );
      assert.doesNotMatch(svg, /<script/);
      assert.equal(svg.match(/<svg/g)?.length, svg.match(/<\/svg>/g)?.length);
    });

    it('draws what was hardly seen: nothing answered, one moment, no bound, no verdict', () => {
      const { decided, ...underWay } = aFigure({ to: tuesday });
      assert.ok(decided);
      const silent = { lane: 'candidate', name: 'candidate 1.1.0', values: [{ at: tuesday }] } as const;
      const svg = plots.draw({ ...underWay, panels: [{ label: 'error rate (%)', lanes: [silent], bounds: [] }] });
      assert.doesNotMatch(svg, /NaN|Infinity|undefined|verdict:|bound of/);
    });
  });
}

const createdAnew = (name: string): Plots => (name === 'in memory' ? createMemoryPlots() : createPlots());

plotsSuite('in memory', createMemoryPlots());
plotsSuite('with Observable Plot', createPlots());

describe('plots: with Observable Plot', () => {
  it('has a curve for each lane, a line for the bound and one for the verdict', () => {
    const svg = createPlots().draw(aFigure());
    assert.equal(svg.match(/aria-label="line"/g)?.length, 2);
    assert.equal(svg.match(/aria-label="rule"/g)?.length, 3, 'zero, bound, verdict');
    assert.match(svg, /09:01:00/);
    assert.match(svg, /time \(UTC\) on 2026-11-24/);
  });

  it('stays small: sixty moments of two lanes and two metrics', () => {
    const [panel] = aFigure().panels;
    const values = Array.from({ length: 60 }, (_, i) => ({ at: after(tuesday, minutes(i)), value: i / 7 }));
    const full = { ...panel!, lanes: panel!.lanes.map((lane) => ({ ...lane, values })) };
    const svg = createPlots().draw(aFigure({ to: after(tuesday, minutes(60)), panels: [full, full] }));
    assert.ok(svg.length < 32_768, `${svg.length} bytes`);
  });
});
