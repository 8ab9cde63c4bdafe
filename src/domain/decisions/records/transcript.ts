import { spoken } from '../../duration.js';
import { dataPage } from './data.js';
import { type CommandEntry, commandEntries, type DeployLog } from './deploy-log.js';
import { chainComment, notice } from './facts.js';
import type { ChainPlace, ReleaseFacts } from './facts.js';
import { impactText, times } from './incident-page.js';
import { impactOf } from './incident.js';
import { metricTable } from './metrics.js';
import { operator } from './people.js';
import { bullets, link, md, page, shown, table } from './text.js';
import { timeline, timelineTable } from './timeline.js';

/** What a transcript is told from; `path` is its own. */
export interface Told {
  readonly release: ReleaseFacts;
  /** The release's own deploy logs, oldest first, as they were recorded. */
  readonly rollouts: readonly DeployLog[];
  /** Deploy logs of this release that can no longer be read as recorded. */
  readonly lost: readonly string[];
  readonly path: string;
  readonly histories: readonly string[];
  readonly chain: ChainPlace;
}

/** `transcript.md`: the whole release as a story, from the asking to the end. */
export function transcript(told: Told): string {
  const { order, outcome, closedAt } = told.release;
  const shortened = notice(order.profile);
  return page([
    `# Transcript: ${order.changeId}, ${md(order.service)} ${md(order.version)}`,
    shortened && `**${md(shortened)}**`,
    `**${outcome.kind}** at ${shown(closedAt)} UTC: ${md(outcome.reason, 1_000)}`,
    `## Request\n\n${request(told.release)}`,
    `## Gates and approvals\n\n${gates(told.release)}\n\n${decisions(told.release)}`,
    told.release.commands && `## Commands to the release\n\n${commandTable(commandEntries(told.release.commands))}`,
    ...told.rollouts.map(rollout),
    ...told.lost.map(
      (path) =>
        `## ${md(path)}\n\nThis deploy log is missing or was altered since it was recorded; it is not retold here.`,
    ),
    `## Outcome\n\n${ending(told.release)}`,
    `## Records\n\n${records(told)}`,
    chainComment(told.chain),
  ]);
}

const request = ({ order, outcome }: ReleaseFacts): string =>
  bullets([
    `Asked for by ${operator(order.requester)} at ${shown(order.requestedAt)} UTC`,
    ...(order.comeback ? [`Takes ${md(order.comeback.of)} back in ${md(order.comeback.environment)}`] : []),
    ...(order.description === '' ? [] : [`Description: ${md(order.description, 2_000)}`]),
    `Commit ${md(order.commit)}`,
    outcome.artifact
      ? `Artifact ${md(outcome.artifact.tag)}, ${md(outcome.artifact.digest)}, built at ${shown(outcome.artifact.builtAt)} UTC`
      : 'No artifact was built',
  ]);

const gates = ({ order, outcome }: ReleaseFacts): string =>
  table(
    ['environment', 'tier', 'strategy', 'instances', 'asked to approve', 'outcome'],
    order.stages.map((stage) => [
      md(stage.environment),
      stage.tier,
      stage.strategy.kind,
      String(stage.instances),
      stage.approval.roles.map((role) => md(role)).join(', ') || 'nobody',
      stageOutcome(stage.environment, outcome),
    ]),
  );

function stageOutcome(environment: string, outcome: ReleaseFacts['outcome']): string {
  if (outcome.environment === environment) return outcome.kind;
  return outcome.adopted.includes(environment) ? 'adopted' : 'not reached';
}

const decisions = ({ approvals }: ReleaseFacts): string =>
  approvals.length === 0
    ? 'Nobody approved or rejected anything.'
    : table(
        ['at (UTC)', 'gate', 'person', 'decision', 'comment'],
        approvals.map((d) => [
          shown(d.at),
          md(d.gate),
          `${md(d.person, 80)} (via ${d.via}${d.proved ? '' : ', name only claimed'}${d.principal === undefined ? '' : `, as ${md(d.principal, 210)}`})`,
          d.decision,
          md(d.comment, 1_000),
        ]),
      );

function rollout(log: DeployLog): string {
  const took = spoken(Date.parse(log.ended_at) - Date.parse(log.begun_at));
  const head = `## ${md(log.environment)}: ${log.outcome} (${log.strategy})`;
  const when = `Begun ${shown(log.begun_at)} UTC, ended ${shown(log.ended_at)} UTC, ${took}.`;
  const back = log.rollback ? [impactText(impactOf(log), log.rollback), times(log.rollback)] : [];
  const commands = log.commands ? [`### Commands\n\n${commandTable(log.commands)}`] : [];
  const undone = log.left_undone
    ? [`Not done when it was taken over:\n\n${bullets(log.left_undone.map((t) => md(t)))}`]
    : [];
  const judged = metricTable(log.observations);
  const metrics = judged === undefined ? [] : [`### Metrics\n\n${judged}`];
  const data = log.data ? [`### Data\n\n${dataPage(log.data)}`] : [];
  return [head, when, timelineTable(timeline(log)), ...metrics, ...commands, ...undone, ...back, ...data].join('\n\n');
}

const commandTable = (commands: readonly CommandEntry[]): string =>
  table(
    ['heard (UTC)', 'command', 'by', 'reason', 'what came of it'],
    commands.map((c) => [
      shown(c.at),
      c.command,
      `${md(c.by, 80)} (${md(c.role, 200)}, via ${c.via}${c.proved ? '' : ', name only claimed'})`,
      md(c.reason, 1_000),
      `${c.outcome}: ${md(c.answer, 1_000)}`,
    ]),
  );

const ending = ({ outcome }: ReleaseFacts): string =>
  bullets([
    `${outcome.kind}${outcome.environment === undefined ? '' : ` in ${md(outcome.environment)}`}: ${md(outcome.reason, 1_000)}`,
    `Adopted in: ${outcome.adopted.map((name) => md(name)).join(', ') || 'no environment'}`,
    ...(outcome.timeToDetectMs === undefined ? [] : [`Time to detect: ${spoken(outcome.timeToDetectMs)}`]),
    ...(outcome.timeToSafeMs === undefined ? [] : [`Time to safe: ${spoken(outcome.timeToSafeMs)}`]),
  ]);

const records = ({ release, histories, path: from }: Told): string => {
  const all = [...new Set([...release.outcome.records, ...histories])];
  return bullets(all.map((path) => link(md(path), { from, to: encodeURI(path) })));
};
