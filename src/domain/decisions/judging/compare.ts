import { autocorrelation } from './autocorrelation.js';
import { effectSizeOfSorted } from './effect-size.js';
import { hodgesLehmannOfSorted } from './hodges-lehmann.js';
import { mannWhitneyOfSorted } from './mann-whitney.js';
import type { Comparison, Direction, Figures, MetricVerdict, SampleCounts } from './metric.js';
import { allowance, percent, shown, shownP } from './sentences.js';
import { type Cleaned, cleaned, isConstantLane } from './series.js';
import { medianOf, type Sorted } from './sorted.js';
import { allowedFrom } from './tolerance.js';
import { silentLanes, verdictOf } from './verdicts.js';

/** Fewer independent samples a lane than this are not judged, however many were taken. */
export const leastEffective = 8;

/**
 * Whether the candidate is worse than the stable lane by more than the tolerance, by a one-sided Mann–Whitney test of
 * the shifted candidate (two of them at half of `alpha` where either direction is worse), its variance inflated where
 * successive samples repeat one another. `fail` only where that is significant; `pass` only with enough samples.
 */
export function compareLanes(metric: Comparison): MetricVerdict {
  const [stable, candidate] = [cleaned(metric.stable, metric), cleaned(metric.candidate, metric)];
  const { lagOne, inflation } = autocorrelation(stable.inOrder, candidate.inOrder);
  const samples = countsOf(stable, candidate, lagOne, inflation);
  const silence = silentLanes(samples.stable, samples.candidate);
  if (!stable.sorted || !candidate.sorted || silence !== undefined)
    return verdictOf(metric, 'no-data', { says: silence ?? 'no value is left', figures: { samples } });
  if (metric.mustVary === true && (isConstantLane(stable) || isConstantLane(candidate)))
    return verdictOf(metric, 'no-data', { says: frozen(stable, candidate), figures: { samples } });
  const figures = figuresOf(metric, stable.sorted, candidate.sorted, { samples, inflation });
  const baseline = medianOf(stable.sorted);
  const isWorse = figures.pValue <= metric.alpha;
  const few = tooFew(metric, samples);
  if (few !== undefined) return verdictOf(metric, 'inconclusive', { says: few, figures });
  if (isWorse) {
    const classification = figures.shift > 0 ? 'high' : 'low';
    return verdictOf(metric, 'fail', { says: worse(metric, figures, baseline), figures, classification });
  }
  if (metric.passes === 'proven' && !isProven(metric.direction, figures))
    return verdictOf(metric, 'inconclusive', { says: unproven(metric, figures, baseline), figures });
  return verdictOf(metric, 'pass', { says: notWorse(metric, figures, baseline), figures });
}

function countsOf(stable: Cleaned, candidate: Cleaned, lagOne: number, inflation: number): SampleCounts {
  const [before, after] = [stable.sorted?.length ?? 0, candidate.sorted?.length ?? 0];
  return {
    stable: before,
    candidate: after,
    missingStable: stable.missing,
    missingCandidate: candidate.missing,
    effectiveStable: before / inflation,
    effectiveCandidate: after / inflation,
    lagOne,
  };
}

interface CompareFigures extends Figures {
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  readonly wanted: number;
}

/** The interval is the one whose bound belongs to the test: at 1 − 2·alpha where one direction is worse, else 1 − alpha. */
function figuresOf(
  { direction, tolerance, alpha }: Comparison,
  stable: Sorted,
  candidate: Sorted,
  { samples, inflation }: { readonly samples: SampleCounts; readonly inflation: number },
): CompareFigures {
  const wanted = allowedFrom(tolerance, medianOf(stable));
  const level = direction === 'either' ? 1 - alpha : 1 - 2 * alpha;
  const { estimate, low, high } = hodgesLehmannOfSorted(candidate, stable, { level, inflation });
  const shifted = (by: number): Sorted => (by === 0 ? candidate : candidate.map((value) => value - by));
  const rise = mannWhitneyOfSorted(shifted(wanted), stable, { alternative: 'greater', inflation }).pValue;
  const fall = mannWhitneyOfSorted(shifted(-wanted), stable, { alternative: 'less', inflation }).pValue;
  const pValue = direction === 'increase' ? rise : direction === 'decrease' ? fall : Math.min(1, 2 * rise, 2 * fall);
  const effect = effectSizeOfSorted(stable, candidate);
  return { samples, met: medianOf(candidate), wanted, shift: estimate, low, high, level, pValue, alpha, effect };
}

function tooFew({ minSamples, disjoint }: Comparison, samples: SampleCounts): string | undefined {
  const least = Math.min(samples.stable, samples.candidate);
  if (least < minSamples)
    return `${samples.stable} samples of the stable lane and ${samples.candidate} of the candidate; ${minSamples} of each are needed`;
  if (disjoint) return undefined;
  const effective = Math.min(samples.effectiveStable ?? least, samples.effectiveCandidate ?? least);
  const wanted = Math.min(minSamples, leastEffective);
  return effective < wanted
    ? `successive samples repeat one another (lag one ${shown(samples.lagOne ?? 0)}): ${least} are worth ${effective.toFixed(1)}, and ${wanted} are needed; watch longer, or sample less often`
    : undefined;
}

function isProven(direction: Direction, { low, high, wanted }: CompareFigures): boolean {
  return (direction === 'decrease' || high <= wanted) && (direction === 'increase' || low >= -wanted);
}

const frozen = (stable: Cleaned, candidate: Cleaned): string => {
  const lanes = [isConstantLane(stable) ? 'the stable lane' : '', isConstantLane(candidate) ? 'the candidate' : ''];
  return `${lanes.filter(Boolean).join(' and ')} never moved: taken for a source that stands still`;
};

const between = ({ unit }: Comparison, { low, high, level = 0 }: CompareFigures): string =>
  `${shown(low)} to ${shown(high, unit)} with ${percent(level)} confidence`;

const seen = ({ samples, pValue }: CompareFigures): string =>
  `${shownP(pValue)}, ${samples.candidate} samples against ${samples.stable}`;

function worse(metric: Comparison, figures: CompareFigures, baseline: number): string {
  const way = figures.shift > 0 ? 'higher' : 'lower';
  return `the candidate is ${way} by ${shown(Math.abs(figures.shift), metric.unit)} (${between(metric, figures)}) than the stable lane's ${shown(baseline, metric.unit)}; allowed is ${allowance(metric.tolerance, metric.unit, baseline)}; ${seen(figures)}`;
}

function notWorse(metric: Comparison, figures: CompareFigures, baseline: number): string {
  return `not worse${beyond(metric, baseline)}; the candidate differs by ${shown(figures.shift, metric.unit)} (${between(metric, figures)}) from the stable lane's ${shown(baseline, metric.unit)}; ${seen(figures)}`;
}

function unproven(metric: Comparison, figures: CompareFigures, baseline: number): string {
  return `a change for the worse${beyond(metric, baseline)} is not excluded: ${between(metric, figures)}; ${seen(figures)}`;
}

function beyond({ tolerance, unit }: Comparison, baseline: number): string {
  return tolerance.within === 0 ? '' : ` beyond ${allowance(tolerance, unit, baseline)}`;
}
