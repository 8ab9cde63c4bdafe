import type { AlertPolicy, AlertRecord, Snooze } from './alert.js';
import type { Roster } from './approval.js';
import type { Instant, Milliseconds } from './duration.js';
import type { Person } from './environment.js';
import type { ProfileStamp } from './release.js';
import type { LaneFigures, RolloutPlan } from './rollout.js';
import type { Window } from './strategy.js';
import type { Verdict } from './verdict.js';

/** What the time after an adoption is watched by (SPEC-0701, Monitoring Windows: 24 hours). */
export interface AftercareOrder {
  readonly changeId: string;
  /** Of the rollout that adopted: what runs now is its `to`, what is kept warm its `from`. */
  readonly plan: RolloutPlan;
  readonly window: Window;
  /** What the former version answered while both were watched: what the new one is compared with. */
  readonly baseline?: LaneFigures;
  /** Whose release it was, for the records; of one that began earlier nothing is recorded here. */
  /** What alerts come to, and since when they may be about this; of one that began earlier they move nothing. */
  readonly alerts?: AlertPolicy & { readonly since: Instant };
  /** Who holds which role: who may snooze alerts. */
  readonly roster?: Roster;
  readonly about?: { readonly requester: Person; readonly profile: ProfileStamp };
}

/** What a look at what was adopted comes to when it is the last. */
export interface AftercareReport {
  /** `over`: the time is up. `bad`: it must go back. `superseded`: something else runs there by now. */
  readonly kind: 'over' | 'bad' | 'superseded';
  readonly from: Instant;
  readonly to: Instant;
  readonly watchedMs: Milliseconds;
  readonly looks: number;
  /** Of the whole time, or of the stretch that went wrong. */
  readonly figures: LaneFigures;
  readonly verdict: Verdict;
}

export interface AftercareProgress {
  readonly state: 'watching' | 'demanding' | 'retiring' | 'ended';
  readonly changeId: string;
  readonly plan: RolloutPlan;
  readonly until: Instant;
  readonly report?: AftercareReport;
  /** Alerts, as they were heard; missing before the first. */
  readonly alerts?: readonly AlertRecord[];
  /** When it goes back unless alerts are resolved before; missing where none counts down. */
  readonly goesBackAt?: Instant;
  readonly snoozed?: Snooze;
}
