import { spoken } from '../src/domain/duration.js';
import { shortDigest } from '../src/domain/artifact.js';
import type { ReleaseProgress, StageProgress } from '../src/domain/release.js';
import type { ServiceStanding } from '../src/domain/service.js';
import {
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
    said(order.description),
    artifact && `Artifact ${artifact.tag}, ${shortDigest(artifact.digest)}`,
    outcome && `**${outcome.kind}**: ${said(outcome.reason)}`,
    !outcome && open && whatIsAsked(open),
    table(
      ['environment', 'state', 'approved by'],
      progress.stages.map((stage) => [stage.environment, stageState(stage, progress), approvers(stage)]),
    ),
    open?.plan && planTable(open.plan),
    refusals(progress.refused),
  ]);
}

/** The same for one rollout: its steps, how each went, and what can be done now. */
export function rolloutDetails(progress: RolloutProgress): string {
  const { plan, state, demand, stuck, steps } = progress;
  return page([
    `# ${plan.place.service} ${plan.to.version} in ${plan.place.environment}: ${state}, ${progress.share} % on the candidate`,
    stuck !== undefined && `**Stuck**: ${said(stuck)}. To try again send the signal \`retry\`.`,
    demand && `Going back because ${said(demand.by)} says: ${said(demand.reason)}`,
    state === 'running' &&
      'To go back now send the signal `rollback`, for example `{"person": "dave", "reason": "…"}`.',
    table(
      ['step', 'what', 'how it went'],
      steps.map(({ id, step, direction, verdict }) => [
        direction === 'back' ? `${id}, back` : id,
        sentence(step, plan),
        verdict ? `${verdict.kind}: ${said(verdict.reason)}` : 'under way',
      ]),
    ),
    refusals(progress.refused),
  ]);
}

/** What runs where, and what waits: the page of a service. */
export const serviceDetails = ({ service, running, underWay, queue }: ServiceStanding): string =>
  page([
    `# ${service}`,
    `Under way: ${underWay ?? 'nothing'}. Waiting: ${queue.join(', ') || 'nothing'}.`,
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

function whatIsAsked({ environment, approval, plan }: StageProgress): string | undefined {
  if (approval?.standing.kind !== 'waiting') return undefined;
  const { standing, subject, expiresAt } = approval;
  return [
    `**${environment} waits for ${standing.missing.join(' and ')}** until ${expiresAt}.`,
    `Approving means: ${plan?.to.version ?? ''} with digest ${shortDigest(subject.digest)} by plan ${shortDigest(subject.planHash)}, below.`,
    'Send the update `decide` with `{"person": "your name", "decision": "approve", "comment": "…"}`: it answers at once if it cannot count.',
    'Or the signal `approve` with `{"person": "your name", "comment": "…"}`, or `reject`.',
  ].join('\n');
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
  return standing.kind === 'rejected' ? `rejected by ${said(standing.by)}` : standing.by.map(said).join(', ') || '–';
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

/** Said of everything that ran under shortened windows. */
export const profileNote = (compressed: boolean): string =>
  compressed ? ' · **profile demo: windows compressed**' : '';

/** A Markdown table. */
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** What people wrote, as text: nothing of it is markup, and none of it is long. */
export const said = (text: string): string =>
  text
    .slice(0, 200)
    .replace(/\s+/g, ' ')
    .replace(/[<>&]/g, (c) => `&#${c.charCodeAt(0)};`)
    .replace(/[\\`*_{}[\]|#]/g, '\\$&');

/** Parts of a page, a blank line between each two; what is missing is left out. */
export const page = (parts: readonly (string | false | undefined)[]): string =>
  parts
    .filter((part): part is string => typeof part === 'string' && part !== '')
    .join('\n\n')
    .slice(0, 3_900);
