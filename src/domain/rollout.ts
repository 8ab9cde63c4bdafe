import type { Roster } from './approval.js';
import type { AlertPolicy, AlertRecord, Snooze } from './alert.js';
import type { Artifact } from './artifact.js';
import type { CalendarPolicy } from './calendar.js';
import type { CommandRecord } from './command.js';
import { type Instant, type Milliseconds, spoken } from './duration.js';
import type { Place } from './environment.js';
import { type FlagSetting, settingText } from './flag.js';
import { type DataRecord, type DataStep, migrationKind } from './migration.js';
import type { JudgedBy } from './judged.js';
import type { Series } from './series.js';
import type { Control } from './sample.js';
import type { Window } from './strategy.js';
import type { Verdict } from './verdict.js';
import type { MetricReport, WindowScore } from './window-metric.js';

/** The two places a version can run: what users have now, and what they may be given. */
export type Lane = 'stable' | 'candidate';

/** A lane, or the fresh baseline: what is stable, started again beside a candidate, to be compared with it. */
export type AnyLane = Lane | 'baseline';

/**
 * The whole vocabulary of a rollout. A strategy is a sentence in these words, and the rollout workflow carries the
 * sentence out, word by word.
 * - `start` brings instances of the plan's `to` up in the candidate lane, healthy; `stop` ends that lane.
 * - `replace` makes `batch` of `of` parts of the fleet run `to`, the rest `from`, traffic in proportion; batch 0 is all `from`.
 * - `shift` gives the candidate lane `share` per cent of the traffic.
 * - `start-baseline` brings as many instances of the plan's `from` up afresh, which get as much traffic as the candidate as
 *   long as both have room; `stop-baseline` ends them, and the stable lane has that traffic again.
 * - `verify` runs the smoke suite against one lane; `observe` watches the candidate for a window. They only look.
 * - `adopt` makes the candidate the stable lane and ends the former one. It has no way back inside the rollout.
 * - `backup` dumps the data of the service and proves the dump by a restore; `migrate` and `revert` run the scripts of a
 *   version's migration. A revert that finds nothing applied is done.
 * - `set-flag` sets a feature flag that the release is bound to. It is taken before the way back, and is no part of it.
 */
export type Step =
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'start-baseline' }
  | { readonly kind: 'stop-baseline' }
  | { readonly kind: 'replace'; readonly batch: number; readonly of: number }
  | {
      readonly kind: 'shift';
      readonly share: number;
      /** On the way back: shares passed through on the way to `share`, falling, with `every` between them. */
      readonly by?: readonly number[];
      readonly every?: Milliseconds;
    }
  | { readonly kind: 'verify'; readonly lane: Lane; readonly within: Milliseconds }
  | { readonly kind: 'observe'; readonly window: Window }
  | {
      readonly kind: 'adopt';
      /** Whether the former version is kept warm, without traffic, as the target of an instant rollback. */
      readonly keepFormer?: boolean;
    }
  | { readonly kind: 'backup' }
  | { readonly kind: 'set-flag'; readonly flag: string; readonly to: FlagSetting }
  | DataStep;

/** The words a way back is made of. */
export type BackStep = Extract<Step, { kind: 'stop' | 'stop-baseline' | 'replace' | 'shift' | 'migrate' | 'revert' }>;

/** A step and its way back, both fixed when the plan is made, so that an approver reads both. */
export interface PlannedStep {
  /** Unique in the plan and part of every effect's key: `03-shift`. */
  readonly id: string;
  readonly take: Step;
  readonly back?: BackStep;
}

/** A flag that a release is bound to, and what being off is for it. */
export interface BoundFlag {
  readonly flag: string;
  readonly off: FlagSetting;
}

/** A release's work in one environment: made by a pure function, stored as data, read by the workflow. */
export interface RolloutPlan {
  readonly place: Place;
  /** `first`: nothing runs yet, so there is nothing to compare with. `recovery`: a former version comes back. `drill`: what runs is given to users a second time, to be taken back. */
  readonly strategy: 'canary' | 'blue-green' | 'rolling' | 'first' | 'recovery' | 'drill';
  readonly from?: Artifact;
  readonly to: Artifact;
  readonly instances: number;
  /** The share that was found when it was planned, where it was not 0. */
  readonly found?: number;
  /** Fencing token of the way forth; the way back uses the numbers after it. Platforms refuse anything older. */
  readonly generation: number;
  readonly steps: readonly PlannedStep[];
  /** Flags that go off, and are looked at again, before the version goes back; missing where none is bound. */
  readonly flags?: readonly BoundFlag[];
  /** What a rollback would do to data; missing where the rollout does not touch any. */
  readonly dataImpact?: string;
  /** SHA-256 over the canonical JSON of all the other fields; what an approval is bound to. */
  readonly hash: string;
}

/** What a rollout is started with. */
export interface RolloutOrder {
  readonly changeId: string;
  readonly plan: RolloutPlan;
  readonly smokeWithin: Milliseconds;
  readonly rollbackPatience: Milliseconds;
  /** Who holds which role: whose command counts is judged where it is heard. */
  readonly roster?: Roster;
  /** What the release is told: that it stands still and goes on again; `true`, of rollouts begun earlier, that it goes back as well. */
  readonly tellsRelease?: true | 'standstill';
  /** Holds in force when it begins. */
  readonly holds?: readonly Hold[];
  /** What a hold means for a rollout that has begun: it stops before the next step, or finishes. */
  readonly onHold?: 'stop' | 'finish';
  /** The most points of traffic that one command may give to the candidate unseen; as many as it likes when missing. */
  readonly blastRadius?: number;
  /** Its way back is rehearsed: it goes back once all its steps have passed, for this reason. */
  readonly drill?: string;
  /** How long it stays where it has come to before that. */
  readonly drillStays?: Milliseconds;
  /** When what lets it go forth closes, and what it does then; it goes on whatever the hour when missing. */
  readonly calendar?: CalendarPolicy & { readonly closesAt?: Instant };
  /** What alerts come to; as usual when missing. */
  readonly alerts?: AlertPolicy;
}

/** Somebody or something asks for the way back. */
export interface Demand {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
  readonly cause: 'judgement' | 'smoke' | 'health' | 'person' | 'fault' | 'cancellation' | 'drill' | 'alert';
}

/** What became of one planned step. */
export interface StepRecord {
  readonly id: string;
  readonly step: Step;
  /** The step as a sentence, where the plan of the record is not the one it was taken by. */
  readonly does?: string;
  readonly direction: 'forth' | 'back';
  readonly begunAt: Instant;
  readonly endedAt?: Instant;
  readonly verdict?: Verdict;
  /** A person went on in spite of the verdict. */
  readonly overruled?: { readonly by: string; readonly reason: string; readonly how: 'promoted' | 'skipped' };
}

/** One run of the smoke suite; the log is cut to its last 8 KB. */
export interface SmokeRun {
  readonly at: Instant;
  readonly lane: Lane;
  readonly version: string;
  readonly verdict: Verdict;
  readonly log: string;
}

/** One observation window as it ended: the figures a verdict rests on. */
export interface Observation {
  readonly stepId: string;
  readonly share: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly looks: number;
  readonly stable: LaneFigures;
  readonly candidate: LaneFigures;
  /** The figures under `stable` are those of a fresh baseline; of the stable lane when missing. */
  readonly control?: Control;
  readonly verdict: Verdict;
  /** Missing of a window that began before this was kept, and of one that ended at its first look. */
  readonly series?: Series;
  /** Missing of a window that began before this was kept, and of one that ended blind. */
  readonly judgedBy?: JudgedBy;
  /** What its metrics came to, in their order, and their score; missing where it has none. */
  readonly metrics?: readonly MetricReport[];
  readonly score?: WindowScore;
}

/** What one lane answered in a window. `p95Ms` is missing where nothing was answered. */
export interface LaneFigures {
  readonly requests: number;
  readonly errors: number;
  readonly p95Ms?: number;
}

/** How a rollout ended, with all that the records need of it. */
export interface RolloutOutcome {
  readonly kind: RolloutEnd;
  readonly place: Place;
  readonly begunAt: Instant;
  readonly endedAt: Instant;
  readonly steps: readonly StepRecord[];
  readonly smoke: readonly SmokeRun[];
  readonly observations: readonly Observation[];
  /** Only of a rollout with a migration. */
  readonly data?: DataRecord;
  /** Only of a rollback. */
  readonly rollback?: RollbackFacts;
  /** A demand heard while adopting, too late to turn round in: the release answers it with a recovery. */
  readonly unanswered?: Demand;
  /** Every command that was heard, with what came of it. */
  readonly commands?: readonly CommandRecord[];
  /** Every alert that was heard, with what came of it; missing where there was none. */
  readonly alerts?: readonly AlertRecord[];
  /** Of what was taken over: what had not been done, a sentence each. */
  readonly leftUndone?: readonly string[];
}

/**
 * How a rollout can end. `aborted`: users are on the stable lane, and the candidate is left to be looked at.
 * `taken-over`: a person ended it as it was; `leftUndone` says what is in that person's hands.
 */
export type RolloutEnd = 'adopted' | 'rolled-back' | 'aborted' | 'taken-over';

export interface RollbackFacts {
  readonly demand: Demand;
  /** When users first met the candidate; missing when they never did. */
  readonly exposedAt?: Instant;
  /** When the world was read back as safe: no traffic on the candidate. */
  readonly safeAt: Instant;
  /** First exposure to demand; missing when users never met the candidate. */
  readonly timeToDetectMs?: Milliseconds;
  /** Demand to safe. */
  readonly timeToSafeMs: Milliseconds;
  /** The smoke run on the stable lane after going back. Missing when nothing had been running before. */
  readonly verification?: Verdict;
}

export type RolloutState = 'running' | 'paused' | 'held' | 'going-back' | 'stuck' | RolloutEnd;

/** What a rollout answers when asked how far it is. */
export interface RolloutProgress {
  readonly state: RolloutState;
  readonly plan: RolloutPlan;
  readonly share: number;
  readonly steps: readonly StepRecord[];
  readonly demand?: Demand;
  /** Who paused it, or holds the line, and why. */
  readonly paused?: Pause;
  /** Why it waits for a person, and what gets it going again. */
  readonly held?: string;
  /** When it goes back unless people decide before; only of one that is held because a window has seen too little. */
  readonly heldUntil?: Instant;
  /** Why it is stuck, and what gets it going again. */
  readonly stuck?: string;
  /** The windows that are over; missing before the first. */
  readonly observations?: readonly Observation[];
  readonly commands?: readonly CommandRecord[];
  /** Alerts, as they were heard; missing before the first. */
  readonly alerts?: readonly AlertRecord[];
  /** When it goes back unless alerts are resolved before; missing where none counts down. */
  readonly goesBackAt?: Instant;
  /** People let alerts move nothing for now. */
  readonly snoozed?: Snooze;
  /** Messages that could not be taken, newest last. */
  readonly refused: readonly Refusal[];
}

/** Somebody wants nothing further to begin. */
export interface Pause {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** The line is stopped: for one service, for one environment, or for everything. Never a way back. */
export interface Hold extends Pause {
  /** `everything`, `service/<name>` or `environment/<name>`. */
  readonly scope: string;
}

/** A message that was heard and not followed, and the rule that refused it. */
export interface Refusal {
  readonly at: Instant;
  readonly message: string;
  readonly from: string;
  readonly reason: string;
}

/** What happens before the version goes back, as a sentence for people; nothing where no flag is bound. */
export function flagsFirst(
  flags: readonly { readonly flag: string; readonly off?: FlagSetting }[] = [],
): string | undefined {
  if (flags.length === 0) return undefined;
  const each = flags.map(({ flag, off }) => (off ? `${flag} is set to ${settingText(off)}` : `${flag} is set to off`));
  return `${each.join(' and ')}, and users are looked at again, before the version goes back`;
}

/** One step as a sentence for people: `shift 25 % of the traffic to the candidate`. */
export function sentence(step: Step, plan: Pick<RolloutPlan, 'from' | 'to' | 'instances'>): string {
  const to = plan.to.version;
  switch (step.kind) {
    case 'start':
      return `start ${plan.instances} of ${to} beside what is running`;
    case 'stop':
      return `stop the candidate ${to}`;
    case 'start-baseline':
      return `start ${plan.instances} of ${plan.from?.version ?? 'nothing'} afresh as the baseline`;
    case 'stop-baseline':
      return `stop the baseline ${plan.from?.version ?? ''}`.trimEnd();
    case 'replace':
      return step.batch === 0
        ? `put all instances back to ${plan.from?.version ?? 'nothing'}`
        : `batch ${step.batch} of ${step.of} runs ${to}`;
    case 'shift':
      return step.share === 0
        ? `move all traffic back to the stable lane${by(step)}`
        : `give ${to} ${step.share} % of the traffic`;
    case 'verify':
      return `smoke suite on the ${step.lane} lane`;
    case 'observe':
      return `observe ${to}`;
    case 'adopt':
      return step.keepFormer
        ? `adopt ${to} as stable, ${plan.from?.version ?? 'what was before'} kept warm`
        : `adopt ${to} as stable`;
    case 'set-flag':
      return `set flag ${step.flag} to ${settingText(step.to)}`;
    case 'backup':
      return 'back the data up and prove the backup by a restore';
    case 'migrate':
      return `migrate the data by ${step.migration.migrate.path} of ${step.of.version} (${migrationKind(step.migration)})`;
    case 'revert':
      return `revert the data by ${step.migration.revert.path} of ${step.of.version}`;
  }
}

const by = ({ by: shares = [], every }: Extract<Step, { kind: 'shift' }>): string =>
  shares.length === 0 ? '' : ` by ${shares.join(' and ')} %, ${spoken(every ?? 0)} at each`;

/**
 * Why going back with the version is refused: an irreversible migration was begun, and nobody knows that it left the data
 * alone. `undefined` while the way back is open.
 */
export function whyNoWayBack(steps: readonly StepRecord[], data: DataRecord | undefined): string | undefined {
  const begun = steps.flatMap(({ step }) => (step.kind === 'migrate' ? [step] : []));
  const done = begun.find(({ migration }) => migration.class === 'irreversible');
  if (!done || data?.migrated?.kind === 'refused') return undefined;
  const { migration, of } = done;
  const ran = data?.migrated ? 'has run' : 'may have run';
  return `${migration.migrate.path} of ${of.version} is irreversible and ${ran}: the former version cannot work on this data. Release a fix forward`;
}
