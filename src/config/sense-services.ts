import type { Window } from '../domain/strategy.js';
import type { Config, EnvironmentConfig, ServiceConfig } from './config.js';
import type { Path, SenseFinding } from './problems.js';
import { pathText } from './problems.js';
import { profiles } from './profiles.js';
import type { Written } from './schema.js';
import { senseOfBaseline } from './sense-baseline.js';
import { senseOfSamples } from './sense-samples.js';
import { senseOfScoring, senseOfWindowMetrics } from './sense-window-metrics.js';
import { durationText } from './words.js';

/** What the services' settings allow by themselves and together with the environments and the profile do not. */
export function senseOfServices(config: Config, written: Written): readonly SenseFinding[] {
  const services = Object.values(config.services);
  const stages = services.flatMap((service) => config.environments.map((environment) => ({ service, environment })));
  const found = [
    ...services.flatMap((service) => [
      ...unknownEnvironments(service, config, written),
      ...databases(service, config),
      ...smoke(service, config),
      ...tolerance(service, config),
      ...patience(service, written),
      ...senseOfScoring(service, written),
    ]),
    ...stages.flatMap(({ service, environment }) => {
      const strategyPath = whereWritten(written, service, environment);
      const stage = { config, service, environment, strategyPath };
      return [
        ...[...batches(stage), ...looks(stage), ...monitoring(stage)],
        ...[...senseOfSamples(stage), ...senseOfWindowMetrics(stage), ...senseOfBaseline(stage)],
      ];
    }),
    ...ports(config),
  ];
  // Two environments may share the strategy of their service, and so its mistake.
  const once = new Map(found.map((finding) => [`${pathText(finding.path)} ${String(finding.wanted)}`, finding]));
  return [...once.values()];
}

export interface Stage {
  readonly config: Config;
  readonly service: ServiceConfig;
  readonly environment: EnvironmentConfig;
  readonly strategyPath: Path;
}

function whereWritten(written: Written, service: ServiceConfig, environment: EnvironmentConfig): Path {
  const own = written.services[service.name]?.environments[environment.name]?.strategy;
  const stage = own ? ['environments', environment.name] : [];
  return ['services', service.name, ...stage, 'strategy'];
}

function unknownEnvironments(service: ServiceConfig, config: Config, written: Written): readonly SenseFinding[] {
  const known = config.environments.map((e) => e.name);
  return Object.keys(written.services[service.name]?.environments ?? {})
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: ['services', service.name, 'environments', name],
      at: 'key',
      met: `the unknown environment ${name}`,
      wanted: known,
      reads: [['environments']],
    }));
}

/** A release goes through every environment, and so does its migration. */
function databases({ name, database }: ServiceConfig, config: Config): readonly SenseFinding[] {
  if (!database) return [];
  const known = config.environments.map((e) => e.name);
  const reads = [['environments']];
  const unknown = (['url', 'scratch'] as const).flatMap((key) =>
    Object.keys(database[key])
      .filter((environment) => !known.includes(environment))
      .map((environment): SenseFinding => {
        const path = ['services', name, 'database', key, environment];
        return { path, at: 'key', met: `the unknown environment ${environment}`, wanted: known, reads };
      }),
  );
  const missing = known.filter((environment) => !Object.hasOwn(database.url, environment));
  if (missing.length === 0) return unknown;
  const path = ['services', name, 'database', 'url'];
  const met = `none for ${missing.join(' and ')}`;
  const wanted = `one for each environment: ${known.join(', ')}`;
  return [...unknown, { path, at: 'key', met, wanted, reads: [...reads, path] }];
}

function smoke(service: ServiceConfig, config: Config): readonly SenseFinding[] {
  const { binding, smokeWithin } = profiles[config.profile.name];
  const path = (key: string): Path => ['services', service.name, key];
  const some = 'at least one smoke check (SPEC-0701 §Promotion Gates)';
  const soon = `at most ${durationText(smokeWithin)} (SPEC-0701 §Smoke Tests)`;
  const late = binding && service.smokeWithin > smokeWithin;
  return [
    ...(service.smoke.length === 0
      ? [{ path: path('smoke'), at: 'value', wanted: some, reads: [path('smoke')] } as const]
      : []),
    ...(late ? [{ path: path('smoke-within'), at: 'value', wanted: soon, reads: [['profile']] } as const] : []),
  ];
}

function tolerance(service: ServiceConfig, config: Config): readonly SenseFinding[] {
  const { binding, within } = profiles[config.profile.name];
  const strategies = Object.values(service.stages).map((stage) => stage.strategy);
  const criteria = strategies.flatMap((s) => s.afterwards?.criteria ?? []);
  if (!binding || !criteria.some((c) => c.kind === 'within-baseline' && c.within > within)) return [];
  const path = ['services', service.name, 'criteria', 'error-rate', 'within'];
  return [
    { path, at: 'value', wanted: `at most ${within * 100}% (SPEC-0701 §Success Criteria)`, reads: [['profile']] },
  ];
}

function patience({ name }: ServiceConfig, written: Written): readonly SenseFinding[] {
  const { inconclusive, 'hold-patience': lasts } = written.services[name]?.criteria ?? {};
  if (lasts === undefined || inconclusive === 'hold') return [];
  const path = ['services', name, 'criteria'];
  const wanted = 'none, or inconclusive: hold beside it: nothing else waits for people';
  return [{ path: [...path, 'hold-patience'], at: 'value', wanted, reads: [[...path, 'inconclusive']] }];
}

function batches({ service, environment, strategyPath }: Stage): readonly SenseFinding[] {
  const stage = service.stages[environment.name];
  if (stage?.strategy.kind !== 'rolling' || stage.strategy.batches <= stage.instances) return [];
  return [
    {
      path: [...strategyPath, 'batches'],
      at: 'value',
      wanted: `at most ${stage.instances}, the instances in ${environment.name}`,
      reads: [['services', service.name, 'environments', environment.name]],
    },
  ];
}

function looks({ service, environment, strategyPath }: Stage): readonly SenseFinding[] {
  const unseen = windowsOf(service, environment).filter(({ window }) => window.every > window.for);
  if (unseen.length === 0) return [];
  const shortest = durationText(Math.min(...unseen.map(({ window }) => window.for)));
  const wanted = `at most ${shortest}, the shortest window here: a window is looked at at least once`;
  const reads = [['profile'], ...['kind', 'window', 'afterwards'].map((key) => [...strategyPath, key])];
  return [{ path: [...strategyPath, 'every'], at: 'value', wanted, reads }];
}

function monitoring({ config, service, environment, strategyPath }: Stage): readonly SenseFinding[] {
  const profile = profiles[config.profile.name];
  if (!profile.binding || environment.tier !== 'production') return [];
  return windowsOf(service, environment)
    .filter(({ key, window }) => window.for < profile[key])
    .map(({ key }) => ({
      path: [...strategyPath, key],
      at: 'value',
      wanted: `at least ${durationText(profile[key])} in production (SPEC-0701 §Monitoring Windows)`,
      reads: [['profile'], ['environments', environment.name, 'tier']],
    }));
}

type WindowKey = 'window' | 'afterwards';

function windowsOf(
  service: ServiceConfig,
  environment: EnvironmentConfig,
): readonly { readonly key: WindowKey; readonly window: Window }[] {
  const strategy = service.stages[environment.name]?.strategy;
  if (!strategy) return [];
  const { afterwards } = strategy;
  return [
    ...(strategy.kind === 'canary' ? [{ key: 'window', window: strategy.window } as const] : []),
    ...(afterwards ? [{ key: 'afterwards', window: afterwards } as const] : []),
  ];
}

function ports(config: Config): readonly SenseFinding[] {
  const first = new Map<number, string>();
  return Object.values(config.services).flatMap((service) =>
    Object.entries(service.stages).flatMap(([environment, { port }]): SenseFinding[] => {
      const path = ['services', service.name, 'environments', environment, 'port'];
      const user = first.get(port);
      if (port === 0) return [];
      if (user !== undefined) return [{ path, at: 'value', wanted: `a port other than that of ${user}`, reads: [] }];
      first.set(port, `${service.name} in ${environment}`);
      return [];
    }),
  );
}
