import { neverReached } from '../../never.js';
import { compareLanes } from './compare.js';
import { classifyKayenta } from './kayenta.js';
import type { Metric, MetricVerdict } from './metric.js';
import { judgePairs, judgeRates } from './sequential.js';
import { judgeThreshold } from './thresholds.js';
import { verdictOf } from './verdicts.js';

/**
 * Judges one metric by the test it names. A source that could not be asked is an `error`; a lane without data never
 * passes. What is answered is for records and for the on-call: kind, sentence, figures, and what it is to the score.
 */
export function classifyMetric(metric: Metric): MetricVerdict {
  if (metric.error !== undefined) {
    const figures = { samples: { stable: 0, candidate: 0 } };
    return verdictOf(metric, 'error', { says: `the source could not be asked: ${metric.error}`, figures });
  }
  switch (metric.test) {
    case 'compare':
      return compareLanes(metric);
    case 'kayenta':
      return classifyKayenta(metric);
    case 'sequential':
      return judgePairs(metric);
    case 'sequential-rates':
      return judgeRates(metric);
    case 'threshold':
      return judgeThreshold(metric);
    default:
      return neverReached(metric);
  }
}
