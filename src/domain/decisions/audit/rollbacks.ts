import type { AuditedRollback } from '../../audit.js';
import type { DeployLog, RollbackEntry } from '../records/deploy-log.js';

/** What went back, and whether anybody has looked that it serves again. An abort that a person asked for is none. */
export const auditedRollbacks = (logs: readonly DeployLog[]): readonly AuditedRollback[] =>
  logs.flatMap((log) => (log.rollback && log.outcome === 'rolled-back' ? [auditedRollback(log, log.rollback)] : []));

function auditedRollback(log: DeployLog, rollback: RollbackEntry): AuditedRollback {
  const { change_id: changeId, service, environment, version, ended_at: at } = log;
  const { demand, time_to_detect_ms: timeToDetectMs, time_to_safe_ms: timeToSafeMs, incident, decision } = rollback;
  return {
    ...{ changeId, service, environment, version, at, reason: demand.reason },
    verification: verificationOf(log, rollback),
    ...(timeToDetectMs !== undefined && { timeToDetectMs }),
    timeToSafeMs,
    ...(incident !== undefined && { incident }),
    ...(decision !== undefined && { decision }),
  };
}

function verificationOf({ former }: DeployLog, { verification }: RollbackEntry): AuditedRollback['verification'] {
  if (!verification) return former ? 'missing' : 'none';
  return verification.kind === 'pass' ? 'pass' : 'failed';
}
