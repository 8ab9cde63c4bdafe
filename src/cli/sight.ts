import { spoken } from '../domain/duration.js';
import { shortDigest } from '../domain/artifact.js';
import type { BegunRelease, ReleaseView } from '../http/views/release.js';
import type { RolloutView } from '../http/views/rollout.js';
import { columns, when } from './format.js';

/** A release as people see it: how far it is, what it waits for, what to do. */
export function releaseLines(release: ReleaseView, terminal = process.stdout.isTTY): readonly string[] {
  if (release.state === 'queued')
    return [`${release.service}  ${release.changeId}  queued`, `  ${release.waiting.reason}`];
  return [
    headline(release),
    ...(release.artifact ? [`  ${release.artifact.tag}  ${shortDigest(release.artifact.digest)}`] : []),
    ...columns(release.stages.map((stage) => ['', stage.environment, stageState(stage, release)])),
    ...gateLines(release),
    ...currentRollout(release),
    ...waitingLines(release, terminal),
    ...(release.outcome ? [`${release.outcome.kind}: ${release.outcome.reason}`, ...figures(release.outcome)] : []),
  ];
}

/** One line: which release, and how far. */
export const headline = ({ service, version, changeId, state, environment }: BegunRelease): string =>
  `${service} ${version}  ${changeId}  ${state}${environment === undefined ? '' : ` in ${environment}`}`;

/** Why it waits, who must act, and the command that acts; nothing while it needs nobody. */
export function waitingLines({ waiting }: ReleaseView, terminal = process.stdout.isTTY): readonly string[] {
  if (!waiting) return [];
  const { reason, for: roles, until, command } = waiting;
  return [
    `waiting: ${reason}${until === undefined ? '' : `, until ${when(until, terminal)}`}`,
    ...roles.map(({ role, people }) => `  ${role}: ${people.join(' or ') || 'nobody in slipway.yml holds this role'}`),
    ...(command === undefined ? [] : [`  ${command}`]),
  ];
}

function stageState({ environment, outcome, approval }: BegunRelease['stages'][number], release: BegunRelease): string {
  if (outcome) return outcome.rollback ? `${outcome.kind}: ${outcome.rollback.demand.reason}` : outcome.kind;
  const ended = release.outcome !== undefined;
  if (approval?.standing.kind === 'rejected') return `rejected by ${approval.standing.by}`;
  if (release.environment !== environment || ended) return '–';
  if (approval?.standing.kind === 'waiting') return 'awaiting approval';
  const rollout = rolloutOf(release);
  return rollout ? `${rollout.state}, ${rollout.strategy}, ${rollout.share} % on the candidate` : release.state;
}

/** The quality gates of the environment that it is in. */
const gateLines = ({ stages, environment, outcome }: BegunRelease): readonly string[] =>
  outcome
    ? []
    : columns(
        (stages.find((stage) => stage.environment === environment)?.gates ?? []).map(({ name, verdict }) => [
          '   ',
          verdict.kind === 'pass' ? '✓' : '✗',
          `quality gate "${name}"`,
          verdict.reason,
        ]),
      );

/** The steps of the rollout that is under way, each with how it went. */
function currentRollout(release: BegunRelease): readonly string[] {
  const rollout = rolloutOf(release);
  if (!rollout || release.outcome) return [];
  const steps = rollout.steps.map(({ id, does, direction, verdict, overruled }) => [
    '   ',
    verdict ? (verdict.kind === 'pass' ? '✓' : overruled ? '»' : '✗') : '…',
    id,
    `${direction === 'back' ? 'back: ' : ''}${does}`,
    overruled ? `${overruled.how} by ${overruled.by}` : verdict && verdict.kind !== 'pass' ? verdictText(verdict) : '',
  ]);
  const seen = windowReason(rollout.window);
  return [
    ...columns(steps),
    ...(seen === undefined ? [] : [`      ${seen}`]),
    ...(rollout.snoozed ? [`    ${snoozedLine(rollout.snoozed)}`] : []),
    ...(rollout.demand ? [`    going back: ${rollout.demand.by}: ${rollout.demand.reason}`] : []),
  ];
}

const snoozedLine = ({ by, reason, until }: NonNullable<RolloutView['snoozed']>): string =>
  `alerts move nothing ${until === undefined ? 'to its end' : `until ${when(until)}`} (${by}: ${reason})`;

const verdictText = ({ kind, reason }: { kind: string; reason: string }): string => `${kind}: ${reason}`;

const rolloutOf = ({ rollouts, environment }: BegunRelease): RolloutView | undefined =>
  rollouts.findLast((rollout) => rollout.environment === environment);

/** What an open window would say if it ended now. */
function windowReason(window: unknown): string | undefined {
  const { verdict } = (window ?? {}) as { verdict?: { reason?: unknown } };
  return typeof verdict?.reason === 'string' ? verdict.reason : undefined;
}

function figures({ timeToDetectMs, timeToSafeMs, records }: NonNullable<BegunRelease['outcome']>): readonly string[] {
  return [
    ...(timeToDetectMs === undefined ? [] : [`  time to detect ${spoken(timeToDetectMs)}`]),
    ...(timeToSafeMs === undefined ? [] : [`  time to safe ${spoken(timeToSafeMs)}`]),
    ...records.map((path) => `  ${path}`),
  ];
}
