import * as z from 'zod';
import { whyNot } from '../../domain/approval.js';
import { settingText, wantedText } from '../../domain/flag.js';
import type { FlagChangeState, FlagProgress } from '../../domain/flag-change.js';
import type { FoundFlagChange } from '../flag-desk.js';
import { changePath } from './flags.js';
import { temporalLink, type TemporalUi } from './links.js';
import * as nouns from './nouns.js';
import { waiting, type Waiting } from './waiting.js';

const states = [
  'opening',
  'planning',
  'awaiting-approval',
  'comparing',
  'setting',
  'observing',
  'going-back',
  'stuck',
  'recording',
  'succeeded',
  'unchanged',
  'rolled-back',
  'refused',
  'withdrawn',
] as const satisfies readonly FlagChangeState[];

const observation = z
  .strictObject({
    from: nouns.instant,
    to: nouns.instant,
    looks: z.number(),
    seen: z.strictObject({ requests: z.number(), errors: z.number(), p95Ms: z.number().exactOptional() }),
    verdict: nouns.verdict,
  })
  .meta({ id: 'FlagObservation' });

export const flagLinks = z
  .strictObject({
    self: z.string(),
    approvals: z.string(),
    rollback: z.string(),
    retry: z.string(),
    temporal: z.string().exactOptional(),
  })
  .meta({ id: 'FlagChangeLinks' });

/** The latest change of a flag, under way or over. */
export const flagChange = z
  .strictObject({
    changeId: z.string().exactOptional(),
    flag: z.string(),
    environment: z.string(),
    state: z.enum([...states, 'failed']),
    /** What was asked for, and once it is planned what it changes. */
    wanted: z.string(),
    plan: z
      .strictObject({
        from: nouns.flagSetting,
        to: nouns.flagSetting,
        digest: z.string(),
        hash: z.string(),
        says: z.string(),
      })
      .exactOptional(),
    reason: z.string(),
    requester: z.string(),
    requestedAt: nouns.instant,
    closedAt: nouns.instant.exactOptional(),
    profile: z.strictObject({ name: z.enum(['spec-0701', 'demo']), compressed: z.boolean() }),
    waiting: waiting.exactOptional(),
    approval: z
      .strictObject({ subject: nouns.subject, standing: nouns.standing, expiresAt: nouns.instant })
      .exactOptional(),
    decisions: nouns.list(nouns.decision),
    refused: nouns.list(nouns.refusal),
    /** The live figures of an open window. */
    window: z.unknown().optional(),
    outcome: z
      .strictObject({
        kind: z.enum(['succeeded', 'unchanged', 'rolled-back', 'refused', 'withdrawn']),
        reason: z.string(),
        setAt: nouns.instant.exactOptional(),
        before: observation.exactOptional(),
        observation: observation.exactOptional(),
        rollback: nouns.rollback.exactOptional(),
      })
      .exactOptional(),
    records: nouns.list(z.string()),
    links: flagLinks,
  })
  .meta({ id: 'FlagChange' });

export type FlagChangeView = z.infer<typeof flagChange>;

/** A change as it is answered. One that was ended from outside has failed, whatever it said last. */
export function flagChangeView({ run, progress, window }: FoundFlagChange, ui: TemporalUi): FlagChangeView {
  const { request, changeId, plan, approval, decisions, refused, records } = progress;
  const { flag, environment, to, reason, requester, requestedAt, profile } = request;
  const wait = waitingFor(progress);
  const temporal = temporalLink(ui, run);
  return {
    ...(changeId !== undefined && { changeId }),
    flag,
    environment,
    state: run.status === 'lost' ? 'failed' : progress.state,
    wanted: wantedText(to),
    ...(plan && { plan: planView(plan) }),
    reason,
    requester: requester.person,
    requestedAt,
    ...(run.closedAt !== undefined && { closedAt: run.closedAt }),
    profile,
    ...(wait && { waiting: wait }),
    ...(approval && { approval }),
    decisions,
    refused,
    ...(window !== undefined && { window }),
    ...(progress.outcome && { outcome: outcomeView(progress.outcome) }),
    records,
    links: { ...flagLinksOf(environment, flag), ...(temporal !== undefined && { temporal }) },
  };
}

/** Where a change goes on. */
export function flagLinksOf(environment: string, flag: string): z.infer<typeof flagLinks> {
  const self = changePath(environment, flag);
  return { self, approvals: `${self}/approvals`, rollback: `${self}/rollback`, retry: `${self}/retry` };
}

const planView = ({
  from,
  to,
  digest,
  hash,
}: NonNullable<FlagProgress['plan']>): NonNullable<FlagChangeView['plan']> => ({
  from,
  to,
  digest,
  hash,
  says: `${settingText(from)} → ${settingText(to)}`,
});

function outcomeView(outcome: NonNullable<FlagProgress['outcome']>): NonNullable<FlagChangeView['outcome']> {
  const { kind, reason, setAt, before, observation: seen, rollback } = outcome;
  return {
    kind,
    reason,
    ...(setAt !== undefined && { setAt }),
    ...(before && { before: observationView(before) }),
    ...(seen && { observation: observationView(seen) }),
    ...(rollback && { rollback }),
  };
}

const observationView = ({
  from,
  to,
  looks,
  seen,
  verdict,
}: NonNullable<NonNullable<FlagProgress['outcome']>['observation']>): z.infer<typeof observation> => ({
  from,
  to,
  looks,
  seen,
  verdict,
});

function waitingFor({ request, state, stuck, approval }: FlagProgress): Waiting | undefined {
  const { flag, environment, roster, requester, approval: policy } = request;
  const at = `${flag} --environment ${environment}`;
  if (stuck !== undefined)
    return { reason: `stuck: ${stuck}`, for: [], command: `slipway flag retry ${at} --reason "…"` };
  if (state !== 'awaiting-approval' || approval?.standing.kind !== 'waiting') return undefined;
  const { standing, expiresAt } = approval;
  const ask = { policy, roster, requester: requester.person };
  const able = Object.keys(roster).filter(
    (person) => !standing.by.includes(person) && whyNot(ask, person) === undefined,
  );
  return {
    reason: `${flag} in ${environment} waits for the approval of ${standing.missing.join(' and ')}`,
    for: standing.missing.map((role) => ({ role, people: able.filter((p) => roster[p]?.includes(role)) })),
    until: expiresAt,
    command: `slipway flag approve ${at} --comment "…"`,
  };
}
