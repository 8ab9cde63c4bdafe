import type { LaneCounters } from '../sample.js';
import type { Criterion, Window } from '../strategy.js';
import { beginRates, lookAtRates, type RatesTest } from './judging/index.js';

/** The sequential tests of a window under way, one for each criterion that has an `alpha`, in their order: some twelve numbers each. */
export type Evidence = readonly RatesTest[];

/** A criterion that is judged look by look. */
export type Tested = Extract<Criterion, { kind: 'within-baseline' }> & { readonly alpha: number };

export const isTested = (criterion: Criterion): criterion is Tested =>
  criterion.kind === 'within-baseline' && criterion.alpha !== undefined;

/** What the stable lane answered before lets a test begin with its first look, and weighs no more than is needed to judge. */
export const beginEvidence = ({ criteria, minSamples }: Window, before: LaneCounters): Evidence =>
  criteria.filter(isTested).map(({ mode, within }) => beginRates({ mode, within }, atMost(minSamples, before)));

/** One look more: what each lane answered since the one before. */
export const moreEvidence = (
  evidence: Evidence,
  { stable, candidate }: Record<'stable' | 'candidate', LaneCounters>,
): Evidence => evidence.map((test) => lookAtRates(test, { stable: answered(stable), candidate: answered(candidate) }));

/** The test of a criterion, where there is one and it has been begun. */
export const testOf = (criterion: Tested, { criteria }: Window, evidence: Evidence): RatesTest | undefined =>
  evidence[criteria.filter(isTested).indexOf(criterion)];

const answered = ({ requests, errors }: LaneCounters) => ({ requests, errors });

function atMost(requests: number, lane: LaneCounters): { readonly requests: number; readonly errors: number } {
  if (lane.requests <= requests) return answered(lane);
  return { requests, errors: (lane.errors * requests) / lane.requests };
}
