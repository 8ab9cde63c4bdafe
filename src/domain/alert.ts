import type { Situation } from './command.js';
import { after, type Instant, type Milliseconds, spoken } from './duration.js';

/** One alert about a service in an environment, as a monitor tells it. */
export interface Alert {
  /** What it is and when it began: told again, or by a second monitor, it is the same. */
  readonly id: string;
  readonly name: string;
  readonly severity: string;
  readonly status: 'firing' | 'resolved';
  readonly startsAt: Instant;
  /** A sentence for people, cut to 200 characters. */
  readonly summary: string;
  /** What it says it is about, as far as it says so: the change, the version, the lane. */
  readonly changeId?: string;
  readonly version?: string;
  readonly lane?: string;
}

/** By severity: how long an alert may fire before the release goes back; 0 is at once. Any other is only written down. */
export type AlertSeverities = Readonly<Record<string, Milliseconds>>;

/** What alerts come to, pinned when a release is asked for. After the adoption it is tighter (SPEC-0701, Monitoring Windows). */
export interface AlertPolicy {
  readonly rollout: AlertSeverities;
  readonly aftercare: AlertSeverities;
}

/** Where nothing else is said: of releases that were asked for before anybody could say it, too. */
export const usualAlerts: AlertPolicy = {
  rollout: { critical: 0 },
  aftercare: { critical: 0, warning: 900_000 },
};

/**
 * What came of an alert.
 * - `demanded`: the release goes back because of it. `counting-down`: it does unless the alert is resolved in time.
 * - `snoozed`: people asked not to be moved by alerts for a while. `ended`: a countdown that the resolve has ended.
 * - `ignored`: it moves nothing here; what was said tells why.
 */
export interface AlertRecord extends Alert {
  /** When it was heard. */
  readonly at: Instant;
  /** Who told it. */
  readonly by: string;
  readonly outcome: 'demanded' | 'counting-down' | 'snoozed' | 'ended' | 'ignored';
  readonly said: string;
  /** When it goes back unless the alert is resolved; missing of all others, and of one that is snoozed to the end. */
  readonly due?: Instant;
}

/** Who heard alerts, and what came of each, in their order. */
export interface AlertsHeard {
  readonly changeId: string;
  readonly records: readonly AlertRecord[];
  /** It goes back by now: nothing that fires adds to that. */
  readonly goesBack: boolean;
}

/** What an alert meets. */
export interface AlertSituation {
  readonly changeId: string;
  /** The version that could go back, and the lane that it is in. */
  readonly version: string;
  readonly lane: 'stable' | 'candidate';
  /** When the rollout began: what fires for longer was not brought about by it. */
  readonly since: Instant;
  readonly now: Instant;
  readonly phase: Situation['phase'];
  /** Why the version can no longer go back; missing while it can. */
  readonly noReturn?: string;
  readonly severities: AlertSeverities;
  readonly snoozed?: Snooze;
}

/** Alerts move nothing until then; to the end, when `until` is missing. */
export interface Snooze {
  readonly by: string;
  readonly reason: string;
  readonly until?: Instant;
}

/** What an alert comes to. */
export type AlertRuling = Pick<AlertRecord, 'outcome' | 'said' | 'due'>;

/** Judges an alert that fires and was not heard before, by where the release is. The table stands in `workflows/README.md`. */
export function ruleOnAlert(alert: Alert, met: AlertSituation): AlertRuling {
  const foreign = whyForeign(alert, met);
  if (foreign !== undefined) return ignored(foreign);
  const { severity } = alert;
  const after_ = Object.hasOwn(met.severities, severity) ? met.severities[severity] : undefined;
  if (after_ === undefined) {
    const known = Object.keys(met.severities).join(', ') || 'none';
    return ignored(`severity "${severity.slice(0, 40)}" moves nothing; what does: ${known}`);
  }
  const late = whyLate(met);
  if (late !== undefined) return ignored(late);
  return counted(after_, met);
}

/** Why an alert is not about what is under way here; nothing where it may be. */
function whyForeign({ changeId, version, lane, startsAt }: Alert, met: AlertSituation): string | undefined {
  if (changeId !== undefined && changeId !== met.changeId) return `it is about ${changeId}, not ${met.changeId}`;
  if (version !== undefined && version !== met.version)
    return `it is about version ${version}; what could go back is ${met.version}`;
  if (lane !== undefined && lane !== met.lane) return `it is about the ${lane} lane; what could go back is ${met.lane}`;
  if (Date.parse(startsAt) < Date.parse(met.since))
    return `it fires since ${startsAt}, before ${met.changeId} began here at ${met.since}`;
  return undefined;
}

/** Why it comes too late to move anything; nothing where it does not. */
function whyLate({ phase, noReturn }: AlertSituation): string | undefined {
  if (phase === 'going-back') return 'it is going back already';
  if (phase === 'stuck') return 'it is going back and stuck: retry, skip or take-over get it going';
  if (phase === 'closing') return 'the release has ended';
  return noReturn;
}

/** From now on it counts down, if only for an instant. */
function counted(wait: Milliseconds, { now, snoozed }: AlertSituation): AlertRuling {
  if (snoozed) {
    const { by, reason, until } = snoozed;
    const says = `alerts are snoozed ${until === undefined ? 'to the end' : `until ${until}`} by ${by}: ${reason}`;
    const due = dueAt(after(now, wait), snoozed);
    return { outcome: 'snoozed', said: says, ...(due !== undefined && { due }) };
  }
  if (wait === 0) return { outcome: 'demanded', said: 'it goes back', due: now };
  const due = after(now, wait);
  return { outcome: 'counting-down', said: `it goes back in ${spoken(wait)}, at ${due}, unless it is resolved`, due };
}

/** When a countdown is over that people have put off; never, where that is to the end. */
export function dueAt(due: Instant, snoozed: Snooze | undefined): Instant | undefined {
  if (!snoozed) return due;
  const { until } = snoozed;
  if (until === undefined) return undefined;
  return Date.parse(until) > Date.parse(due) ? until : due;
}

const ignored = (said: string): AlertRuling => ({ outcome: 'ignored', said });
