import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type ApprovalDecision, asked } from '../../domain/approval.js';
import type { CommandRecord } from '../../domain/command.js';
import { after } from '../../domain/duration.js';
import type { ReleaseProgress, StageProgress } from '../../domain/release.js';
import { type Demand, type RolloutPlan, sentence, type StepRecord } from '../../domain/rollout.js';
import type { FoundRelease, FoundRollout } from '../desk.js';
import * as nouns from './nouns.js';

/** One thing that happened to a release. `id` never changes, so that a reader can go on from where he was. */
export const entry = z
  .strictObject({
    id: z.string(),
    at: nouns.instant,
    environment: z.string().exactOptional(),
    kind: z.enum([
      'asked',
      'built',
      'waiting',
      'decision',
      'step',
      'verdict',
      'demand',
      'command',
      'refusal',
      'stage',
      'closed',
    ]),
    text: z.string(),
  })
  .meta({ id: 'TimelineEntry' });

export const timeline = z.strictObject({ changeId: z.string(), entries: nouns.list(entry) }).meta({ id: 'Timeline' });

export type Entry = z.infer<typeof entry>;

/** The story of a release so far, in the order it happened. */
export function timelineOf({ run, progress }: FoundRelease, rollouts: readonly FoundRollout[]): readonly Entry[] {
  const { order, outcome } = progress;
  const asked = `${order.requester.person} asked for ${order.service} ${order.version}: ${order.description}`;
  const told: readonly Entry[] = [
    { id: 'asked', at: order.requestedAt, kind: 'asked', text: asked },
    ...built(progress),
    ...progress.stages.flatMap(waitEntry),
    ...progress.decisions.map(decisionEntry),
    ...rollouts.flatMap(rolloutEntries),
    ...progress.stages.flatMap(endEntry),
    ...progress.refused.map((r) => refusalEntry(r)),
    ...(progress.commands ?? []).filter(hasEffect).map((c) => commandEntry(c)),
  ];
  // Of the same moment, things stay in the order of the story above.
  const entries = told.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (run.closedAt === undefined) return entries;
  const text = outcome && run.status !== 'lost' ? `${outcome.kind}: ${outcome.reason}` : 'failed: ended from outside';
  return [...entries, { id: 'closed', at: run.closedAt, kind: 'closed', text }];
}

function built({ artifact, order }: ReleaseProgress): readonly Entry[] {
  if (!artifact) return [];
  const earlier = Date.parse(artifact.builtAt) < Date.parse(order.requestedAt);
  const text = earlier ? `${artifact.tag} was already built` : `${artifact.tag} is built`;
  return [{ id: 'built', at: earlier ? order.requestedAt : artifact.builtAt, kind: 'built', text }];
}

function waitEntry({ environment, approval }: StageProgress): readonly Entry[] {
  if (!approval || approval.policy.roles.length === 0) return [];
  const at = after(approval.expiresAt, -approval.policy.expiresAfter);
  const text = `asks for the approval of ${asked(approval.policy.roles)}`;
  return [{ id: `${environment}/waiting`, at, environment, kind: 'waiting', text }];
}

function endEntry({ environment, outcome }: StageProgress): readonly Entry[] {
  if (!outcome) return [];
  const text = outcome.rollback ? `went back: ${outcome.rollback.demand.reason}` : outcome.kind;
  return [{ id: `${environment}/ended`, at: outcome.endedAt, environment, kind: 'stage', text }];
}

function decisionEntry({ gate, person, decision, comment, at, via }: ApprovalDecision): Entry {
  const said = decision === 'approve' ? 'approves' : 'rejects';
  const text = `${person} ${said} (${via}): ${comment}`;
  return { id: `${gate}/${decision}/${person}/${at}`, at, environment: gate, kind: 'decision', text };
}

/** The way forth, what was demanded, the way back. */
function rolloutEntries({ run, progress }: FoundRollout): readonly Entry[] {
  const { plan, steps, demand, refused } = progress;
  const { environment } = plan.place;
  const prefix = `${environment}/${run.runId}`;
  const taken = steps.map((record, n) => ({ ...record, name: `${prefix}/${n}-${record.id}` }));
  const way = (direction: StepRecord['direction']): readonly Entry[] =>
    taken.filter((step) => step.direction === direction).flatMap((step) => stepEntries(step, plan));
  const demanded = demand ? [demandEntry(`${prefix}/demand`, environment, demand)] : [];
  const commands = (progress.commands ?? []).filter(hasEffect).map((c) => commandEntry(c, environment));
  return [
    ...way('forth'),
    ...commands,
    ...demanded,
    ...way('back'),
    ...refused.map((r) => refusalEntry(r, environment)),
  ];
}

/** A refused command stands among the refusals; a rollback is told as the demand it becomes. */
const hasEffect = ({ kind, outcome }: CommandRecord): boolean => outcome !== 'refused' && kind !== 'rollback';

function commandEntry({ id, kind, by, reason, at, said }: CommandRecord, environment?: string): Entry {
  const mark = createHash('sha256').update(id).digest('hex').slice(0, 12);
  return {
    id: `${environment ?? 'release'}/command/${at}/${mark}`,
    at,
    kind: 'command',
    text: `${by}: ${kind} (${reason}): ${said}`,
    ...(environment !== undefined && { environment }),
  };
}

const demandEntry = (id: string, environment: string, { at, by, reason }: Demand): Entry => ({
  id,
  at,
  environment,
  kind: 'demand',
  text: `${by}: ${reason}`,
});

/** A step begins, and ends with its verdict. */
function stepEntries(
  { name, step, does, direction, begunAt, endedAt, verdict, overruled }: StepRecord & { readonly name: string },
  plan: RolloutPlan,
): readonly Entry[] {
  const { environment } = plan.place;
  const what = `${direction === 'back' ? 'back: ' : ''}${does ?? sentence(step, plan)}`;
  const begun: Entry = { id: name, at: begunAt, environment, kind: 'step', text: what };
  if (!verdict || endedAt === undefined) return [begun];
  const text = `${what}: ${overruled ? `${overruled.how} by ${overruled.by}, ` : ''}${verdict.kind}, ${verdict.reason}`;
  return [begun, { id: `${name}/verdict`, at: endedAt, environment, kind: 'verdict', text }];
}

function refusalEntry({ at, message, from, reason }: ReleaseProgress['refused'][number], environment?: string): Entry {
  const text = `${message} from ${from} refused: ${reason}`;
  // What strangers wrote does not belong into an id.
  const mark = createHash('sha256').update(text).digest('hex').slice(0, 12);
  const id = `${environment ?? 'release'}/refused/${at}/${mark}`;
  return { id, at, kind: 'refusal', text, ...(environment !== undefined && { environment }) };
}
