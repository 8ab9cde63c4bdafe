import type { Tier } from '../domain/environment.js';
import type { Canary, Criterion, Strategy, Window } from '../domain/strategy.js';
import { scoringOf, windowMetricsOf } from './meant-window-metrics.js';
import type { Profile } from './profiles.js';
import type { WrittenService, WrittenStrategy } from './schema.js';

/** What a strategy depends on besides its own words. */
export interface StrategyContext {
  readonly service: WrittenService;
  readonly environment: string;
  readonly tier: Tier;
  readonly instances: number;
  readonly profile: Profile;
}

/**
 * How the service is released in one environment. Its own strategy is for production; before production it is one batch
 * and no window, since nobody but tests sends traffic there, unless the environment says more.
 */
export function strategyOf(context: StrategyContext): Strategy {
  const { service, environment, tier, instances, profile } = context;
  const production = tier === 'production';
  const elsewhere: WrittenStrategy = { kind: 'rolling' };
  const usual = production ? (service.strategy ?? { kind: 'canary' as const }) : elsewhere;
  const written = service.environments[environment]?.strategy ?? usual;
  const window = (length: number) => windowOf(length, written, context);
  if (written.kind === 'canary') {
    const shares: Canary['shares'] = written.shares ?? [5, 25, 100];
    const afterwards = window(written.afterwards ?? profile.afterwards);
    const { baseline } = written;
    const compared = baseline && { baseline };
    return { kind: 'canary', shares, window: window(written.window ?? profile.window), afterwards, ...compared };
  }
  const length = written.afterwards ?? (production ? profile.afterwards : undefined);
  const afterwards = length === undefined ? {} : { afterwards: window(length) };
  if (written.kind === 'blue-green') return { kind: 'blue-green', ...afterwards };
  return { kind: 'rolling', batches: written.batches ?? (production ? instances : 1), ...afterwards };
}

function windowOf(length: number, written: WrittenStrategy, { service, profile }: StrategyContext): Window {
  const every = written.every ?? Math.min(profile.every, length);
  const { metrics = {}, judge, 'min-samples': minSamples = profile.minSamples } = service.criteria ?? {};
  const more = windowMetricsOf(metrics, { for: length, every }, profile);
  const scoring = more.length > 0 && judge && scoringOf(judge);
  return {
    ...{ for: length, every, criteria: criteriaOf(service, profile), minSamples },
    ...(more.length > 0 && { metrics: more }),
    ...(scoring && { scoring }),
    ...whenInconclusive(service, profile),
  };
}

function whenInconclusive({ criteria }: WrittenService, profile: Profile): Pick<Window, 'inconclusive'> {
  const kind = criteria?.inconclusive ?? 'roll-back';
  if (kind === 'roll-back') return {};
  if (kind === 'extend') return { inconclusive: { kind } };
  return { inconclusive: { kind, patience: criteria?.['hold-patience'] ?? profile.holdPatience } };
}

/** SPEC-0701 §Success Criteria: the comparison with the stable version always holds; absolute bounds come on top. */
function criteriaOf({ criteria }: WrittenService, profile: Profile): readonly Criterion[] {
  const { within, mode, alpha, 'at-most': errors } = criteria?.['error-rate'] ?? {};
  const latency = criteria?.['latency-p95']?.['at-most'];
  return [
    {
      kind: 'within-baseline',
      metric: 'error-rate',
      mode: mode ?? 'relative',
      within: within ?? profile.within,
      alpha: alpha ?? profile.alpha,
    },
    ...(errors === undefined ? [] : [{ kind: 'at-most', metric: 'error-rate', bound: errors } as const]),
    ...(latency === undefined ? [] : [{ kind: 'at-most', metric: 'latency-p95', bound: latency } as const]),
  ];
}
