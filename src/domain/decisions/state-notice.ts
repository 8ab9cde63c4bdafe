import { asked } from '../approval.js';
import { spoken } from '../duration.js';
import { whatIsMissing } from '../readiness.js';
import type { ReleaseOutcome, ReleaseProgress, StageProgress } from '../release.js';

/**
 * What people are told when a release has come to another state: what is so now, who must act, and the command that acts.
 * Nothing of states that pass by themselves, nor of `held` and `stuck`, which are findings and told as such.
 */
export function stateNotice(progress: ReleaseProgress): string | undefined {
  const { order, state, environment = '', outcome, stages, paused } = progress;
  const { service, version, changeId, requester, description } = order;
  const release = `${service} ${version} (${changeId})`;
  if (outcome) return ended(release, outcome);
  const stage = stages.find((one) => one.environment === environment);
  switch (state) {
    case 'building':
      return `${release} has begun: ${requester.person} asks for it${description === '' ? '' : `: ${description}`}. slipway watch ${changeId}`;
    case 'awaiting-readiness':
      return `${release} waits until ${environment} is ready: ${whatStageMisses(stage)}. slipway status ${service}`;
    case 'awaiting-approval':
      return awaitingApproval(release, changeId, stage);
    case 'awaiting-window':
      return `${release} waits for its hour in ${environment}: ${stage?.calendar?.reason ?? 'it is closed'}. slipway status ${changeId}`;
    case 'rolling-out':
      return `${release} is given to users in ${environment}${approvedBy(stage)}. slipway watch ${changeId}`;
    case 'paused':
      return `${release} is paused in ${environment}${paused ? ` by ${paused.by}: ${paused.reason}` : ''}. slipway status ${changeId}`;
    case 'going-back':
      return `${release} goes back in ${environment}. slipway watch ${changeId}`;
    case 'queued':
    case 'planning':
    case 'checking':
    case 'recording':
    case 'held':
    case 'stuck':
    case 'succeeded':
    case 'rolled-back':
    case 'refused':
    case 'withdrawn':
    case 'aborted':
    case 'taken-over':
    case 'failed':
      return undefined;
  }
}

const whatStageMisses = (stage: StageProgress | undefined): string =>
  stage?.readiness ? whatIsMissing(stage.readiness) : 'something is missing';

function awaitingApproval(release: string, changeId: string, stage: StageProgress | undefined): string | undefined {
  if (stage?.approval?.standing.kind !== 'waiting') return undefined;
  const { standing, expiresAt } = stage.approval;
  return `${release} waits in ${stage.environment} for the approval of ${asked(standing.missing)}, until ${expiresAt}. slipway approve ${changeId} --comment "…"`;
}

function approvedBy(stage: StageProgress | undefined): string {
  const standing = stage?.approval?.standing;
  return standing?.kind === 'approved' ? `, approved by ${standing.by.map(({ person }) => person).join(' and ')}` : '';
}

function ended(release: string, { kind, reason, timeToSafeMs, changeId, records }: ReleaseOutcome): string {
  const safe = timeToSafeMs === undefined ? '' : ` Users were safe after ${spoken(timeToSafeMs)}.`;
  const incident = records.find((path) => path.endsWith('/incident.md'));
  return `${release} has ended, ${kind}: ${reason}.${safe}${incident === undefined ? '' : ` ${incident}`} slipway status ${changeId}`;
}
