import { canFail, planMetric, samplesIn } from '../domain/decisions/metrics/plan-samples.js';
import { shown as shownNumber } from '../domain/decisions/judging/sentences.js';
import { spoken } from '../domain/duration.js';
import type { Window } from '../domain/strategy.js';
import { namesLane, type WindowMetric } from '../domain/window-metric.js';
import { governanceBoard } from '../domain/environment.js';
import type { Config, EnvironmentConfig, ServiceConfig } from './config.js';
import type { Path, SenseFinding } from './problems.js';
import type { Written } from './schema.js';

interface Stage {
  readonly config: Config;
  readonly service: ServiceConfig;
  readonly environment: EnvironmentConfig;
  readonly strategyPath: Path;
}

/** What the metrics of a service's windows ask for that cannot be: in one environment, where there are windows. */
export function senseOfWindowMetrics(stage: Stage): readonly SenseFinding[] {
  const windows = windowsOf(stage).filter(({ metrics = [] }) => metrics.length > 0);
  const [first] = windows;
  if (!first) return [];
  return [
    ...unasked(stage),
    ...(first.metrics ?? []).flatMap((metric) => [...lanes(stage, metric), ...tellable(stage, metric)]),
    ...windows.flatMap((window) => (window.metrics ?? []).flatMap((metric) => samples(stage, metric, window))),
  ];
}

const criteriaOf = ({ service }: Stage): Path => ['services', service.name, 'criteria'];
const pathOf = (stage: Stage, { name }: WindowMetric, ...more: Path): Path => [
  ...criteriaOf(stage),
  'metrics',
  name,
  ...more,
];

function windowsOf({ service, environment }: Stage): readonly Window[] {
  const strategy = service.stages[environment.name]?.strategy;
  if (!strategy) return [];
  const last = strategy.afterwards ? [strategy.afterwards] : [];
  return strategy.kind === 'canary' && strategy.shares.length > 1 ? [strategy.window, ...last] : last;
}

function unasked(stage: Stage): readonly SenseFinding[] {
  const { name, metrics } = stage.environment;
  if (metrics) return [];
  const wanted = `metrics: { prometheus: { url: … } } for ${name}, whose windows would ask these queries`;
  const reads = [['metrics'], ['environments', name]];
  return [{ path: [...criteriaOf(stage), 'metrics'], at: 'key', met: `no Prometheus in ${name}`, wanted, reads }];
}

/** Two lanes are compared by a query that tells them apart; a forecast is the whole service's. */
function lanes(stage: Stage, metric: WindowMetric): readonly SenseFinding[] {
  const { rule, query } = metric;
  const refused = (path: Path, wanted: string): SenseFinding => ({
    path,
    at: 'value',
    wanted,
    reads: [pathOf(stage, metric)],
  });
  if (rule.kind === 'stable' && !namesLane(query)) {
    const wanted =
      '{{lane}} or {{version}} in it, as it is compared with the stable lane; at-most, at-least or forecast need neither';
    return [refused(pathOf(stage, metric, 'query'), wanted)];
  }
  if (rule.kind !== 'forecast') return [];
  const wanted = 'neither {{lane}} nor {{version}}: a forecast is of the whole service';
  const other = 'query' in rule.from && namesLane(rule.from.query) ? [pathOf(stage, metric, 'forecast', 'query')] : [];
  const own = namesLane(query) ? [pathOf(stage, metric, 'query')] : [];
  return [...own, ...other].map((path) => refused(path, wanted));
}

/** A test that no samples could fail would let everything pass. */
function tellable(stage: Stage, metric: WindowMetric): readonly SenseFinding[] {
  if (stage.service.stages[stage.environment.name]?.strategy.afterwards?.scoring?.mode === 'kayenta') return [];
  if (canFail(metric)) return [];
  let least = metric.minSamples;
  while (!canFail({ ...metric, minSamples: least })) least += 1;
  const met = `min-samples of ${metric.minSamples}`;
  const wanted = `at least ${least}: fewer samples of two lanes are never told apart at an alpha of ${shownNumber(metric.alpha)}`;
  return [{ path: pathOf(stage, metric), at: 'key', met, wanted, reads: [pathOf(stage, metric)] }];
}

/** A window that cannot bring the samples would end inconclusive, and take every release back: so it is refused before. */
function samples(stage: Stage, metric: WindowMetric, window: Window): readonly SenseFinding[] {
  const emergency = emergencyOf(stage);
  const reads = [['profile'], ['people'], stage.strategyPath, pathOf(stage, metric)];
  const wanted = `windows in ${stage.environment.name} that can bring the samples of ${metric.name}`;
  const refused = (met: string): SenseFinding[] => [{ path: pathOf(stage, metric), at: 'key', met, wanted, reads }];
  const plan = planMetric(window.for, metric);
  if (!plan.enough) return refused(plan.says);
  const hurried = emergency && planMetric(Math.min(window.for, emergency.window), metric);
  if (hurried && !hurried.enough && metric.critical)
    return refused(`${hurried.says} (emergency: window); what is critical is judged there too`);
  const run = metric.limits.consecutiveSuccesses ?? 0;
  if (run <= samplesIn(window.for, metric)) return [];
  return refused(
    `${run} consecutive-successes, and ${spoken(window.for)} bring ${samplesIn(window.for, metric)} samples`,
  );
}

/** Where too few people are on the board there is no emergency. */
function emergencyOf({ config, environment }: Stage): EnvironmentConfig['emergency'] {
  const board = Object.values(config.people).filter(({ roles }) => roles.includes(governanceBoard));
  return environment.emergency && board.length >= environment.emergency.approval.roles.length
    ? environment.emergency
    : undefined;
}

/** What is written of metrics and of their score, and does not go together. */
export function senseOfScoring({ name }: ServiceConfig, { services }: Written): readonly SenseFinding[] {
  const { metrics = {}, judge } = services[name]?.criteria ?? {};
  const path: Path = ['services', name, 'criteria'];
  const entries = Object.entries(metrics);
  const refused = (more: Path, wanted: string | readonly string[], met?: string): SenseFinding => {
    return { path: [...path, ...more], at: 'key', wanted, reads: [path], ...(met !== undefined && { met }) };
  };
  const byKayenta = judge?.mode === 'kayenta';
  const wrong = entries.flatMap(([of, metric]) => [
    ...(metric['effect-size'] && !byKayenta
      ? [
          refused(
            ['metrics', of, 'effect-size'],
            'none but in judge: { mode: kayenta }, which asks about it',
            'an effect-size',
          ),
        ]
      : []),
    ...(metric.passes !== undefined && byKayenta
      ? [
          refused(
            ['metrics', of, 'passes'],
            'none in judge: { mode: kayenta }, which passes by its own rule',
            'a rule of passing',
          ),
        ]
      : []),
  ]);
  if (!judge) return wrong;
  if (entries.length === 0) return [refused(['judge'], 'metrics beside it, which it would score', 'no metrics')];
  const groups = [...new Set(entries.map(([, { group = 'all' }]) => group))];
  const unknown = Object.keys(judge.groups).filter((group) => !groups.includes(group));
  return [
    ...wrong,
    ...unknown.map((group) => refused(['judge', 'groups', group], groups, `the unknown group ${group}`)),
  ];
}
