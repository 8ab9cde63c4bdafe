import { type DrillFacts } from '../../drill.js';
import { stepEntries } from './deploy-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { json, type RecordedEvent } from './facts.js';
import { freeName } from './numbers.js';
import { line, stamp } from './text.js';

type Event = Extract<RecordedEvent, { kind: 'drill-ended' }>;

/** A rehearsed rollback: what was done, what its users met, and what it has shown, passed or not. */
export function endedDrill({ kind, eventId, ended }: Event, facts: RecordFacts): DecidedEntry {
  const { order, drill } = ended;
  const folder = freeName((more) => `artifacts/integration/drill-${stamp(drill.at)}${more}`, facts.isTaken);
  return {
    at: drill.at,
    kind,
    eventId,
    actor: line(order.by, 80),
    changeId: '',
    files: [{ path: `${folder}/drill.json`, content: json({ ...contentOf(ended), chain: facts.chain }) }],
    rows: [],
    subject: line(`drill of ${order.service} in ${drill.environment} ${drill.kind}`, 120),
  };
}

function contentOf({ order, plan, outcome, sent, drill }: DrillFacts) {
  const { service, by, reason, requestsPerSecond, stage } = order;
  return {
    drill: drill.kind,
    reason: line(drill.reason, 1_000),
    ...{ service, environment: stage.environment, version: plan.to.version, digest: plan.to.digest },
    asked_by: line(by, 80),
    asked_because: line(reason, 1_000),
    ...{ begun_at: outcome.begunAt, ended_at: outcome.endedAt },
    ...(outcome.rollback && {
      safe_at: outcome.rollback.safeAt,
      time_to_safe_ms: outcome.rollback.timeToSafeMs,
      verification: outcome.rollback.verification ?? 'none',
    }),
    load: { requests_per_second: requestsPerSecond, sent: sent.sent, failed: sent.failed },
    plan_hash: plan.hash,
    steps: stepEntries(outcome, plan),
  };
}
