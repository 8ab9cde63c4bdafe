import * as z from 'zod';
import type { ReleaseProgress, StageProgress } from '../../domain/release.js';
import { flagsFirst, type PlannedStep, type RolloutPlan, sentence } from '../../domain/rollout.js';
import type { Address, FoundRelease, FoundRollout } from '../desk.js';
import { linksOf, releaseLinks, type TemporalUi } from './links.js';
import * as nouns from './nouns.js';
import { rollout, rolloutView } from './rollout.js';
import { waiting, waitingFor } from './waiting.js';

/** A planned step and its way back, as data and as sentences. */
export const plannedStep = z
  .strictObject({
    id: z.string(),
    does: z.string(),
    wayBack: z.string().exactOptional(),
    take: nouns.step,
    back: nouns.step.exactOptional(),
  })
  .meta({ id: 'PlannedStep' });

const plan = z
  .strictObject({
    strategy: z.enum(['canary', 'blue-green', 'rolling', 'first', 'recovery', 'drill']),
    from: nouns.artifact.exactOptional(),
    to: nouns.artifact,
    instances: z.number(),
    generation: z.number(),
    hash: z.string(),
    steps: nouns.list(plannedStep),
    /** What happens before the version goes back, where flags are bound. */
    flagsFirst: z.string().exactOptional(),
    /** What a rollback would do to data. */
    dataImpact: z.string().exactOptional(),
  })
  .meta({ id: 'Plan' });

const stage = z
  .strictObject({
    environment: z.string(),
    plan: plan.exactOptional(),
    /** Quality gates of the environment, as they have run. */
    gates: nouns.list(nouns.gateRun).exactOptional(),
    readiness: nouns.readiness.exactOptional(),
    calendar: nouns.calendar.exactOptional(),
    customers: nouns.customers.exactOptional(),
    /** When whoever is on call was told that it is coming. */
    onCall: z.strictObject({ toldAt: nouns.instant }).exactOptional(),
    approval: z
      .strictObject({
        subject: nouns.subject,
        policy: nouns.policy,
        standing: nouns.standing,
        expiresAt: nouns.instant,
      })
      .exactOptional(),
    outcome: z
      .strictObject({
        kind: z.enum(['adopted', 'rolled-back', 'aborted', 'taken-over']),
        begunAt: nouns.instant,
        endedAt: nouns.instant,
        rollback: nouns.rollback.exactOptional(),
      })
      .exactOptional(),
  })
  .meta({ id: 'Stage' });

/** A release that waits for its turn: known by its number, and nothing of it has begun. */
export const queuedRelease = z
  .strictObject({
    changeId: z.string(),
    service: z.string(),
    state: z.literal('queued'),
    ahead: z.number(),
    waiting,
    links: releaseLinks,
  })
  .meta({ id: 'QueuedRelease' });

/** A release that has begun, up to its end and after. */
export const begunRelease = z
  .strictObject({
    changeId: z.string(),
    service: z.string(),
    state: nouns.releaseState.exclude(['queued']),
    version: z.string(),
    commit: z.string(),
    description: z.string(),
    requester: z.string(),
    requestedAt: nouns.instant,
    /** Why it could not wait; missing of a standard release. */
    emergency: z.string().exactOptional(),
    closedAt: nouns.instant.exactOptional(),
    profile: z.strictObject({ name: z.enum(['spec-0701', 'demo']), compressed: z.boolean() }),
    environment: z.string().exactOptional(),
    artifact: nouns.artifact.exactOptional(),
    waiting: waiting.exactOptional(),
    stages: nouns.list(stage),
    rollouts: nouns.list(rollout),
    decisions: nouns.list(nouns.decision),
    refused: nouns.list(nouns.refusal),
    /** Every command, to the release and to its rollouts, in the order heard. */
    commands: nouns.list(nouns.command),
    paused: nouns.pause.exactOptional(),
    comebackOf: z.string().exactOptional(),
    records: nouns.list(z.string()),
    outcome: nouns.outcome.exactOptional(),
    links: releaseLinks,
  })
  .meta({ id: 'BegunRelease' });

export const release = z.union([queuedRelease, begunRelease]).meta({ id: 'Release' });

export type QueuedRelease = z.infer<typeof queuedRelease>;
export type BegunRelease = z.infer<typeof begunRelease>;
export type ReleaseView = z.infer<typeof release>;

/** A release as it is answered. One that was ended from outside has failed, whatever it said last. */
export function releaseView(
  { run, progress }: FoundRelease,
  rollouts: readonly FoundRollout[],
  ui: TemporalUi,
): BegunRelease {
  const { order, environment, artifact, decisions, refused, records, outcome } = progress;
  const { service, changeId, version, commit, description, requester, requestedAt, profile } = order;
  const state = run.status === 'lost' ? 'failed' : shownState(progress, rollouts);
  const wait = waitingFor(progress, state, rollouts);
  const paused = underWay(rollouts)?.progress.paused ?? progress.paused;
  return {
    changeId,
    service,
    state,
    version,
    commit,
    description,
    requester: requester.person,
    requestedAt,
    ...(order.emergency && { emergency: order.emergency.reason }),
    ...(run.closedAt !== undefined && { closedAt: run.closedAt }),
    profile,
    ...(environment !== undefined && { environment }),
    ...(artifact && { artifact }),
    ...(wait && { waiting: wait }),
    stages: progress.stages.map(stageView),
    rollouts: rollouts.map((found) => rolloutView(found, ui)),
    decisions,
    refused,
    commands: commandsOf(progress, rollouts),
    ...(paused && { paused }),
    ...(order.comeback && { comebackOf: order.comeback.of }),
    records,
    ...(outcome && { outcome }),
    links: linksOf({ service, changeId }, ui, run),
  };
}

/** A release before its turn. */
export function queuedView(at: Address, ahead: number, ui: TemporalUi): QueuedRelease {
  const others = ahead === 1 ? 'one release' : `${ahead} releases`;
  const reason = ahead === 0 ? 'it is about to begin' : `${others} of ${at.service} must end before it`;
  return { ...at, state: 'queued', ahead, waiting: { reason, for: [] }, links: linksOf(at, ui) };
}

/** Steps in the words of an approver. */
export const stepView = (
  step: PlannedStep,
  plan: Pick<RolloutPlan, 'from' | 'to' | 'instances'>,
): z.infer<typeof plannedStep> => ({
  id: step.id,
  does: sentence(step.take, plan),
  ...(step.back && { wayBack: sentence(step.back, plan), back: step.back }),
  take: step.take,
});

function stageView({ plan: planned, ...rest }: StageProgress): z.infer<typeof stage> {
  if (!planned) return rest;
  const { strategy, from, to, instances, generation, hash, steps, dataImpact } = planned;
  return {
    ...rest,
    plan: {
      strategy,
      ...(from && { from }),
      to,
      instances,
      generation,
      hash,
      steps: steps.map((step) => stepView(step, planned)),
      ...(planned.flags && { flagsFirst: flagsFirst(planned.flags) ?? '' }),
      ...(dataImpact !== undefined && { dataImpact }),
    },
  };
}

/** The rollout under way knows best: it goes back by itself, and it is what gets stuck. The workflow is never queued. */
function shownState({ state }: ReleaseProgress, rollouts: readonly FoundRollout[]): BegunRelease['state'] {
  const rollout = underWay(rollouts)?.progress.state;
  if (rollout === 'stuck' || rollout === 'going-back' || rollout === 'held' || rollout === 'paused') return rollout;
  return state === 'queued' ? 'building' : state;
}

const underWay = (rollouts: readonly FoundRollout[]): FoundRollout | undefined =>
  rollouts.find(({ run }) => run.status === 'running');

const commandsOf = (progress: ReleaseProgress, rollouts: readonly FoundRollout[]) =>
  [...(progress.commands ?? []), ...rollouts.flatMap((found) => found.progress.commands ?? [])].toSorted(
    (a, b) => Date.parse(a.at) - Date.parse(b.at),
  );
