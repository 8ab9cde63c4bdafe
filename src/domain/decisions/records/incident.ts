import { changeLogPath } from './change-log.js';
import type { DeployLog, RollbackEntry } from './deploy-log.js';
import type { PlannedFollowUp } from './follow-ups.js';
import type { RolloutPaths } from './rollout-paths.js';
import { timeline } from './timeline.js';
import type { Happening } from './timeline.js';

/** A rollout that went back, with what its records are called. */
export interface WentBack {
  readonly log: DeployLog;
  readonly rollback: RollbackEntry;
  readonly paths: RolloutPaths;
}

/** `incident.json`: what went wrong, what users met of it, how it was found and undone, and what is owed. */
export interface Incident
  extends
    Pick<DeployLog, 'change_id' | 'service' | 'environment' | 'version' | 'strategy' | 'former' | 'observations'>,
    Pick<DeployLog, 'smoke' | 'profile' | 'compressed' | 'notice' | 'chain' | 'data'> {
  readonly summary: string;
  readonly impact: Impact;
  readonly rollback: RollbackEntry;
  readonly timeline: readonly Happening[];
  readonly follow_ups: readonly PlannedFollowUp[];
  readonly records: {
    readonly deploy_log: string;
    readonly decision?: string;
    readonly change_log: string;
    /** What the windows saw, drawn. */
    readonly figures?: readonly { readonly step: string; readonly path: string }[];
  };
}

/** What users met of the candidate, as far as the observation windows saw it. */
export interface Impact {
  readonly requests: number;
  readonly errors: number;
}

/** The facts of an incident. */
export function incident({ log, rollback, paths }: WentBack): Incident {
  const figures = (paths.incident?.figures ?? []).map(({ step, path }) => ({ step, path }));
  const { change_id, service, environment, version, strategy, former, profile, compressed, notice } = log;
  return {
    change_id,
    service,
    environment,
    version,
    strategy,
    ...(former && { former }),
    profile,
    compressed,
    ...(notice !== undefined && { notice }),
    summary: summary(log, rollback),
    impact: impactOf(log),
    rollback,
    timeline: timeline(log),
    observations: log.observations.map(withoutCounters),
    ...(log.data && { data: log.data }),
    smoke: log.smoke,
    follow_ups: paths.followUps.map(({ id, what, owner, due }) => ({ id, what, owner, due })),
    records: {
      deploy_log: paths.deployLog,
      ...(paths.decision && { decision: paths.decision.path }),
      change_log: changeLogPath,
      ...(figures.length > 0 && { figures }),
    },
    chain: log.chain,
  };
}

/** What users met in a rollout. */
export const impactOf = ({ observations }: Pick<DeployLog, 'observations'>): Impact => ({
  requests: observations.reduce((sum, o) => sum + o.candidate.requests, 0),
  errors: observations.reduce((sum, o) => sum + o.candidate.errors, 0),
});

function summary(log: DeployLog, { demand }: RollbackEntry): string {
  const now = log.former ? `v${log.former.version} serves again` : 'nothing ran before, and nothing runs now';
  return `The ${log.strategy} rollout of ${log.service} ${log.version} to ${log.environment} (${log.change_id}) went back: ${demand.reason}. ${now}.`;
}

/** What it takes to judge a window again stands in the deploy log alone. */
const withoutCounters = (seen: DeployLog['observations'][number]): DeployLog['observations'][number] => ({
  ...{ step: seen.step, share: seen.share, from: seen.from, to: seen.to, looks: seen.looks },
  ...{ stable: seen.stable, candidate: seen.candidate, verdict: seen.verdict },
  ...(seen.compared_with !== undefined && { compared_with: seen.compared_with }),
  ...(seen.metrics && { metrics: seen.metrics }),
  ...(seen.score && { score: seen.score }),
});
