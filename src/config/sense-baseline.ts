import { mostBesideBaseline } from '../domain/decisions/strategies/canary.js';
import type { Canary } from '../domain/strategy.js';
import type { EnvironmentConfig, ServiceConfig } from './config.js';
import type { Path, SenseFinding } from './problems.js';

interface Stage {
  readonly service: ServiceConfig;
  readonly environment: EnvironmentConfig;
  readonly strategyPath: Path;
}

/** What keeps a fresh baseline from being given, or told, its own part of the traffic. */
export function senseOfBaseline(stage: Stage): readonly SenseFinding[] {
  const strategy = stage.service.stages[stage.environment.name]?.strategy;
  if (strategy?.kind !== 'canary' || !strategy.baseline) return [];
  return [...room(stage, strategy), ...queries(stage), ...metrics(stage, strategy)];
}

function room({ strategyPath }: Stage, { shares }: Canary): readonly SenseFinding[] {
  const [least = 100] = shares;
  if (least <= mostBesideBaseline) return [];
  const path = [...strategyPath, 'baseline'];
  const wanted = `a share of at most ${mostBesideBaseline} among shares: the baseline gets as much as the candidate, and 2 × ${least} % are more than 100 %`;
  return [{ path, at: 'value', wanted, reads: [path, [...strategyPath, 'shares']] }];
}

const tellsLanes = (query: string): boolean => query.includes('{{lane}}');

/** It runs the stable version: only its lane tells the two apart. */
function queries({ environment, strategyPath }: Stage): readonly SenseFinding[] {
  const { name, metrics: source } = environment;
  const asked = Object.entries(source?.queries ?? {}).filter(([, query]) => !tellsLanes(query));
  if (asked.length === 0) return [];
  const path = [...strategyPath, 'baseline'];
  const met = `no {{lane}} in queries: ${asked.map(([key]) => key).join(', ')} of the Prometheus of ${name}`;
  const wanted = `{{lane}} in each, which is "baseline" for it: by its version it is the stable lane`;
  return [{ path, at: 'value', met, wanted, reads: [path, ['metrics'], ['environments', name]] }];
}

function metrics({ service }: Stage, { window }: Canary): readonly SenseFinding[] {
  const all: Path = ['services', service.name, 'criteria', 'metrics'];
  return (window.metrics ?? [])
    .filter(({ rule, query }) => rule.kind === 'stable' && !tellsLanes(query))
    .map(({ name }): SenseFinding => {
      const path = [...all, name, 'query'];
      const wanted =
        '{{lane}} in it, as it is compared with a fresh baseline, which only its lane tells from the stable one';
      return { path, at: 'value', wanted, reads: [[...all, name]] };
    });
}
