import * as z from 'zod';
import { whyNot } from '../../domain/approval.js';
import type { ReleaseProgress, ReleaseState } from '../../domain/release.js';
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
  const stuck = rollouts.find((found) => found.run.status === 'running' && found.progress.stuck !== undefined);
  if (stuck?.progress.stuck !== undefined)
    return { reason: `stuck: ${stuck.progress.stuck}`, for: [], command: `slipway retry ${changeId} --reason "…"` };
  return state === 'awaiting-approval' ? approvalWait(progress) : undefined;
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
    reason: `${environment ?? ''} waits for the approval of ${standing.missing.join(' and ')}`,
    for: standing.missing.map((role) => ({ role, people: able.filter((p) => order.roster[p]?.includes(role)) })),
    until: expiresAt,
    command: `slipway approve ${order.changeId} --comment "…"`,
  };
}
