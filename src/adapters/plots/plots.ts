import type { Figure, Panel } from '../../domain/figure.js';
import type { Plots } from '../../ports/plots.js';
import { colours, layout } from './look.js';
import { drawPanel } from './panel.js';
import { escaped } from './escaped.js';

/** Draws with Observable Plot on a document that exists in memory alone. */
export const createPlots = (): Plots => ({ draw });

function draw(figure: Figure): string {
  const { width, left } = layout;
  const head = layout.head + (figure.notice === undefined ? 0 : layout.notice);
  const height = head + figure.panels.length * layout.panel;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(figure.title)}" font-family="system-ui, sans-serif" font-size="12" fill="${colours.ink}">`,
    `<title>${escaped(figure.title)}</title>`,
    `<desc>${escaped(figure.says)}</desc>`,
    `<text x="${left}" y="20" font-size="15" font-weight="600">${escaped(figure.title)}</text>`,
    legend(figure.panels),
    figure.notice === undefined ? '' : `<text x="${left}" y="62" font-style="italic">${escaped(figure.notice)}</text>`,
    ...figure.panels.map((panel, i) => drawPanel(panel, figure, head + i * layout.panel)),
    '</svg>\n',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** Which curve is whose, and what the lines mean. */
function legend(panels: readonly Panel[]): string {
  const lanes = (panels[0]?.lanes ?? []).map(({ lane, name }) => ({ name, stroke: colours[lane], dashes: '' }));
  const bound = { name: 'bound of the criterion', stroke: colours.bound, dashes: ' stroke-dasharray="6 4"' };
  let x: number = layout.left;
  return [...lanes, ...(panels.some(({ bounds }) => bounds.length > 0) ? [bound] : [])]
    .map(({ name, stroke, dashes }) => {
      const at = x;
      x += 50 + 7 * Array.from(name).length;
      return `<line x1="${at}" x2="${at + 22}" y1="38" y2="38" stroke="${stroke}" stroke-width="2.5"${dashes}/><text x="${at + 28}" y="42">${escaped(name)}</text>`;
    })
    .join('\n');
}
