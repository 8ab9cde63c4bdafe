import { planRequests } from '../domain/decisions/judging/index.js';
import type { Canary, Window } from '../domain/strategy.js';
import type { EnvironmentConfig, ServiceConfig } from './config.js';
import type { Path, SenseFinding } from './problems.js';

interface Stage {
  readonly service: ServiceConfig;
  readonly environment: EnvironmentConfig;
  readonly strategyPath: Path;
}

/** A window that cannot reach its samples would end inconclusive, and take every release back: so it is refused before. */
export function senseOfSamples({ service, environment, strategyPath }: Stage): readonly SenseFinding[] {
  const perMinute = service.stages[environment.name]?.expectedPerMinute;
  if (perMinute === undefined) return [];
  const path = ['services', service.name, 'environments', environment.name, 'expected-requests-per-minute'];
  const reads = [['profile'], strategyPath, ['services', service.name, 'criteria'], path];
  // The smallest share is the first to fall short; what mends it mends the others.
  const plans = watchedShares(service, environment).map(({ when, window, share }) => {
    const { enough, says } = planRequests({ window: window.for, perMinute, share, minSamples: window.minSamples });
    return { enough, says: `${says}${when}` };
  });
  const short = plans.find(({ enough }) => !enough);
  if (!short) return [];
  return [{ path, at: 'value', met: short.says, wanted: 'windows that can reach their min-samples', reads }];
}

interface WatchedShare {
  readonly window: Window;
  /** Per cent of the traffic. */
  readonly share: number;
  /** Where it is not the usual window: when it is. */
  readonly when: string;
}

function watchedShares({ stages }: ServiceConfig, { name, emergency }: EnvironmentConfig): readonly WatchedShare[] {
  const strategy = stages[name]?.strategy;
  if (!strategy) return [];
  const last = strategy.afterwards ? [{ window: strategy.afterwards, share: 100, when: '' }] : [];
  const usual = strategy.kind === 'canary' ? [...steps(strategy), ...last] : last;
  if (!emergency) return usual;
  const hurried = usual.map(({ window, share }) => ({
    window: { ...window, for: Math.min(window.for, emergency.window) },
    ...{ share, when: ' (emergency: window)' },
  }));
  return [...usual, ...hurried];
}

const steps = ({ shares, window }: Canary): readonly WatchedShare[] =>
  shares.slice(0, -1).map((share) => ({ window, share, when: '' }));
