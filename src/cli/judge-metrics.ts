import type { Lanes, Metric, MetricHead, Tolerance } from '../domain/decisions/judging/index.js';
import { defaultAlpha, isSeries, type JudgeFile, type Lane, samplesWanted, type WrittenMetric } from './judge-file.js';

/** 5 % of the baseline, as SPEC-0701 has it, unless said. */
const defaultTolerance: Tolerance = { mode: 'relative', within: 0.05 };

/** Requests that a candidate must have answered before its error rate passes, unless said. */
const defaultRequests = 100;

/** The metrics of a file as they are judged. Without a test named: counts sequentially, a bound as a threshold, else compared. */
export const metricsOf = ({ mode, metrics }: JudgeFile): readonly Metric[] =>
  metrics.map((metric) => metricOf(metric, mode));

function metricOf(written: WrittenMetric, mode: JudgeFile['mode']): Metric {
  const { alpha = defaultAlpha, tolerance = defaultTolerance, stable, candidate } = written;
  const head = headOf(written);
  if (!isSeries(stable) && !isSeries(candidate)) {
    const minSamples = written.minSamples ?? defaultRequests;
    return { ...head, test: 'sequential-rates', stable, candidate, tolerance, alpha, minSamples };
  }
  const lanes: Lanes = { stable: seriesOf(stable), candidate: seriesOf(candidate) };
  const asked = { ...head, ...lanes, ...cleaningOf(written), direction: written.direction };
  if (written.bound !== undefined) {
    const { bound, statistic, minSamples = 1 } = written;
    return { ...head, ...lanes, ...cleaningOf(written), test: 'threshold', bound, statistic, minSamples };
  }
  const test = written.test ?? (mode === 'kayenta' ? 'kayenta' : 'compare');
  if (test === 'kayenta') return { ...asked, test, ...kayentaOf(written) };
  const rule = { ...asked, tolerance, alpha, minSamples: samplesWanted(written) };
  if (test === 'sequential') return { ...rule, test };
  const { mustVary, passes } = written;
  return {
    ...rule,
    test: 'compare',
    ...(mustVary !== undefined && { mustVary }),
    ...(passes !== undefined && { passes }),
  };
}

const seriesOf = (lane: Lane): Lanes['stable'] => (isSeries(lane) ? lane : []);

const headOf = ({ name, unit, critical, dryRun, groups, error }: WrittenMetric): MetricHead => ({
  name,
  ...(unit !== undefined && { unit }),
  ...(critical !== undefined && { critical }),
  ...(dryRun !== undefined && { dryRun }),
  ...(groups !== undefined && { groups }),
  ...(error !== undefined && { error }),
});

const cleaningOf = ({ nanStrategy, outliers }: WrittenMetric) => ({
  ...(nanStrategy !== undefined && { nanStrategy }),
  ...(outliers !== undefined && { outliers: { strategy: outliers.strategy, factor: outliers.outlierFactor } }),
});

function kayentaOf({ mustHaveData, effectSize }: WrittenMetric) {
  if (effectSize === undefined) return { ...(mustHaveData !== undefined && { mustHaveData }) };
  const { measure, ...bounds } = effectSize;
  const said = Object.fromEntries(Object.entries(bounds).filter(([, bound]) => bound !== undefined));
  return { ...(mustHaveData !== undefined && { mustHaveData }), effectSize: { measure, ...said } };
}
