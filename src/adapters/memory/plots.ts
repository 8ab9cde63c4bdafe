import type { Plots } from '../../ports/plots.js';
import { escaped } from '../plots/escaped.js';

/** Figures in words: all that is to be read of one, and its values as data. */
export const createMemoryPlots = (): Plots => ({
  draw({ title, says, notice, decided, panels, ...rest }) {
    const texts = [
      ...(notice === undefined ? [] : [notice]),
      ...(decided ? [`verdict: ${decided.label}`] : []),
      ...panels.flatMap(({ label, lanes, bounds }) => [
        label,
        ...[...lanes.map((l) => l.name), ...bounds.map((b) => b.label)],
      ]),
      JSON.stringify({ ...rest, panels }),
    ];
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(title)}">`,
      `<title>${escaped(title)}</title>`,
      `<desc>${escaped(says)}</desc>`,
      ...texts.map((text) => `<text>${escaped(text)}</text>`),
      '</svg>\n',
    ].join('\n');
  },
});
