import { shortDigest } from '../../artifact.js';
import { settingText } from '../../flag.js';
import { migrationKind, type Migration } from '../../migration.js';
import { neverReached } from '../../never.js';
import type { ReleaseRequest, StageOrder } from '../../release.js';
import { changeLogPath } from './change-log.js';
import type { ChangeRow } from './change-log.js';
import { dataPhrase } from './data.js';
import { notice } from './facts.js';
import type { ReleaseFacts, RolloutFacts } from './facts.js';
import { followUpPhrase } from './follow-ups.js';
import type { RolloutPaths } from './rollout-paths.js';
import { approvalChain, approvers, operator } from './people.js';
import { link, md, shown } from './text.js';

/** The planned entry: what is to go where, how, and who will be asked. */
export function plannedRow(request: ReleaseRequest, changeId: string): ChangeRow {
  const stages = request.stages.map(stagePhrase).join(', ');
  const takesBack = request.comeback ? `comeback, taking ${md(request.comeback.of)} back: ` : '';
  const emergency = request.emergency ? `EMERGENCY (${md(request.emergency.reason)}) ` : '';
  const data = request.migration ? `, migrating the data (${declared(request.migration)})` : '';
  const why = request.description === '' ? '' : ` — ${md(request.description)}`;
  return {
    changeId,
    date: shown(request.requestedAt),
    description: said(
      request,
      `planned ${emergency}${takesBack}${md(request.service)} ${md(request.version)} for ${stages}${data}${why}`,
    ),
    impactedIds: `${md(request.service)}, SPEC-0701`,
    operator: operator(request.requester),
    verification: 'planned',
  };
}

/** `scripted, db/0003-sku.sql: what was an item is a SKU from now on`, as the commit says it. */
const declared = (migration: Migration): string =>
  `${migrationKind(migration)}, ${md(migration.migrate.path)}: ${md(migration.impact)}`;

/** The entry of a rollout that ended: a deployment, a cutover with its approval chain, or a rollback with its follow-up. */
export function rolloutRow(rollout: RolloutFacts, paths: RolloutPaths): ChangeRow {
  const { order, plan, outcome } = rollout;
  const decision = paths.decision ? `, ${paths.decision.id}` : '';
  return {
    changeId: order.changeId,
    date: shown(outcome.endedAt),
    description: said(order, `${endPhrase(rollout, paths)}${flagPhrase(outcome)}${dataPhrase(plan, outcome)}`),
    impactedIds: `${md(order.service)}, ${flagsOf(outcome)}SPEC-0701, ${md(shortDigest(plan.to.digest))}${decision}`,
    operator: operator(order.requester),
    verification: `${verificationPhrase(rollout, paths)}: ${links(paths)}`,
  };
}

/** The entry of a release that ended without a rollout of its own to tell it; nothing where a rollout's row is the end. */
export function closingRow(release: ReleaseFacts, transcript: string): ChangeRow | undefined {
  const { order, outcome, closedAt } = release;
  if (outcome.kind === 'succeeded' || outcome.kind === 'rolled-back') return undefined;
  const where = outcome.environment === undefined ? '' : ` in ${md(outcome.environment)}`;
  const digest = outcome.artifact ? `, ${md(shortDigest(outcome.artifact.digest))}` : '';
  return {
    changeId: order.changeId,
    date: shown(closedAt),
    description: said(
      order,
      `${outcome.kind} ${md(order.service)} ${md(order.version)}${where}: ${md(outcome.reason)}`,
    ),
    impactedIds: `${md(order.service)}, SPEC-0701${digest}`,
    operator: operator(order.requester),
    verification: link('transcript', { from: changeLogPath, to: transcript }),
  };
}

function endPhrase(rollout: RolloutFacts, paths: RolloutPaths): string {
  const { order, plan, outcome } = rollout;
  const what = `${md(order.service)} ${md(plan.to.version)} in ${md(plan.place.environment)}`;
  switch (outcome.kind) {
    case 'adopted':
      return deploymentPhrase(rollout);
    case 'rolled-back':
      return rollbackPhrase(rollout, paths);
    case 'aborted':
      return `aborted ${what}, users on ${md(plan.from?.version ?? 'nothing')}: ${md(outcome.rollback?.demand.reason ?? '')}`;
    case 'taken-over':
      return `taken over ${what}, not done: ${md(outcome.leftUndone?.join('; ') || 'nothing', 1_000)}`;
    default:
      return neverReached(outcome.kind);
  }
}

function stagePhrase(stage: StageOrder): string {
  const asked = stage.approval.roles.map((role) => md(role, 80)).join(' and ');
  return `${md(stage.environment)} (${strategyPhrase(stage)}${asked === '' ? '' : `; asks ${asked}`})`;
}

function strategyPhrase({ strategy }: StageOrder): string {
  switch (strategy.kind) {
    case 'canary':
      return `canary ${strategy.shares.join(' → ')} %`;
    case 'blue-green':
      return 'blue-green';
    case 'rolling':
      return `rolling in ${strategy.batches}`;
    default:
      return neverReached(strategy);
  }
}

/** A flag that was turned off on the way: what for, and what came of it. */
function flagPhrase({ steps }: RolloutFacts['outcome']): string {
  return steps
    .map(({ id, step, verdict }) => {
      if (step.kind !== 'set-flag') return '';
      const bad = steps.findLast((other) => id.startsWith(`${other.id}-`) && other.verdict?.kind === 'fail');
      const why = bad?.verdict ? `, because ${md(bad.verdict.reason)}` : '';
      return `; flag ${md(step.flag)} set to ${md(settingText(step.to))}${why}: ${md(verdict?.reason ?? 'not known')}`;
    })
    .join('');
}

const flagsOf = ({ steps }: RolloutFacts['outcome']): string =>
  steps.map(({ step }) => (step.kind === 'set-flag' ? `flag ${md(step.flag)}, ` : '')).join('');

function deploymentPhrase(rollout: RolloutFacts): string {
  const { order, plan } = rollout;
  const { environment } = plan.place;
  const what = `${md(order.service)} ${md(plan.to.version)}`;
  if (plan.strategy === 'recovery') return `brought ${what} back to ${md(environment)} (recovery)`;
  const why = order.emergency ? `, EMERGENCY: ${md(order.emergency.reason)}` : '';
  const done = `deployed ${what} to ${md(environment)} (${plan.strategy}${why})`;
  const isProduction = order.stages.some((stage) => stage.environment === environment && stage.tier === 'production');
  return isProduction ? `${done}: cutover approved by ${approvalChain(approvers(rollout)) || 'nobody'}` : done;
}

function rollbackPhrase(rollout: RolloutFacts, paths: RolloutPaths): string {
  const { order, plan, outcome } = rollout;
  const to = plan.from ? `to ${md(plan.from.version)}` : 'to nothing, as nothing ran before';
  const why = outcome.rollback ? `: ${md(outcome.rollback.demand.reason)}` : '';
  return `rolled back ${md(order.service)} ${md(plan.to.version)} in ${md(plan.place.environment)} ${to}${why}. Follow-up: ${followUpPhrase(paths.followUps)}`;
}

function verificationPhrase({ plan, outcome }: RolloutFacts, { followUps }: RolloutPaths): string {
  if (outcome.kind === 'adopted') return outcome.smoke.at(-1)?.verdict.kind ?? 'no smoke run';
  if (outcome.kind === 'taken-over')
    return `in the hands of who took it over${followUps.map(({ id }) => `, ${id}`).join('')}`;
  const restored = outcome.rollback?.verification;
  if (restored?.kind === 'pass') return `restored, pass (${md(restored.reason)})`;
  if (!plan.from) return 'stopped; nothing to restore';
  const seen = restored ? `${restored.kind} (${md(restored.reason)})` : 'nobody has looked';
  return `not verified, ${seen}${followUps.flatMap(({ id, duty }) => (duty === 'verify' ? [`, ${id}`] : [])).join('')}`;
}

function links(paths: RolloutPaths): string {
  const to = (label: string, path: string): string => link(label, { from: changeLogPath, to: path });
  const smoke = paths.smokeLogs.at(-1);
  return [
    to('deploy log', paths.deployLog),
    ...(smoke === undefined ? [] : [to('smoke log', smoke)]),
    ...(paths.gateLog === undefined ? [] : [to('quality gates', paths.gateLog)]),
    ...(paths.incident ? [to('incident', paths.incident.page)] : []),
    ...(paths.decision ? [to(paths.decision.id, paths.decision.path)] : []),
  ].join(', ');
}

const said = (of: Pick<ReleaseRequest, 'profile'>, text: string): string => {
  const compressed = notice(of.profile);
  return compressed === undefined ? text : `${text} [${md(compressed)}]`;
};
