import { effectSizeOfSorted } from './effect-size.js';
import { hodgesLehmannOfSorted } from './hodges-lehmann.js';
import type { Figures, KayentaEffect, KayentaMetric, MetricVerdict } from './metric.js';
import { shown } from './sentences.js';
import { cleaned } from './series.js';
import { isConstant, medianOf, type Sorted } from './sorted.js';
import { silentLanes, verdictOf } from './verdicts.js';

/** The literals of `NetflixACAJudge-v1.0`: a confidence of 98 %, bounds at a quarter of the estimated shift. */
const confidence = 0.98;
const tolerance = 0.25;

/**
 * A metric as Spinnaker's Kayenta classifies it (`kayenta-judge`, `MannWhitneyClassifier`): `high` where the lower bound
 * of the shift lies above a quarter of the shift itself and the effect size reaches `allowedIncrease`; `low` likewise;
 * equal samples pass. With `nanStrategy: replace` a silent lane passes there: the classification, from which the score
 * is made, is Kayenta's, the verdict is `no-data`.
 */
export function classifyKayenta(metric: KayentaMetric): MetricVerdict {
  const [stable, candidate] = [cleaned(metric.stable, metric, true), cleaned(metric.candidate, metric, true)];
  const samples = {
    stable: stable.sorted?.length ?? 0,
    candidate: candidate.sorted?.length ?? 0,
    missingStable: stable.missing,
    missingCandidate: candidate.missing,
  };
  const silence = silentLanes(stable.measured, candidate.measured);
  if (!stable.sorted || !candidate.sorted) return silent(metric, silence ?? 'no value is left', samples);
  const { label, beyondCritical, ...found } = compare(metric, stable.sorted, candidate.sorted);
  const figures = { samples, ...found };
  if (label === 'pass' && silence !== undefined) return countedAsPass(metric, silence, samples);
  const differs = `the candidate differs by ${shown(found.shift, metric.unit)} (${shown(found.low)} to ${shown(found.high)}, 98 % confidence)`;
  if (label === 'pass') return verdictOf(metric, 'pass', { says: `passes Kayenta's rule; ${differs}`, figures });
  return verdictOf(metric, 'fail', {
    says: `${label} by Kayenta's rule; ${differs}`,
    figures,
    classification: label,
    criticalFailure: metric.critical === true && beyondCritical,
  });
}

function silent(metric: KayentaMetric, silence: string, samples: Figures['samples']): MetricVerdict {
  if (metric.nanStrategy === 'replace') return countedAsPass(metric, silence, samples);
  const fails = metric.mustHaveData === true && metric.critical !== true;
  return verdictOf(metric, 'no-data', {
    says: fails ? `${silence}, and it must have data` : silence,
    figures: { samples },
    classification: fails ? 'no-data-fail' : 'no-data',
    criticalFailure: metric.critical === true,
  });
}

const countedAsPass = (metric: KayentaMetric, silence: string, samples: Figures['samples']): MetricVerdict =>
  verdictOf(metric, 'no-data', {
    says: `${silence}; Kayenta counts it as a pass`,
    figures: { samples },
    classification: 'pass',
  });

interface Compared {
  readonly label: 'pass' | 'high' | 'low';
  readonly beyondCritical: boolean;
  readonly shift: number;
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly effect: Figures['effect'] & object;
}

function compare(metric: KayentaMetric, stable: Sorted, candidate: Sorted): Compared {
  const { measure = 'meanRatio', ...bounds }: KayentaEffect = metric.effectSize ?? {};
  const { allowedIncrease, allowedDecrease, criticalIncrease, criticalDecrease } = bounds;
  const effect = effectSizeOfSorted(stable, candidate);
  const size = effect[measure];
  const none = measure === 'cles' ? 0.5 : 1;
  const { shift, low, high } = shiftOf(stable, candidate);
  // An effect size that cannot be computed is not asked about.
  const isRise = (bound = none): boolean => Number.isNaN(size) || size >= bound;
  const isFall = (bound = none): boolean => Number.isNaN(size) || size <= bound;
  const band = tolerance * Math.abs(shift);
  const isHigh = metric.direction !== 'decrease' && low > band && isRise(allowedIncrease);
  const isLow = metric.direction !== 'increase' && high < -band && isFall(allowedDecrease);
  const label = areEqual(stable, candidate) ? 'pass' : isHigh ? 'high' : isLow ? 'low' : 'pass';
  const beyondCritical = label === 'high' ? isRise(criticalIncrease) : label === 'low' && isFall(criticalDecrease);
  return { label, beyondCritical, shift, low, high, level: confidence, effect };
}

/** Kayenta's interval is always the asymptotic one. To two constant lanes it adds noise of 1e-5; their shift is known. */
function shiftOf(stable: Sorted, candidate: Sorted): Pick<Compared, 'shift' | 'low' | 'high'> {
  if (isConstant(stable) && isConstant(candidate)) {
    const shift = medianOf(candidate) - medianOf(stable);
    return { shift, low: shift, high: shift };
  }
  const { estimate, low, high } = hodgesLehmannOfSorted(candidate, stable, { level: confidence, method: 'asymptotic' });
  return { shift: estimate, low, high };
}

const areEqual = (a: Sorted, b: Sorted): boolean => a.length === b.length && a.every((value, i) => value === b[i]);
