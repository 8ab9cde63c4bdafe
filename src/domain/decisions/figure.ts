import { after, type Instant } from '../duration.js';
import type { Figure, LaneCurve, Panel } from '../figure.js';
import type { Lane, Observation } from '../rollout.js';
import type { Control } from '../sample.js';
import type { LanePoint, Series } from '../series.js';
import type { Criterion } from '../strategy.js';
import { shown } from './judging/sentences.js';
import type { DrawnMetric } from './metrics/verdict.js';
import { line } from './records/text.js';

/** A window that is over, or one under way, whose verdict is what it would be if it ended now. */
export type SeenWindow = Pick<Observation, 'stepId' | 'share' | 'from' | 'to' | 'verdict' | 'series' | 'control'> & {
  readonly metrics?: readonly DrawnMetric[];
};

/** What was watched, and whether that is over. */
export interface Watched {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  /** What ran there before; missing where nothing did. */
  readonly former?: string;
  readonly underWay?: boolean;
  readonly notice?: string;
}

/** The figure of a window; nothing where no two looks have seen anything. */
export function figureOf(seen: SeenWindow, of: Watched): Figure | undefined {
  const { series, stepId, share, from, to, verdict, control = 'stable' } = seen;
  if (!series || series.points.length === 0) return undefined;
  const what = `${of.service} ${of.version} in ${of.environment}`;
  return {
    title: line(`${what}, ${stepId} at ${share} % of the traffic`),
    says: line(`${of.underWay === true ? 'Under way' : 'Decided'} at ${to}: ${verdict.kind}, ${verdict.reason}`, 1_000),
    ...(of.notice !== undefined && { notice: of.notice }),
    from,
    to,
    ...(of.underWay !== true && { decided: { at: to, label: verdict.kind } }),
    panels: [
      ...metrics
        .filter((m) => m.always || isBound(series, m.metric))
        .map((m) => panelOf(m, { series, from, of, control })),
      ...(seen.metrics ?? [])
        .filter(({ points }) => points.length > 0)
        .map((metric) => metricPanel(metric, { from, of, control })),
    ],
  };
}

interface Measured {
  readonly metric: Criterion['metric'];
  readonly label: string;
  readonly unit: string;
  /** Drawn where no criterion asks for it, too. */
  readonly always: boolean;
  /** How the unit of the figure relates to that of the bound. */
  readonly scale: number;
  readonly value: (point: LanePoint) => number | undefined;
}

const metrics: readonly Measured[] = [
  {
    metric: 'error-rate',
    label: 'error rate (%)',
    unit: '%',
    always: true,
    scale: 100,
    value: ([requests, errors]) => (requests === 0 ? undefined : (100 * errors) / requests),
  },
  {
    metric: 'latency-p95',
    label: 'latency, p95 (ms)',
    unit: 'ms',
    always: false,
    scale: 1,
    value: ([, , p95Ms]) => p95Ms,
  },
];

const isBound = ({ bounds }: Series, metric: Criterion['metric']): boolean => bounds.some((b) => b.metric === metric);

interface Drawn {
  readonly series: Series;
  readonly from: Instant;
  readonly of: Watched;
  /** What the candidate was compared with, by its name. */
  readonly control: Lane | Control;
}

function panelOf(measured: Measured, { series, from, of, control }: Drawn): Panel {
  const { label, metric, scale, unit } = measured;
  const curve = (lane: Lane, version: string): LaneCurve => ({
    lane,
    name: line(`${lane === 'stable' ? control : lane} ${version}`, 60),
    values: series.points.map((point) => ({ at: after(from, point[0]), ...valueOf(measured, pointOf(point, lane)) })),
  });
  return {
    label,
    lanes: [...(of.former === undefined ? [] : [curve('stable', of.former)]), curve('candidate', of.version)],
    bounds: series.bounds
      .filter((bound) => bound.metric === metric)
      .map(({ bound }) => rounded(bound * scale))
      .map((value) => ({ value, label: `at most ${value} ${unit}` })),
  };
}

/** A metric of the window: the candidate, or the whole service, and what it is held against. */
function metricPanel(
  { name, unit, points, against, atMost, atLeast }: DrawnMetric,
  { from, of, control }: Omit<Drawn, 'series'>,
): Panel {
  const curve = (lane: Lane, called: string, of: 1 | 2): LaneCurve => ({
    lane,
    name: line(called, 60),
    values: points.map((point) => {
      const value = point[of];
      return { at: after(from, point[0]), ...(typeof value === 'number' && { value }) };
    }),
  });
  const other = against === 'stable' ? `${control} ${of.former ?? ''}`.trim() : 'forecast';
  const bound = (value: number | undefined, most: string) =>
    value === undefined ? [] : [{ value, label: line(`${most} ${shown(value, unit)}`, 40) }];
  return {
    label: line(unit === undefined ? name : `${name} (${unit})`, 60),
    lanes: [...(against === undefined ? [] : [curve('stable', other, 2)]), curve('candidate', of.version, 1)],
    bounds: [...bound(atMost, 'at most'), ...bound(atLeast, 'at least')],
  };
}

const pointOf = ([, stable, candidate]: Series['points'][number], lane: Lane): LanePoint =>
  lane === 'stable' ? stable : candidate;

function valueOf({ value }: Measured, point: LanePoint): { readonly value?: number } {
  const measured = value(point);
  return measured === undefined ? {} : { value: rounded(measured) };
}

const rounded = (value: number): number => Number(value.toFixed(2));
