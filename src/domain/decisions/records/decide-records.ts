import { neverReached } from '../../never.js';
import type { RolloutOutcome } from '../../rollout.js';
import { acknowledgedNotice } from './acknowledged.js';
import { reportedAudit } from './audit.js';
import { renderRow } from './change-log.js';
import { decisionDraft } from './decision-draft.js';
import { deployLog } from './deploy-log.js';
import type { DeployLog } from './deploy-log.js';
import type { DecidedEntry, RecordFacts } from './entry.js';
import { type Duty, type FollowUp } from '../../follow-up.js';
import { endedDrill } from './drill.js';
import { json } from './facts.js';
import type { RecordedEvent, RecordFile, ReleaseFacts, RolloutFacts } from './facts.js';
import { figureFiles, windowFigures } from './figures.js';
import { followUpFiles, openedBy, openedFollowUp, owedOfDecision, saidOfFollowUp } from './follow-ups.js';
import { incidentPage } from './incident-page.js';
import { incident } from './incident.js';
import { flagsOffDecision, flagsOffIn, flagsOffPath, turnedFlagsOff } from './flags-off.js';
import { changedFlag, openedFlag } from './flag-records.js';
import { gateLog } from './gate-log.js';
import { freeName, nextChangeId, nextDecisionId } from './numbers.js';
import { settledDebt } from './review.js';
import { reconciledService } from './reconciled.js';
import { rotatedSecret } from './rotation.js';
import { closingRow, plannedRow, rolloutRow } from './rows.js';
import type { RolloutPaths, RolloutPlaces } from './rollout-paths.js';
import { smokeLog } from './smoke-log.js';
import { line, segment, stamp } from './text.js';
import { transcript } from './transcript.js';

/** What is to be written of an event. The same event and facts give the same entry. */
export function decideRecords(event: RecordedEvent, facts: RecordFacts): DecidedEntry {
  switch (event.kind) {
    case 'change-opened':
      return opened(event, facts);
    case 'rollout-ended':
      return ended(event.eventId, event.rollout, facts);
    case 'release-closed':
      return closed(event.eventId, event.release, facts);
    case 'flag-change-opened':
      return openedFlag(event, facts);
    case 'flag-changed':
      return changedFlag(event, facts);
    case 'flags-off':
      return turnedFlagsOff(event, facts);
    case 'debt-settled':
      return settledDebt(event);
    case 'drill-ended':
      return endedDrill(event, facts);
    case 'audit-reported':
      return reportedAudit(event, facts);
    case 'secret-rotated':
      return rotatedSecret(event, facts);
    case 'acknowledged':
      return acknowledgedNotice(event, facts);
    case 'follow-up-opened':
      return openedFollowUp(event, facts);
    case 'follow-up-said':
      return saidOfFollowUp(event, facts);
    case 'service-reconciled':
      return reconciledService(event, facts);
    default:
      return neverReached(event);
  }
}

function opened({ eventId, request }: RecordedEvent & { kind: 'change-opened' }, facts: RecordFacts): DecidedEntry {
  const changeId = nextChangeId(request.requestedAt, facts.isChangeId);
  const stages = request.stages.map((stage) => stage.environment).join(', ');
  return {
    at: request.requestedAt,
    kind: 'change-opened',
    eventId,
    actor: line(request.requester.person, 80),
    changeId,
    files: [],
    rows: [renderRow(plannedRow(request, changeId))],
    subject: line(`${request.service} ${request.version} planned for ${stages}`, 120),
  };
}

function ended(eventId: string, rollout: RolloutFacts, facts: RecordFacts): DecidedEntry {
  const { order, plan, outcome } = rollout;
  const places = rolloutPaths(rollout, facts);
  const opened = followUpsOf(rollout, places, facts);
  const paths = { ...places, followUps: opened };
  const log = deployLog(rollout, paths, facts.chain);
  const demand = outcome.rollback?.demand;
  const actor = demand === undefined ? order.requester.person : demand.cause === 'person' ? demand.by : 'slipway';
  return {
    at: outcome.endedAt,
    kind: 'rollout-ended',
    eventId,
    actor: line(actor, 80),
    changeId: order.changeId,
    files: [
      ...outcome.smoke.map((run, index) => ({
        path: paths.smokeLogs[index] ?? '',
        content: smokeLog(rollout, run, facts.chain),
      })),
      ...gateFiles(rollout, paths, facts),
      { path: paths.deployLog, content: json(log) },
      ...rollbackFiles(log, paths),
      ...figureFiles(paths.incident?.figures ?? [], facts),
      ...flagFiles(rollout, paths, facts),
      ...followUpFiles(opened, { ...facts, profile: order.profile }),
    ],
    rows: [renderRow(rolloutRow(rollout, paths))],
    subject: line(`${order.service} ${plan.to.version} ${endings[outcome.kind]} ${plan.place.environment}`, 120),
  };
}

const endings: Readonly<Record<RolloutOutcome['kind'], string>> = {
  adopted: 'deployed to',
  'rolled-back': 'rolled back in',
  aborted: 'aborted in',
  'taken-over': 'taken over in',
};

/** What a rollout leaves for people to do. */
function followUpsOf(
  rollout: RolloutFacts,
  { incident: met, decision }: RolloutPlaces,
  facts: RecordFacts,
): readonly FollowUp[] {
  const { order, outcome, followUps: policy } = rollout;
  const from = met?.page ?? decision?.path;
  return openedBy(
    {
      ...{ changeId: order.changeId, service: order.service, at: outcome.endedAt },
      ...(from !== undefined && { from }),
      ...(policy && { policy }),
    },
    [...owedByOutcome(rollout), ...(decision ? owedOfDecision(decision.id) : [])],
    facts,
  );
}

function owedByOutcome({ order, plan, outcome }: RolloutFacts): readonly (readonly [Duty, string])[] {
  const { environment } = plan.place;
  if (outcome.kind === 'taken-over' && outcome.leftUndone?.length)
    return [['left-undone', `do what was not done in ${environment}: ${outcome.leftUndone.join('; ')}`]];
  if (outcome.kind !== 'rolled-back' || !outcome.rollback) return [];
  const { verification } = outcome.rollback;
  const isUnverified = verification ? verification.kind !== 'pass' : plan.from !== undefined;
  return [
    ['restored', 'confirm that service is restored and customers are informed'],
    ...(isUnverified && plan.from
      ? [
          [
            'verify',
            `verify that ${order.service} ${plan.from.version} serves again in ${environment}: ${verification?.reason ?? 'nobody has looked'}`,
          ] as const,
        ]
      : []),
  ];
}

function rolloutPaths(rollout: RolloutFacts, facts: RecordFacts): RolloutPlaces {
  const { order, plan, outcome } = rollout;
  const chosen = new Set<string>();
  const free = (name: (suffix: string) => string): string => {
    const path = freeName(name, (wanted) => chosen.has(wanted) || facts.isTaken(wanted));
    chosen.add(path);
    return path;
  };
  const smokeLogs = outcome.smoke.map((run) => free((more) => `logs/ci/smoke_tests_${stamp(run.at)}${more}.log`));
  const ranAt = rollout.gates?.at(-1)?.at;
  const gateLog =
    ranAt === undefined ? {} : { gateLog: free((more) => `logs/ci/quality_gates_${stamp(ranAt)}${more}.log`) };
  const log = free((more) => `logs/deployments/deploy_${stamp(outcome.endedAt)}${more}.json`);
  // A person who ends a release has not met an incident.
  const off = flagsOffIn({ order, plan, outcome, approvals: [] });
  if (off) return { deployLog: log, smokeLogs, ...gateLog, decision: flagsOffPath(off, facts) };
  if (!outcome.rollback || outcome.kind !== 'rolled-back') return { deployLog: log, smokeLogs, ...gateLog };
  const { demand } = outcome.rollback;
  const folder = free((more) => `artifacts/integration/incident-${stamp(demand.at)}${more}`);
  const id = nextDecisionId(facts.isDecisionId);
  const slug = segment(
    `rollback-of-${order.service}-${plan.to.version}-in-${plan.place.environment}`.replace(/\./g, '-'),
  );
  return {
    deployLog: log,
    smokeLogs,
    ...gateLog,
    incident: {
      page: `${folder}/incident.md`,
      data: `${folder}/incident.json`,
      figures: (facts.draw ? windowFigures(rollout) : []).map((drawn) => ({
        ...drawn,
        path: free((more) => `${folder}/${segment(drawn.step)}${more}.svg`),
      })),
    },
    decision: { id, path: `docs/decisions/${id}-${slug.toLowerCase()}.md` },
  };
}

const gateFiles = (
  rollout: RolloutFacts,
  { gateLog: path }: RolloutPaths,
  { chain }: RecordFacts,
): readonly RecordFile[] => (path === undefined ? [] : [{ path, content: gateLog(rollout, chain) }]);

function flagFiles(rollout: RolloutFacts, paths: RolloutPaths, { chain }: RecordFacts): readonly RecordFile[] {
  const off = flagsOffIn(rollout);
  if (!off || !paths.decision) return [];
  const { decision: own, followUps } = paths;
  return [{ path: own.path, content: flagsOffDecision(off, { own, chain, followUps }) }];
}

function rollbackFiles(log: DeployLog, paths: RolloutPaths): readonly RecordFile[] {
  if (!log.rollback || !paths.incident || !paths.decision) return [];
  const wentBack = { log, rollback: log.rollback, paths };
  const facts = incident(wentBack);
  return [
    { path: paths.incident.page, content: incidentPage(facts, paths.incident.page) },
    { path: paths.incident.data, content: json(facts) },
    { path: paths.decision.path, content: decisionDraft(wentBack, facts, paths.decision) },
  ];
}

function closed(eventId: string, release: ReleaseFacts, facts: RecordFacts): DecidedEntry {
  const { order, outcome } = release;
  const archive = `artifacts/integration/deployment-archive/${segment(`${order.changeId}-${order.service}`)}`;
  const folder = freeName((more) => `${archive}${more}`, facts.isTaken);
  const page = `${folder}/transcript.md`;
  const histories = historyFiles(release.histories, folder);
  const told = { release, rollouts: facts.rollouts, lost: facts.lost, path: page, chain: facts.chain };
  const row = closingRow(release, page);
  return {
    at: release.closedAt,
    kind: 'release-closed',
    eventId,
    actor: line(order.requester.person, 80),
    changeId: order.changeId,
    files: [
      { path: page, content: transcript({ ...told, histories: histories.map((file) => file.path) }) },
      ...histories,
    ],
    rows: row ? [renderRow(row)] : [],
    subject: line(`release of ${order.service} ${order.version} closed, ${outcome.kind}`, 120),
  };
}

function historyFiles(histories: ReleaseFacts['histories'], folder: string): readonly RecordFile[] {
  const chosen = new Set<string>();
  return Object.entries(histories).map(([workflow, history]) => {
    const path = freeName(
      (more) => `${folder}/history-${segment(workflow)}${more}.json`,
      (wanted) => chosen.has(wanted),
    );
    chosen.add(path);
    return { path, content: json(history) };
  });
}
