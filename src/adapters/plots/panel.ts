import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { between, type Instant } from '../../domain/duration.js';
import type { Figure, LaneCurve, Panel } from '../../domain/figure.js';
import { colours, layout } from './look.js';

/** One panel as an SVG within an SVG, so far from the top. Everything that it looks like is in attributes: pages forbid styles. */
export function drawPanel(panel: Panel, figure: Figure, y: number): string {
  const drawn = Plot.plot({
    document: aDocument(),
    width: layout.width,
    height: layout.panel,
    marginTop: 34,
    marginBottom: 44,
    marginLeft: layout.left,
    marginRight: layout.right,
    x: {
      type: 'utc',
      domain: span(figure),
      label: `time (UTC) on ${figure.from.slice(0, 10)}`,
      labelAnchor: 'center',
      labelArrow: 'none',
      ...ticks(figure),
    },
    y: { domain: [lowest(panel) * 1.08, highest(panel) * 1.08], label: panel.label, grid: true, ticks: 5, nice: true },
    marks: [
      Plot.ruleY([0], { stroke: colours.ink }),
      ...panel.bounds.flatMap(boundMarks),
      ...decisionMarks(figure),
      ...panel.lanes.flatMap(laneMarks),
    ],
  }) as Svg;
  drawn.querySelector('style')?.remove();
  drawn.removeAttribute('class');
  drawn.setAttribute('y', String(y));
  drawn.setAttribute('fill', colours.ink);
  drawn.setAttribute('font-size', '12');
  return drawn.outerHTML
    .replaceAll('currentColor', colours.ink)
    .replace(places, (place) => place.replace(fine, shortened));
}

/** Attributes that hold places, whose last digits no eye sees and not every machine computes alike. */
const places = / (?:d|transform|c?[xy][12]?)="[^"]*"/g;
const fine = /\d+\.\d{3,}/g;
const shortened = (number: string): string => String(Number(Number(number).toFixed(2)));

/** What is used of a drawn SVG; the compiler knows no browser here. */
interface Svg {
  readonly outerHTML: string;
  querySelector(selector: string): { remove(): void } | null;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
}

/** A document that exists in memory alone. */
const aDocument = (): unknown =>
  (parseHTML('<!doctype html><html><body></body></html>') as { document: unknown }).document;

const moment = (at: Instant): Date => new Date(at);

/** A little more than the window, so that the moment of the verdict does not lie on the edge. */
function span({ from, to }: Figure): [Date, Date] {
  const length = Math.max(1, between(from, to));
  return [moment(from), new Date(Date.parse(to) + 0.02 * length)];
}

/** Short windows need parts of a second, long ones no seconds. */
function ticks({ from, to }: Figure): { readonly ticks: number; readonly tickFormat: (at: Date) => string } {
  const length = between(from, to);
  const [begin, end] = length < 8_000 ? [11, 21] : length < 7_200_000 ? [11, 19] : [11, 16];
  return { ticks: 6, tickFormat: (at) => at.toISOString().slice(begin, end) };
}

/** 0, or the lowest of what was measured, where that is less. */
const lowest = ({ lanes, bounds }: Panel): number =>
  Math.min(
    0,
    ...lanes.flatMap((lane) => lane.values.flatMap(({ value }) => value ?? [])),
    ...bounds.map((b) => b.value),
  );

/** The highest of what was measured and what was allowed; at least something, where all is zero. */
function highest({ lanes, bounds }: Panel): number {
  const values = lanes.flatMap((lane) => lane.values.flatMap(({ value }) => value ?? []));
  return Math.max(...values, ...bounds.map(({ value }) => value)) || 1;
}

const boundMarks = ({ value, label }: Panel['bounds'][number]): Plot.Markish[] => [
  Plot.ruleY([value], { stroke: colours.bound, strokeDasharray: '6 4', strokeWidth: 1.5 }),
  Plot.text([label], { y: value, frameAnchor: 'right', textAnchor: 'start', dx: 8, fill: colours.bound }),
];

const decisionMarks = ({ decided }: Figure): Plot.Markish[] =>
  decided === undefined
    ? []
    : [
        Plot.ruleX([moment(decided.at)], { stroke: colours.ink, strokeWidth: 1.5 }),
        Plot.text([`verdict: ${decided.label}`], {
          x: moment(decided.at),
          frameAnchor: 'top',
          textAnchor: 'end',
          dy: -14,
          fontWeight: 600,
        }),
      ];

/** A line from look to look, interrupted where nothing was answered, and a dot where one was. The stable lane's is broad: it is seen where both are one. */
function laneMarks({ lane, values }: LaneCurve): Plot.Markish[] {
  const points = values.map(({ at, value }) => ({ at: moment(at), value: value ?? Number.NaN }));
  const stroke = colours[lane];
  const broad = lane === 'stable';
  return [
    Plot.lineY(points, { x: 'at', y: 'value', stroke, strokeWidth: broad ? 5 : 2 }),
    Plot.dot(points, { x: 'at', y: 'value', fill: stroke, r: broad ? 4 : 2.5 }),
  ];
}
