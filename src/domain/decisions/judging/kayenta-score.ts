import type { MetricVerdict } from './metric.js';

interface KayentaScore {
  readonly score: number;
  readonly groups: readonly { readonly name: string; readonly score: number; readonly metrics: number }[];
  /** Why it is 0 whatever the groups say. */
  readonly because?: string;
}

/** Per cent of metrics without data from which the whole canary scores 0. */
const noDataThreshold = 50;

/**
 * Kayenta's score (`kayenta-judge`, `WeightedSumScorer`) of metrics by their classification: of a group, what passes
 * among what passes, is high, is low, or is silent though it must have data. What is silent or has failed in the source
 * is left out; a group of nothing else scores 100 in the sum. A critical failure, or half of the metrics silent, is 0.
 */
export function kayentaScore(
  metrics: readonly MetricVerdict[],
  weights: Readonly<Record<string, number>>,
): KayentaScore {
  const scored = scoredGroups(metrics, weights).map(({ name, weight, members }) => {
    const counting = members.filter(({ classification }) => classification !== 'no-data' && classification !== 'error');
    const passing = counting.filter(({ classification }) => classification === 'pass');
    const score = counting.length === 0 ? 0 : (100 * passing.length) / counting.length;
    return { name, weight, score, inSum: counting.length === 0 ? 100 : score, metrics: members.length };
  });
  const groups = scored.map(({ name, score, metrics: count }) => ({ name, score, metrics: count }));
  const because = zeroed(metrics);
  if (because !== undefined) return { score: 0, groups, because };
  return { score: rounded(scored.reduce((sum, { inSum, weight }) => sum + inSum * (weight / 100), 0)), groups };
}

function zeroed(metrics: readonly MetricVerdict[]): string | undefined {
  const critical = metrics.find(({ criticalFailure, classification }) => criticalFailure && classification !== 'pass');
  if (critical !== undefined) return `a critical metric decides: ${critical.reason}`;
  const silent = metrics.filter(({ classification }) => classification === 'no-data').length;
  if (metrics.length === 0 || (silent / metrics.length) * 100 < noDataThreshold) return undefined;
  return `${noDataThreshold} % or more of the metrics brought no data`;
}

export interface ScoredGroup {
  readonly name: string;
  /** Per cent. */
  readonly weight: number;
  readonly members: readonly MetricVerdict[];
}

/** The groups that have metrics, each with its weight; those without one share what the named weights leave of 100. */
export function scoredGroups(
  metrics: readonly MetricVerdict[],
  weights: Readonly<Record<string, number>>,
): readonly ScoredGroup[] {
  const names = [...new Set(metrics.flatMap(({ groups }) => groups))];
  const named = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const unnamed = names.filter((name) => !Object.hasOwn(weights, name)).length;
  return names.map((name) => ({
    name,
    weight: weights[name] ?? (100 - named) / unnamed,
    members: metrics.filter(({ groups }) => groups.includes(name)),
  }));
}

/** To two decimals, half up as decimals are written: 33.335 is 33.34, whatever its binary fraction. */
function rounded(score: number): number {
  return score < 1e-6 ? 0 : Number(`${Math.round(Number(`${score}e2`))}e-2`);
}
