import type { Roster } from './approval.js';
import { type Instant, type Milliseconds, minutes } from './duration.js';
import { governanceSentinel, type Role } from './environment.js';
import type { Evidence } from './readiness.js';

/** Who is called when something is not in order, and has to say that he knows. */
export const onCall: Role = 'on-call';

/** Whoever is on call knows: of a coming deployment, or of what was told urgently. It is about one change. */
export interface Acknowledgement {
  readonly changeId: string;
  readonly by: string;
  readonly at: Instant;
  readonly comment?: string;
}

/** What the front door passes on: in which roles it is said. */
export interface SaidAcknowledgement {
  readonly changeId: string;
  readonly comment?: string;
  readonly roles: readonly Role[];
}

/** An acknowledgement as it is recorded. */
export interface RecordedAcknowledgement extends Acknowledgement {
  readonly service: string;
  /** From when on it was waited for: the demand of the rollback, or when the coming deployment was told. */
  readonly since?: Instant;
  /** The folder of the incident that it is about. */
  readonly incident?: string;
}

/** How long is waited for an acknowledgement before people are told again, and before others are; never when missing. */
export interface NoticePolicy {
  readonly repeat?: Milliseconds;
  readonly escalate?: { readonly after: Milliseconds; readonly to: string };
}

export const usualNotices: NoticePolicy = {
  repeat: minutes(15),
  escalate: { after: minutes(60), to: governanceSentinel },
};

/** Who holds a role, or the person of this name. */
export const holdersOf = (who: string, roster: Roster): readonly string[] =>
  Object.keys(roster).filter((person) => person === who || roster[person]?.includes(who));

/** Why a word is no acknowledgement; nothing where it is. */
export const whyNotAcknowledged = (by: string, { roles }: SaidAcknowledgement): string | undefined =>
  roles.includes(onCall)
    ? undefined
    : `${by} holds ${roles.join(', ') || 'no role'}; what is told to whoever is on call is acknowledged by ${onCall}`;

/** That whoever is on call knows of this deployment. One that was acknowledged for another change is not among them. */
export const evidenceOfAcknowledgement = (
  acknowledged: readonly Acknowledgement[],
  { changeId, toldAt }: { readonly changeId: string; readonly toldAt?: Instant },
): readonly Evidence[] =>
  acknowledged
    .filter((one) => one.changeId === changeId)
    .map(({ by, at, comment }) => ({
      ...{ item: 'on-call-notified', at, by, source: 'system' },
      what: `${toldAt === undefined ? '' : `notified at ${toldAt}, `}acknowledged by ${by} at ${at}${comment === undefined ? '' : `: ${comment}`}`,
    }));
