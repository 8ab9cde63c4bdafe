import type { Roster } from '../domain/approval.js';
import { type Milliseconds, seconds } from '../domain/duration.js';
import type { GateOrder } from '../domain/gate.js';
import { type ReadinessItem, readinessItems, type ReadinessPolicy } from '../domain/readiness.js';
import type { StageOrder } from '../domain/release.js';
import { planMetric } from '../domain/decisions/metrics/plan-samples.js';
import { byRequests, type Strategy, type Window } from '../domain/strategy.js';
import type { WindowMetric } from '../domain/window-metric.js';
import type { Config, ServiceConfig } from './config.js';

/** Who holds which role, as a release pins it. */
export const roster = (config: Config): Roster =>
  Object.fromEntries(Object.entries(config.people).map(([name, person]) => [name, person.roles]));

/** What each environment asks of a release of the service, in order of promotion; of one that cannot wait, by the emergency path. */
export function stageOrders(
  config: Config,
  service: ServiceConfig,
  kind: 'standard' | 'emergency' = 'standard',
): readonly StageOrder[] {
  return config.environments.flatMap((environment) => {
    const { name, tier, aftercare, onHold, blastRadius } = environment;
    const stage = service.stages[name];
    if (!stage) return [];
    const { instances } = stage;
    const emergency = kind === 'emergency' ? environment.emergency : undefined;
    const strategy = emergency ? shortened(stage.strategy, emergency.window) : stage.strategy;
    const approval = emergency?.approval ?? environment.approval;
    const readiness = readinessFor(environment, service, kind);
    const gates = gatesFor(environment, kind);
    const { smokeWithin, rollbackPatience, wayBack } = service;
    const { afterwards } = stage.strategy;
    const care = aftercare !== undefined && afterwards && aftercareOf(afterwards, aftercare);
    return [
      {
        ...{ environment: name, tier, instances, strategy, approval, smokeWithin, rollbackPatience, onHold },
        ...(wayBack && { wayBack }),
        ...(care && { aftercare: care }),
        ...(blastRadius !== undefined && { blastRadius }),
        ...(gates.length > 0 && { gates }),
        ...(Object.keys(readiness).length > 0 && { readiness, plansAgain: true as const }),
        ...(readiness['on-call-notified'] && { tellsOnCall: true as const }),
        alerts: config.alerts.policy,
        ...(environment.calendar && { calendar: environment.calendar.policy }),
      },
    ];
  });
}

const gatesFor = (
  { gates = [] }: Pick<Config['environments'][number], 'gates'>,
  kind: 'standard' | 'emergency',
): readonly GateOrder[] =>
  gates
    .filter(({ inEmergency }) => kind === 'standard' || inEmergency)
    .map(({ name, run, timeout }) => ({ name, run, timeout }));

/** What an emergency is asked for all the same: nothing that takes people time. */
const evenInEmergency: readonly ReadinessItem[] = ['quality-gates', 'staging-verified', 'change-log'];

/** The checklist of an environment as it concerns this service: one without a database has nothing to restore. */
export function readinessFor(
  { readiness = {} }: Pick<Config['environments'][number], 'readiness'>,
  service: ServiceConfig | undefined,
  kind: 'standard' | 'emergency' = 'standard',
): ReadinessPolicy {
  const left = readinessItems.filter(
    (item) =>
      readiness[item] !== undefined &&
      (item !== 'restore-tested' || service?.database !== undefined) &&
      (kind === 'standard' || evenInEmergency.includes(item)),
  );
  return Object.fromEntries(left.flatMap((item) => (readiness[item] ? [[item, readiness[item]] as const] : [])));
}

/**
 * As many looks as ever, by the same standards, none longer than this. A metric that cannot bring its samples in so short a
 * time is only shown; a critical one always can, or the configuration is refused.
 */
function shortened(strategy: Strategy, longest: Milliseconds): Strategy {
  const short = (window: Window): Window => {
    const length = Math.min(window.for, longest);
    const metrics = window.metrics?.map((metric) =>
      planMetric(length, metric).enough ? metric : { ...metric, dryRun: true as const },
    );
    return { ...window, for: length, every: Math.min(window.every, longest), ...(metrics && { metrics }) };
  };
  if (strategy.kind === 'canary')
    return { ...strategy, window: short(strategy.window), afterwards: short(strategy.afterwards) };
  return strategy.afterwards ? { ...strategy, afterwards: short(strategy.afterwards) } : strategy;
}

/** Judged by the standards of the last window; looked at less often, since it lasts so much longer. */
function aftercareOf(afterwards: Window, length: Milliseconds): Window {
  const metrics = (afterwards.metrics ?? []).filter((metric) => isWatchedOn(metric, afterwards));
  return {
    ...byRequests(afterwards),
    ...(metrics.length > 0 && { metrics }),
    for: length,
    every: Math.min(length, Math.max(afterwards.every, Math.min(seconds(30), length / 20))),
  };
}

/** What needs no other version beside it; where metrics are scored together, what decides alone. */
const isWatchedOn = ({ rule, dryRun, critical }: WindowMetric, { scoring }: Window): boolean =>
  rule.kind !== 'stable' && dryRun !== true && (!scoring || critical === true);
