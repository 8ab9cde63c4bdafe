import { spoken } from '../../duration.js';
import type { Instant } from '../../duration.js';
import type { Demand, RollbackFacts } from '../../rollout.js';
import type { Verdict } from '../../verdict.js';
import { changeLogPath } from './change-log.js';
import { plainDemand } from './deploy-log.js';
import type { ObservationEntry, SmokeEntry } from './deploy-log.js';
import { chainComment, notice } from './facts.js';
import type { ChainPlace, RolloutFacts } from './facts.js';
import { followUps } from './follow-ups.js';
import type { FollowUp } from './follow-ups.js';
import type { RolloutPaths } from './rows.js';
import { line, link, md, shown, table } from './text.js';
import { timeline, timelineTable, verdictText } from './timeline.js';
import type { Happening } from './timeline.js';

/** `incident.json`: what went wrong, what users met of it, how it was found and undone. */
export interface Incident {
  readonly change_id: string;
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly strategy: string;
  readonly restored_version?: string;
  readonly profile: string;
  readonly compressed: boolean;
  readonly notice?: string;
  readonly demand: Demand;
  readonly impact: Impact;
  readonly exposed_at?: Instant;
  readonly safe_at: Instant;
  readonly time_to_detect_ms?: number;
  readonly time_to_safe_ms: number;
  readonly verification?: Verdict;
  readonly timeline: readonly Happening[];
  readonly observations: readonly ObservationEntry[];
  readonly smoke: readonly SmokeEntry[];
  readonly follow_ups: readonly FollowUp[];
  readonly records: { readonly deploy_log: string; readonly decision?: string; readonly change_log: string };
  readonly chain: ChainPlace;
}

/** What users met of the candidate, as far as windows saw it. */
export interface Impact {
  readonly requests: number;
  readonly errors: number;
}

/** The facts of an incident. */
export function incident(
  rollout: RolloutFacts,
  ask: { readonly rollback: RollbackFacts; readonly paths: RolloutPaths; readonly chain: ChainPlace },
): Incident {
  const { order, plan, outcome } = rollout;
  const { rollback, paths, chain } = ask;
  const shortened = notice(order.profile);
  return {
    change_id: order.changeId,
    service: order.service,
    environment: plan.place.environment,
    version: plan.to.version,
    strategy: plan.strategy,
    ...(plan.from && { restored_version: plan.from.version }),
    profile: order.profile.name,
    compressed: order.profile.compressed,
    ...(shortened !== undefined && { notice: shortened }),
    demand: plainDemand(rollback.demand),
    impact: impact(rollout),
    ...(rollback.exposedAt !== undefined && { exposed_at: rollback.exposedAt }),
    safe_at: rollback.safeAt,
    ...(rollback.timeToDetectMs !== undefined && { time_to_detect_ms: rollback.timeToDetectMs }),
    time_to_safe_ms: rollback.timeToSafeMs,
    ...(rollback.verification && { verification: rollback.verification }),
    timeline: timeline(rollout),
    observations: outcome.observations.map(({ stepId, ...figures }) => ({ step: stepId, ...figures })),
    smoke: outcome.smoke.flatMap(({ at, lane, version, verdict }, index) => {
      const log = paths.smokeLogs[index];
      return log === undefined ? [] : [{ log, at, lane, version, verdict }];
    }),
    follow_ups: followUps(outcome.endedAt, paths.decision?.id ?? 'the decision record'),
    records: {
      deploy_log: paths.deployLog,
      ...(paths.decision && { decision: paths.decision.path }),
      change_log: changeLogPath,
    },
    chain,
  };
}
