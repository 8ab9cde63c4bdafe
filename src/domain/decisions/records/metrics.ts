import type { Observation } from '../../rollout.js';
import type { Verdict } from '../../verdict.js';
import type { MetricReport, WindowScore } from '../../window-metric.js';
import { shown } from '../judging/sentences.js';
import { line, md, table } from './text.js';

/** What a metric came to in a window, as the deploy log keeps it; figures in its unit. */
export interface MetricEntry extends Pick<
  MetricReport,
  | 'name'
  | 'unit'
  | 'met'
  | 'wanted'
  | 'samples'
  | 'p'
  | 'alpha'
  | 'shift'
  | 'low'
  | 'high'
  | 'cles'
  | 'failures'
  | 'errors'
> {
  readonly verdict: Verdict['kind'];
  readonly reason: string;
  /** Whether it was only shown. */
  readonly shown_only?: true;
}

/** The metrics of a window and their score, where it has any. */
export interface MetricEntries {
  readonly metrics?: readonly MetricEntry[];
  readonly score?: WindowScore;
}

export const metricEntries = ({ metrics, score }: Observation): MetricEntries => ({
  ...(metrics && { metrics: metrics.map(metricEntry) }),
  ...(score && { score }),
});

function metricEntry(report: MetricReport): MetricEntry {
  const { name, kind, reason, decides, unit, samples, met, wanted = report.atMost ?? report.atLeast } = report;
  const { p, alpha, shift, low, high, cles, failures, errors } = report;
  const told = { unit, met, wanted, p, alpha, shift, low, high, cles, failures, errors };
  const figures = Object.entries(told).filter(([, figure]) => figure !== undefined);
  return {
    ...{ name, verdict: kind, reason: line(reason, 500), samples },
    ...(Object.fromEntries(figures) as Partial<MetricEntry>),
    ...(decides !== true && { shown_only: true }),
  };
}

interface SeenEntry extends MetricEntries {
  readonly step: string;
}

/** The metrics of a rollout's windows as a table; nothing where there are none. */
export function metricTable(observations: readonly SeenEntry[]): string | undefined {
  const rows = observations.flatMap(({ step, metrics = [], score }) => [
    ...metrics.map((metric) => metricRow(step, metric)),
    ...(score ? [scoreRow(step, score)] : []),
  ]);
  return rows.length === 0 ? undefined : table(['step', 'metric', 'samples', 'p or bound', 'verdict'], rows);
}

function metricRow(step: string, metric: MetricEntry): readonly string[] {
  const { name, samples, p, alpha, met, wanted, unit } = metric;
  const beside = samples.stable === undefined ? '' : ` beside ${samples.stable}`;
  const missing = samples.missing === undefined ? '' : `, ${samples.missing} missing`;
  const figure =
    met === undefined ? '' : md(`${shown(met, unit)}${wanted === undefined ? '' : ` of ${shown(wanted, unit)}`}`);
  return [
    md(step),
    md(name),
    `${samples.candidate}${beside}${missing}`,
    p === undefined ? figure : `p ${shown(p)}${alpha === undefined ? '' : ` of ${shown(alpha)}`}`,
    `${metric.verdict}${metric.shown_only ? ' (only shown)' : ''}: ${md(metric.reason, 500)}`,
  ];
}

const scoreRow = (step: string, { score, pass, marginal, groups }: WindowScore): readonly string[] => [
  md(step),
  '**score**',
  '',
  `${score} of ${pass}`,
  `${groups.map((group) => `${md(group.name)} ${shown(group.score)}`).join(', ')}; ${marginal} is marginal`,
];
