import { spoken } from '../src/domain/duration.js';
import { type ApprovalPolicy, asked } from '../src/domain/approval.js';
import type { AftercareProgress } from '../src/domain/aftercare.js';
import { theCalendar } from '../src/domain/calendar.js';
import type { CommandRecord } from '../src/domain/command.js';
import { shortDigest } from '../src/domain/artifact.js';
import type { Finding } from '../src/domain/finding.js';
import type { GateRun } from '../src/domain/gate.js';
import type { ReleaseProgress, StageProgress } from '../src/domain/release.js';
import type { ServiceStanding } from '../src/domain/service.js';
import {
  flagsFirst,
  type Hold,
  type Pause,
  type PlannedStep,
  type Refusal,
  type RolloutPlan,
  type RolloutProgress,
  sentence,
} from '../src/domain/rollout.js';

/** The page an approver reads in the Temporal UI (*User Metadata*): Markdown, kept well under the 4 KB that it can show. */
export function releaseDetails(progress: ReleaseProgress): string {
  const { order, state, artifact, outcome } = progress;
  const open = progress.stages.find((stage) => stage.approval?.standing.kind === 'waiting' && !stage.outcome);
  return page([
    `# ${order.service} ${order.version}: ${state}`,
    `${order.changeId} · commit ${order.commit.slice(0, 12)} · asked for by ${said(order.requester.person)}${profileNote(order.profile.compressed)}`,
    order.emergency && `**EMERGENCY**: ${said(order.emergency.reason)}`,
    said(order.description),
    artifact && `Artifact ${artifact.tag}, ${shortDigest(artifact.digest)}`,
    outcome && `**${outcome.kind}**: ${said(outcome.reason)}`,
    progress.paused &&
      !outcome &&
      `**Paused** by ${said(progress.paused.by)}: ${said(progress.paused.reason)}. To go on send the signal \`resume\`.`,
    !outcome && open && whatIsAsked(open),
    table(
      ['environment', 'state', 'approved by'],
      progress.stages.map((stage) => [stage.environment, stageState(stage, progress), approvers(stage)]),
    ),
    open?.gates && gateTable(open.gates),
    state === 'awaiting-readiness' && readinessTable(progress),
    state === 'awaiting-window' && windowNote(progress),
    open?.plan && planTable(open.plan),
    open?.plan?.flags && `**Flags**: ${said(flagsFirst(open.plan.flags) ?? '', 800)}`,
    open?.plan?.dataImpact !== undefined && `**Data**: ${said(open.plan.dataImpact, 800)}`,
    commandTable(progress.commands),
    refusals(progress.refused),
  ]);
}

const howToGoOn = ({ by }: Pause): string =>
  by === theCalendar ? 'It goes on by itself when it opens.' : 'To go on send the signal `resume`.';

/** The same for one rollout: its steps, how each went, and what can be done now. */
export function rolloutDetails(progress: RolloutProgress): string {
  const { plan, state, demand, stuck, held, paused, steps } = progress;
  return page([
    `# ${plan.place.service} ${plan.to.version} in ${plan.place.environment}: ${state}, ${progress.share} % on the candidate`,
    stuck !== undefined && `**Stuck**: ${said(stuck)}`,
    held !== undefined && `**Held**: ${said(held)}`,
    paused && `**Paused** by ${said(paused.by)}: ${said(paused.reason)}. ${howToGoOn(paused)}`,
    demand && `Going back because ${said(demand.by)} says: ${said(demand.reason)}`,
    (state === 'running' || state === 'paused') &&
      'To go back now send the signal `rollback`, for example `{"person": "dave", "reason": "…"}`.',
    table(
      ['step', 'what', 'how it went'],
      steps.map(({ id, step, does, direction, verdict, overruled }) => [
        direction === 'back' ? `${id}, back` : id,
        does ?? sentence(step, plan),
        `${overruled ? `${overruled.how} by ${said(overruled.by)}; ` : ''}${verdict ? `${verdict.kind}: ${said(verdict.reason)}` : 'under way'}`,
      ]),
    ),
    plan.flags && `**Flags**: ${said(flagsFirst(plan.flags) ?? '', 800)}`,
    plan.dataImpact !== undefined && `**Data**: ${said(plan.dataImpact, 800)}`,
    commandTable(progress.commands),
    refusals(progress.refused),
  ]);
}

/** What runs where, and what waits: the page of a service. */
export const serviceDetails = ({ service, running, underWay, queue, debts = [], behind }: ServiceStanding): string =>
  page([
    `# ${service}`,
    `Under way: ${underWay ?? 'nothing'}. Waiting: ${queue.join(', ') || 'nothing'}.`,
    behind !== undefined && `**The engine has forgotten**: ${said(behind, 800)}`,
    ...debts.map(({ changeId, due }) => `**Review owed** for ${changeId}, due ${due}.`),
    table(
      ['environment', 'version', 'since', 'before it'],
      Object.entries(running).map(([environment, { current, former, since }]) => [
        environment,
        current.tag,
        since,
        former?.tag ?? '–',
      ]),
    ),
  ]);

/** What is held, by whom, and why. */
export const lineDetails = (holds: readonly Hold[]): string =>
  page([
    `# The line ${holds.length === 0 ? 'runs' : 'is held'}`,
    holds.length > 0 &&
      table(
        ['held', 'by', 'since', 'why'],
        holds.map((hold) => [hold.scope, said(hold.by), hold.at, said(hold.reason)]),
      ),
    'It is held and let run at the front door: `slipway hold`.',
  ]);

/** What is not in order in an environment, and the command that mends it. */
export const findingDetails = (environment: string, findings: readonly Finding[]): string =>
  page([
    `# ${environment}: ${findings.length === 0 ? 'all is in order' : `${findings.length} to look at`}`,
    findings.length > 0 &&
      table(
        ['service', 'since', 'what', 'command'],
        findings.map(({ service, since, text, command }) => [service, since, said(text), `\`${command}\``]),
      ),
    'The platform is compared with what is under way here; what differs twice in a row is told.',
  ]);

/** What was adopted, until when it is watched, and how to get back. */
export const aftercareDetails = ({ state, changeId, plan, until, report }: AftercareProgress): string =>
  page([
    `# ${plan.place.service} ${plan.to.version} in ${plan.place.environment}: aftercare of ${changeId}, ${state}`,
    `Watched until ${until}; ${plan.from?.tag ?? 'nothing'} is kept warm as long.`,
    state === 'watching' &&
      'To bring it back send the signal `rollback`, for example `{"person": "dave", "reason": "…"}`.',
    report && `**${report.kind}**: ${said(report.verdict.reason)}`,
  ]);

function whatIsAsked({ environment, approval, plan }: StageProgress): string | undefined {
  if (approval?.standing.kind !== 'waiting') return undefined;
  const { standing, subject, expiresAt, policy } = approval;
  return [
    `**${environment} waits for ${asked(standing.missing)}** until ${expiresAt}.`,
    `Approving means: ${plan?.to.version ?? ''} with digest ${shortDigest(subject.digest)} by plan ${shortDigest(subject.planHash)}, below.`,
    ...howToDecide(policy),
  ].join('\n');
}

/** What to send, and what proves who sends it. */
export function howToDecide({ proof, principals }: ApprovalPolicy): readonly string[] {
  const code = proof === 'code' ? ', "code": "…"' : '';
  return [
    `Send the update \`decide\` with \`{"person": "your name", "decision": "approve", "comment": "…"${code}}\`: it answers at once if it cannot count.`,
    `Or the signal \`approve\` with \`{"person": "your name", "comment": "…"${code}}\`, or \`reject\`.`,
    ...(proof === 'code'
      ? [
          `Your code, for this plan alone, is shown by \`slipway code\`: a name proves nothing here${principals ? ', but of a signal the engine knows who has sent it' : ''}.`,
        ]
      : []),
  ];
}

function stageState(stage: StageProgress, { environment, outcome }: ReleaseProgress): string {
  if (stage.outcome) return stage.outcome.kind;
  if (stage.approval?.standing.kind === 'waiting' && !outcome) return 'awaiting approval';
  return stage.environment === environment && !outcome ? 'under way' : '–';
}

function approvers({ approval }: StageProgress): string {
  if (!approval) return '–';
  const { standing } = approval;
  if (standing.kind === 'approved')
    return standing.by.map(({ person, role }) => `${said(person)} (${role})`).join(', ');
  return standing.kind === 'rejected'
    ? `rejected by ${said(standing.by)}`
    : standing.by.map((person) => said(person)).join(', ') || '–';
}

/** Why it may not begin now, when it may, and what opens it earlier. */
function windowNote({ stages, environment }: ReleaseProgress): string | undefined {
  const calendar = stages.find((stage) => stage.environment === environment)?.calendar;
  return (
    calendar && `**Closed**: ${said(calendar.reason)}. An entry of \`exceptions\` in slipway.yml opens it earlier.`
  );
}

const gateTable = (gates: readonly GateRun[]): string =>
  table(
    ['quality gate', 'verdict', 'sha256 of what it printed'],
    gates.map(({ name, verdict, hash = '–' }) => [
      said(name),
      `${verdict.kind}: ${said(verdict.reason)}`,
      hash.slice(0, 16),
    ]),
  );

/** What has been shown, what has not, and the command that shows it. */
function readinessTable({ stages, environment }: ReleaseProgress): string | undefined {
  const readiness = stages.find((stage) => stage.environment === environment)?.readiness;
  const rows = readiness?.items.map((item) => [item.item, item.state, said(item.reason), said(item.command ?? '–')]);
  return rows && `**Not ready yet.** Shown at the front door:\n\n${table(['item', 'state', 'why', 'command'], rows)}`;
}

const planTable = (plan: RolloutPlan): string =>
  table(
    ['step', 'what', 'way back'],
    plan.steps.map((step) => [step.id, what(step, plan), step.back ? sentence(step.back, plan) : '–']),
  );

const what = ({ take }: PlannedStep, plan: RolloutPlan): string =>
  take.kind === 'observe' ? `${sentence(take, plan)} for ${spoken(take.window.for)}` : sentence(take, plan);

/** The latest messages that were not followed. */
export const refusals = (refused: readonly Refusal[]): string | false =>
  refused.length > 0 &&
  [
    'Refused messages:',
    ...refused
      .slice(-5)
      .map(
        (r) => `- ${r.at} \`${r.message.replace(/[`\n]/g, ' ').slice(0, 60)}\` from ${said(r.from)}: ${said(r.reason)}`,
      ),
  ].join('\n');

const commandTable = (commands: readonly CommandRecord[] = []): string | false =>
  commands.length > 0 &&
  table(
    ['heard', 'command', 'by', 'what came of it'],
    commands.slice(-8).map((c) => [c.at, c.kind, said(c.by), `${c.outcome}: ${said(c.said)}`]),
  );

/** Said of everything that ran under shortened windows. */
export const profileNote = (compressed: boolean): string =>
  compressed ? ' · **profile demo: windows compressed**' : '';

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What people wrote, as text: nothing of it is markup, and none of it is long. */
export const said = (text: string, most = 200): string =>
  text
    .slice(0, most)
    .replace(/\s+/g, ' ')
    .replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]|#]/g, '\\$&');

/** Parts of a page, a blank line between each two; what is missing is left out. */
export const page = (parts: readonly (string | false | undefined)[]): string =>
  parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('\n\n')
    .slice(0, 3_900);
