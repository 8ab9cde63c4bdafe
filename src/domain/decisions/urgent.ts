import { type Acknowledgement, holdersOf, type NoticePolicy, onCall } from '../acknowledgement.js';
import type { Roster } from '../approval.js';
import { between, type Instant, spoken } from '../duration.js';
import type { Finding } from '../finding.js';
import type { ReleaseState } from '../release.js';

/** What people were told urgently of a release, until whoever is on call has acknowledged it. */
export interface Urgent {
  readonly changeId: string;
  readonly service: string;
  readonly version: string;
  readonly state: string;
  /** When it was told first, and last; and how often. */
  readonly since: Instant;
  readonly last: Instant;
  readonly calls: number;
  readonly acknowledged?: true;
}

const phrases: Partial<Record<ReleaseState | 'lost', string>> = {
  'going-back': 'goes back',
  'rolled-back': 'went back',
  held: 'is held: people must look',
  stuck: 'is stuck: its way back cannot be taken',
  lost: 'was ended from outside',
};

const phraseOf = (state: string): string | undefined =>
  (phrases as Readonly<Record<string, string | undefined>>)[state];

/**
 * What is urgent of a release that has come to a state. Who has acknowledged that it goes back is not asked again once it
 * has; whatever else comes later is to be acknowledged anew.
 */
export function urgentAfter(
  before: Urgent | undefined,
  { changeId, service, version, state }: Pick<Urgent, 'changeId' | 'service' | 'version' | 'state'>,
  { isEmergency, now }: { readonly isEmergency: boolean; readonly now: Instant },
): Urgent | undefined {
  const isUrgent = phraseOf(state) !== undefined || (isEmergency && !before);
  if (!isUrgent) return before;
  if (before && (!before.acknowledged || state === 'rolled-back')) return { ...before, state };
  return { changeId, service, version, state, since: now, last: now, calls: 1 };
}

export const isAcknowledged = ({ changeId, since }: Urgent, acknowledged: readonly Acknowledgement[]): boolean =>
  acknowledged.some((one) => one.changeId === changeId && one.at >= since);

/** What people are told again while nobody has acknowledged it; nothing before its time, and where nobody is on call. */
export function callAgain(
  urgent: Urgent,
  { policy, roster, now }: { readonly policy: NoticePolicy; readonly roster: Roster; readonly now: Instant },
): { readonly key: string; readonly text: string } | undefined {
  const { changeId, since, last, calls } = urgent;
  const due = policy.repeat !== undefined && between(last, now) >= policy.repeat;
  if (!due || urgent.acknowledged || holdersOf(onCall, roster).length === 0) return undefined;
  const waited = between(since, now);
  const { escalate } = policy;
  const others = escalate && waited >= escalate.after ? `ESCALATED to ${named(escalate.to, roster)}. ` : '';
  const text = `${others}Nobody has acknowledged for ${spoken(waited)}: ${saidOf(urgent)}. ${acknowledging(changeId, roster)}`;
  return { key: `urgent/${changeId}/${since}/${calls + 1}`, text };
}

/** `dave is on call: slipway acknowledge change-20261124-01`; nothing where nobody is. */
export function acknowledging(changeId: string, roster: Roster): string {
  const people = holdersOf(onCall, roster);
  if (people.length === 0) return '';
  return `${people.join(' or ')} ${people.length === 1 ? 'is' : 'are'} on call: slipway acknowledge ${changeId}`;
}

/** What nobody has acknowledged, for whoever looks. */
export const unacknowledged = (all: readonly Urgent[], roster: Roster): readonly Finding[] =>
  all
    .filter((urgent) => !urgent.acknowledged && holdersOf(onCall, roster).length > 0)
    .map((urgent) => ({
      ...{ kind: 'unacknowledged' as const, service: urgent.service, about: urgent.changeId, environment: '' },
      since: urgent.since,
      text: `nobody on call (${holdersOf(onCall, roster).join(', ')}) has acknowledged that ${saidOf(urgent)}`,
      command: `slipway acknowledge ${urgent.changeId}`,
    }));

const saidOf = ({ service, version, changeId, state }: Urgent): string =>
  `${service} ${version} (${changeId}) ${phraseOf(state) ?? 'is an emergency'}`;

/** `governance-sentinel (grace)`, or the person alone. */
function named(who: string, roster: Roster): string {
  const people = holdersOf(who, roster);
  return people.length === 0 || people.includes(who) ? who : `${who} (${people.join(', ')})`;
}
