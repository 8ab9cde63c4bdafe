import * as z from 'zod';
import { holdersOf } from '../../domain/acknowledgement.js';
import { asked, whyNot } from '../../domain/approval.js';
import { theCalendar } from '../../domain/calendar.js';
import { proofs } from '../../domain/readiness.js';
import { operators } from '../../domain/command.js';
import type { Role } from '../../domain/environment.js';
import type { ReleaseProgress, ReleaseState } from '../../domain/release.js';
import type { Hold, Pause, RolloutProgress } from '../../domain/rollout.js';
import type { FoundRollout } from '../desk.js';
import { instant, list } from './nouns.js';

/** Why a release waits, whom it waits for, and what gets it going. */
export const waiting = z
  .strictObject({
    reason: z.string(),
    /** Each role that is missing, and who could speak for it. */
    for: list(z.strictObject({ role: z.string(), people: list(z.string()) })),
    until: instant.exactOptional(),
    command: z.string().exactOptional(),
  })
  .meta({ id: 'Waiting' });

export type Waiting = z.infer<typeof waiting>;

/** What a release that has begun waits for from people; `undefined` while it needs nobody. */
export function waitingFor(
  progress: ReleaseProgress,
  state: ReleaseState,
  rollouts: readonly FoundRollout[],
): Waiting | undefined {
  const { changeId } = progress.order;
  const rollout = rollouts.find((found) => found.run.status === 'running')?.progress;
  const command = (verb: string): string => `slipway ${verb} ${changeId} --reason "…"`;
  if (rollout?.stuck !== undefined) return { reason: `stuck: ${rollout.stuck}`, for: [], command: command('retry') };
  if (rollout?.heldUntil !== undefined) return undecidedWait(progress, rollout, rollout.heldUntil, command('promote'));
  if (rollout?.held !== undefined) return { reason: `held: ${rollout.held}`, for: [], command: command('retry') };
  if (rollout?.goesBackAt !== undefined) return alertWait(rollout, rollout.goesBackAt, command('snooze'));
  const paused = rollout?.paused ?? (state === 'paused' ? progress.paused : undefined);
  if (paused) return pauseWait(paused, command('resume'));
  if (state === 'awaiting-readiness') return readinessWait(progress);
  if (state === 'awaiting-window') return windowWait(progress);
  return state === 'awaiting-approval' ? approvalWait(progress) : undefined;
}

/** It goes back by itself unless somebody mends it, or says that it need not. */
function alertWait({ alerts = [] }: RolloutProgress, until: string, snooze: string): Waiting {
  const ticks = alerts.findLast(({ outcome }) => outcome === 'counting-down' || outcome === 'snoozed');
  const { name = 'an alert', severity = '', summary = '' } = ticks ?? {};
  const reason = `alert ${name} (${severity}) fires: ${summary}; it goes back unless that is resolved`;
  return { reason, for: [], until, command: snooze };
}

/** A window has seen too little: whoever may let it pass is named, role by role. */
function undecidedWait(
  { order: { roster } }: ReleaseProgress,
  { held = '' }: RolloutProgress,
  until: string,
  promote: string,
): Waiting {
  const holding = (role: Role): readonly string[] => Object.keys(roster).filter((p) => roster[p]?.includes(role));
  const able = operators.map((role) => ({ role, people: holding(role) })).filter(({ people }) => people.length > 0);
  return { reason: `held: ${held}`, for: able, until, command: promote };
}

function pauseWait(paused: Pause | Hold, resume: string): Waiting {
  if (paused.by === theCalendar) return { reason: `stopped between two steps: ${paused.reason}`, for: [] };
  const since = `since ${paused.at} by ${paused.by}: ${paused.reason}`;
  if (!('scope' in paused)) return { reason: `paused ${since}`, for: [], command: resume };
  const [kind = '', name = ''] = paused.scope.split('/');
  const flag = name === '' ? `--${kind}` : `--${kind} ${name}`;
  return {
    reason: `the line is held (${paused.scope}) ${since}`,
    for: [],
    command: `slipway hold ${flag} --lift --reason "…"`,
  };
}

/** Nobody can open a window but by an exception, or by asking for an emergency release. */
function windowWait({ environment, stages }: ReleaseProgress): Waiting | undefined {
  const calendar = stages.find((stage) => stage.environment === environment)?.calendar;
  if (!calendar) return undefined;
  const earlier = 'earlier by an entry of exceptions in slipway.yml';
  return { reason: `${environment ?? ''} may not be changed now: ${calendar.reason} (${earlier})`, for: [] };
}

/** Every item that is missing, whoever alone can show it, and the command that supplies the first of them. */
function readinessWait({ environment, stages, order }: ReleaseProgress): Waiting | undefined {
  const readiness = stages.find((stage) => stage.environment === environment)?.readiness;
  if (!readiness) return undefined;
  const open = readiness.items.filter((item) => item.state !== 'holds');
  const command = open.find((item) => item.command !== undefined)?.command;
  return {
    reason: `${environment ?? ''} is not ready: ${open.map(({ reason }) => reason).join('; ')}`,
    for: [...new Set(open.flatMap(({ item }) => proofs[item].roles ?? []))].map((role) => ({
      role,
      people: holdersOf(role, order.roster),
    })),
    ...(command !== undefined && { command }),
  };
}

function approvalWait({ order, environment, stages }: ReleaseProgress): Waiting | undefined {
  const approval = stages.find((stage) => stage.environment === environment)?.approval;
  if (approval?.standing.kind !== 'waiting') return undefined;
  const { standing, policy, expiresAt } = approval;
  const ask = { policy, roster: order.roster, requester: order.requester.person };
  const able = Object.keys(order.roster).filter(
    (person) => !standing.by.includes(person) && whyNot(ask, person) === undefined,
  );
  return {
    reason: `${environment ?? ''} waits for the approval of ${asked(standing.missing)}`,
    for: [...new Set(standing.missing)].map((role) => ({
      role,
      people: able.filter((p) => order.roster[p]?.includes(role)),
    })),
    until: expiresAt,
    command: `slipway approve ${order.changeId} --comment "…"`,
  };
}
