import { autocorrelation } from './autocorrelation.js';
import type { Figures, MetricVerdict, SequentialPairs, SequentialRates } from './metric.js';
import { percent, shownP } from './sentences.js';
import { beginPairs, lookAtPair, pairsP } from './sequential-pairs.js';
import { beginRates, lookAtRates, type RatesLook, ratesP } from './sequential-rates.js';
import { cleaned } from './series.js';
import { at } from './sorted.js';
import { allowedFrom } from './tolerance.js';
import { silentLanes, verdictOf } from './verdicts.js';

/** Error rates over all looks of a window: failed at the first look at which the evidence sufficed. */
export function judgeRates(metric: SequentialRates): MetricVerdict {
  const looks = ratesLooks(metric);
  const [stable, candidate] = [totalOf(looks, 'stable'), totalOf(looks, 'candidate')];
  const samples = { stable: stable.requests, candidate: candidate.requests };
  const silence = silentLanes(stable.requests, candidate.requests);
  if (silence !== undefined)
    return verdictOf(metric, 'no-data', { says: silence.replaceAll('value', 'answer'), figures: { samples } });
  let test = beginRates(metric.tolerance);
  let stoppedAt = 0;
  for (const [i, look] of looks.entries()) {
    test = lookAtRates(test, look);
    if (stoppedAt === 0 && ratesP(test) <= metric.alpha) stoppedAt = i + 1;
  }
  const [met, baseline] = [candidate.errors / candidate.requests, stable.errors / stable.requests];
  const wanted = baseline + allowedFrom(metric.tolerance, baseline);
  const end = stoppedAt > 0 ? { stoppedAt } : {};
  const figures = { samples, met, wanted, pValue: ratesP(test), alpha: metric.alpha, looks: looks.length, ...end };
  return ratesVerdict(metric, figures, baseline);
}

function ratesVerdict(metric: SequentialRates, figures: RatesFigures, baseline: number): MetricVerdict {
  const { samples, met, wanted, stoppedAt, looks, pValue } = figures;
  const rates = `${percent(met)} of ${samples.candidate} requests failed on the candidate, ${percent(baseline)} of ${samples.stable} on the stable lane, ${percent(wanted)} is allowed`;
  const sure = `${shownP(pValue)} at every look`;
  if (stoppedAt !== undefined)
    return verdictOf(metric, 'fail', { says: `${rates}; clear at look ${stoppedAt} of ${looks}; ${sure}`, figures });
  if (samples.candidate < metric.minSamples) {
    const says = `${samples.candidate} requests reached the candidate; ${metric.minSamples} are needed`;
    return verdictOf(metric, 'inconclusive', { says, figures });
  }
  return verdictOf(metric, 'pass', { says: `${rates}; not clearly more in ${looks} looks; ${sure}`, figures });
}

interface RatesFigures extends Figures {
  readonly met: number;
  readonly wanted: number;
  readonly pValue: number;
  readonly looks: number;
}

/** A look at which any of the four numbers is missing is left out. */
function ratesLooks({ stable, candidate }: SequentialRates): readonly RatesLook[] {
  return stable.requests.flatMap((requests, i) => {
    const [errors, requestsThere, errorsThere] = [stable.errors[i], candidate.requests[i], candidate.errors[i]];
    if (!isNumber(requests) || !isNumber(errors) || !isNumber(requestsThere) || !isNumber(errorsThere)) return [];
    return [{ stable: { requests, errors }, candidate: { requests: requestsThere, errors: errorsThere } }];
  });
}

const isNumber = (value: number | null | undefined): value is number =>
  typeof value === 'number' && Number.isFinite(value);

const totalOf = (looks: readonly RatesLook[], lane: keyof RatesLook) => ({
  requests: looks.reduce((sum, look) => sum + look[lane].requests, 0),
  errors: looks.reduce((sum, look) => sum + look[lane].errors, 0),
});

/**
 * Pairs of samples over all looks of a window. Where successive samples repeat one another only every k-th pair is
 * taken, k the variance inflation: a measure for recorded windows, since a running one does not know it beforehand.
 */
export function judgePairs(metric: SequentialPairs): MetricVerdict {
  const [stable, candidate] = [cleaned(metric.stable, metric), cleaned(metric.candidate, metric)];
  const silence = silentLanes(stable.measured, candidate.measured);
  const { inflation, lagOne } = autocorrelation(stable.inOrder, candidate.inOrder);
  const step = Math.ceil(inflation);
  let test = beginPairs(metric.direction, metric.tolerance);
  let [pairs, looks, stoppedAt] = [0, 0, 0];
  for (let i = 0; i < Math.min(stable.inOrder.length, candidate.inOrder.length); i += 1) {
    const [before, after] = [at(stable.inOrder, i), at(candidate.inOrder, i)];
    looks += 1;
    if (Number.isNaN(before) || Number.isNaN(after)) continue;
    if (pairs % step === 0) test = lookAtPair(test, before, after);
    pairs += 1;
    if (stoppedAt === 0 && pairsP(test) <= metric.alpha) stoppedAt = i + 1;
  }
  const samples = { stable: stable.measured, candidate: candidate.measured, lagOne };
  const end = stoppedAt > 0 ? { stoppedAt } : {};
  const figures = { samples, pValue: pairsP(test), alpha: metric.alpha, looks, ...end };
  if (silence !== undefined || pairs === 0)
    return verdictOf(metric, 'no-data', { says: silence ?? 'no look brought a value of both lanes', figures });
  return pairsVerdict(metric, figures, pairs);
}

function pairsVerdict(
  metric: SequentialPairs,
  figures: Figures & { readonly pValue: number },
  pairs: number,
): MetricVerdict {
  const sure = `${shownP(figures.pValue)} at every look`;
  if (figures.stoppedAt !== undefined)
    return verdictOf(metric, 'fail', {
      says: `the candidate is worse in more pairs than chance allows; clear at look ${figures.stoppedAt} of ${figures.looks ?? 0}; ${sure}`,
      figures,
    });
  if (pairs < metric.minSamples) {
    const says = `${pairs} looks brought a value of both lanes; ${metric.minSamples} are needed`;
    return verdictOf(metric, 'inconclusive', { says, figures });
  }
  return verdictOf(metric, 'pass', {
    says: `not worse in more of ${pairs} pairs than chance allows; ${sure}`,
    figures,
  });
}
