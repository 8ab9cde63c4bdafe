import { neverReached } from '../never.js';
import type { LaneCounters } from '../sample.js';
import type { Criterion, Window } from '../strategy.js';
import type { Verdict } from '../verdict.js';
import { quantile, type Watch } from './watch.js';

/** What a criterion comes to in this window: a bound in absolute terms, or a verdict where none can be drawn. */
export type Standard = Bound | { readonly kind: 'none'; readonly verdict: Verdict };

export interface Bound {
  readonly kind: 'bound';
  readonly metric: Criterion['metric'];
  readonly bound: number;
  /** Where the bound comes from, for people. */
  readonly origin: string;
}

/** What a criterion comes to. Without a version before (`compared`), `within-baseline` allows `within` itself. */
export function standardOf(criterion: Criterion, watch: Watch, window: Window, compared: boolean): Standard {
  switch (criterion.kind) {
    case 'at-most':
      return { kind: 'bound', metric: criterion.metric, bound: criterion.bound, origin: 'as configured' };
    case 'within-baseline':
      return baselineBound(criterion, watch, window, compared);
    default:
      return neverReached(criterion);
  }
}

/** Whether the stable lane answers enough in this window to be compared with. */
export const hasBaseline = ({ stable }: Watch, { minSamples }: Window): boolean => stable.requests >= minSamples;

function baselineBound(
  { metric, mode, within }: Extract<Criterion, { kind: 'within-baseline' }>,
  watch: Watch,
  window: Window,
  compared: boolean,
): Standard {
  const bound = (value: number, origin: string): Bound => ({ kind: 'bound', metric, bound: value, origin });
  if (!compared) return bound(within, 'nothing ran here before to compare with');
  if (watch.control && !hasBaseline(watch, window))
    return { kind: 'none', verdict: tooFewBeside(metric, watch, window) };
  const [baseline, when] = hasBaseline(watch, window)
    ? [watch.stable, 'in the same window']
    : [watch.before, 'before this window'];
  if (baseline.requests === 0) {
    const reason = `${metric}: the stable lane has answered nothing to compare with, in this window or before it`;
    return { kind: 'none', verdict: { kind: 'no-data', reason } };
  }
  const rate = baseline.errors / baseline.requests;
  const allowed = mode === 'relative' ? rate * (1 + within) : rate + within;
  const band = mode === 'relative' ? `${percent(within)} above` : `${Number((within * 100).toFixed(2))} points above`;
  return bound(allowed, `${band} the stable lane's ${percent(rate)} ${when}`);
}

/** A fresh baseline has nothing before the window that could stand in for what it has not answered. */
function tooFewBeside(metric: string, { stable }: Watch, { minSamples }: Window): Verdict {
  const { requests } = stable;
  if (requests === 0) return { kind: 'no-data', reason: `${metric}: no request reached the fresh baseline` };
  const reason = `${metric}: ${requests} requests reached the fresh baseline; ${minSamples} are needed to compare`;
  return { kind: 'inconclusive', reason };
}

export const measure = (metric: Criterion['metric'], lane: LaneCounters): number | undefined =>
  metric === 'error-rate' ? lane.errors / lane.requests : quantile(lane, 0.95);

export const against = (s: Bound, candidate: LaneCounters): string =>
  `${s.metric} ${shown(s.metric, measure(s.metric, candidate) ?? Number.NaN)} is above ${shown(s.metric, s.bound)} (${s.origin}); ${candidate.errors} of ${candidate.requests} requests failed`;

const percent = (fraction: number): string => `${Number((fraction * 100).toFixed(2))} %`;
export const shown = (metric: Criterion['metric'], value: number): string =>
  metric === 'error-rate' ? percent(value) : `${Math.round(value)} ms`;
