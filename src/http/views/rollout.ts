import * as z from 'zod';
import { flagsFirst, sentence, type StepRecord } from '../../domain/rollout.js';
import type { FoundRollout } from '../desk.js';
import { temporalLink, type TemporalUi } from './links.js';
import * as nouns from './nouns.js';

const rolloutStates = [
  'running',
  'paused',
  'held',
  'going-back',
  'stuck',
  'adopted',
  'rolled-back',
  'aborted',
  'taken-over',
  'lost',
] as const;

const stepRecord = z
  .strictObject({
    id: z.string(),
    does: z.string(),
    step: nouns.step,
    direction: z.enum(['forth', 'back']),
    begunAt: nouns.instant,
    endedAt: nouns.instant.exactOptional(),
    verdict: nouns.verdict.exactOptional(),
    overruled: z
      .strictObject({ by: z.string(), reason: z.string(), how: z.enum(['promoted', 'skipped']) })
      .exactOptional(),
  })
  .meta({ id: 'StepRecord' });

/** A rollout as it is answered: how far it is, step by step. */
export const rollout = z
  .strictObject({
    environment: z.string(),
    state: z.enum(rolloutStates),
    strategy: z.enum(['canary', 'blue-green', 'rolling', 'first', 'recovery', 'drill']),
    /** Per cent of the traffic on the candidate. */
    share: z.number(),
    begunAt: nouns.instant,
    steps: nouns.list(stepRecord),
    demand: nouns.demand.exactOptional(),
    stuck: z.string().exactOptional(),
    held: z.string().exactOptional(),
    /** When it goes back unless people decide on a window that has seen too little. */
    heldUntil: nouns.instant.exactOptional(),
    paused: nouns.pause.exactOptional(),
    /** What happens before the version goes back, where flags are bound. */
    flagsFirst: z.string().exactOptional(),
    /** What a rollback would do to data. */
    dataImpact: z.string().exactOptional(),
    /** Alerts as they were heard, each with what came of it. */
    alerts: nouns.list(nouns.alert).exactOptional(),
    /** When it goes back unless alerts are resolved before. */
    goesBackAt: nouns.instant.exactOptional(),
    snoozed: nouns.snooze.exactOptional(),
    refused: nouns.list(nouns.refusal),
    /** The live figures of an open observation window. */
    window: z.unknown().optional(),
    links: z.strictObject({ temporal: z.string().exactOptional() }),
  })
  .meta({ id: 'Rollout' });

export type RolloutView = z.infer<typeof rollout>;

export function rolloutView({ run, progress, window }: FoundRollout, ui: TemporalUi): RolloutView {
  const { plan, state, share, steps, demand, stuck, held, heldUntil, paused, refused, alerts, goesBackAt, snoozed } =
    progress;
  const temporal = temporalLink(ui, run);
  return {
    environment: plan.place.environment,
    state: run.status === 'lost' ? 'lost' : state,
    strategy: plan.strategy,
    share,
    begunAt: run.startedAt,
    steps: steps.map((record) => stepRecordView(record, progress)),
    ...(demand && { demand }),
    ...(stuck !== undefined && { stuck }),
    ...(held !== undefined && { held }),
    ...(heldUntil !== undefined && { heldUntil }),
    ...(paused && { paused }),
    ...(plan.flags && { flagsFirst: flagsFirst(plan.flags) ?? '' }),
    ...(plan.dataImpact !== undefined && { dataImpact: plan.dataImpact }),
    ...(alerts && { alerts }),
    ...(goesBackAt !== undefined && { goesBackAt }),
    ...(snoozed && { snoozed }),
    refused,
    ...(window !== undefined && { window }),
    links: { ...(temporal !== undefined && { temporal }) },
  };
}

const stepRecordView = (record: StepRecord, { plan }: FoundRollout['progress']): z.infer<typeof stepRecord> => ({
  ...record,
  does: record.does ?? sentence(record.step, plan),
});
