/** The parts of the judge, each usable on its own; README.md tells what stands behind them. */
export { type Autocorrelation, autocorrelation } from './autocorrelation.js';
export { classifyMetric } from './classify-metric.js';
export { type EffectSize, effectSize } from './effect-size.js';
export { type HodgesLehmann, hodgesLehmann, type ShiftOptions } from './hodges-lehmann.js';
export { type Alternative, type MannWhitney, mannWhitney, type RankTestOptions } from './mann-whitney.js';
export type * from './metric.js';
export {
  planRequests,
  planSamples,
  type RequestsAsk,
  samplesFor,
  type SamplesAsk,
  type SamplesPlan,
} from './planning.js';
export { type CanaryScore, type GroupScore, scoreCanary, type Scoring } from './score-canary.js';
export { beginPairs, lookAtPair, type PairsTest, pairsP } from './sequential-pairs.js';
export { type Answered, beginRates, lookAtRates, type RatesLook, type RatesTest, ratesP } from './sequential-rates.js';
export type { NanStrategy, Outliers, Series } from './series.js';
export type { Tolerance } from './tolerance.js';
