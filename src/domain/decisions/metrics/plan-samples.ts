import { type Milliseconds, spoken } from '../../duration.js';
import type { WindowMetric } from '../../window-metric.js';
import { leastEffective } from '../judging/compare.js';

/** How many samples a metric can bring in a window of this length. */
export const samplesIn = (
  length: Milliseconds,
  { initialDelay, every }: Pick<WindowMetric, 'initialDelay' | 'every'>,
): number => Math.max(0, Math.floor((length - initialDelay) / every));

/** Whether a window can bring a metric's samples, with the arithmetic as a sentence; asked when a configuration is read. */
export interface MetricPlan {
  readonly enough: boolean;
  readonly says: string;
}

/**
 * Samples whose query looks back further than they lie apart repeat one another: k of them over the same stretch are
 * correlated by (k − 1) / k, and so worth (2k − 1) times less.
 */
export function planMetric(length: Milliseconds, metric: WindowMetric): MetricPlan {
  const { initialDelay, every, range, minSamples } = metric;
  const reachable = samplesIn(length, metric);
  const overlap = Math.max(1, Math.ceil(range / every));
  const inflation = metric.rule.kind === 'stable' ? 2 * overlap - 1 : 1;
  const independent = Math.floor(reachable / inflation);
  const least = Math.min(minSamples, leastEffective);
  const delay = initialDelay === 0 ? '' : `, ${spoken(initialDelay)} of it waited for,`;
  const have = `${spoken(length)}${delay} at one sample every ${spoken(every)} bring ${reachable} samples of ${metric.name}`;
  const worth = inflation === 1 ? '' : `, worth ${independent} independent ones since each looks back ${spoken(range)}`;
  if (reachable >= minSamples && independent >= least) return { enough: true, says: `${have}${worth}` };
  const wanted = Math.max(minSamples, least * inflation);
  const needed = reachable >= minSamples ? `${least} independent ones are needed` : `${minSamples} are needed`;
  return {
    enough: false,
    says: `${have}${worth}, and ${needed}: a window of ${spoken(wanted * every + initialDelay)} would bring them`,
  };
}

/** Whether two lanes of so few samples could ever be told apart by ranks: the smallest p-value is 1 of all their orders. */
export const canFail = ({ rule, minSamples, alpha }: WindowMetric): boolean =>
  rule.kind !== 'stable' || smallestP(minSamples) * (rule.direction === 'either' ? 2 : 1) <= alpha;

/** n!·n! of (2n)!. */
function smallestP(samples: number): number {
  let p = 1;
  for (let i = 1; i <= samples; i += 1) p *= i / (samples + i);
  return p;
}
