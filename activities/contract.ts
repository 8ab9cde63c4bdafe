import type { Acknowledgement } from '../src/domain/acknowledgement.js';
import type { AftercareReport } from '../src/domain/aftercare.js';
import type { ApprovalDecision, CodeSubject, PrincipalCheck } from '../src/domain/approval.js';
import type { Artifact } from '../src/domain/artifact.js';
import type { Audited, AuditReport } from '../src/domain/audit.js';
import type { CalendarStanding, CustomersTold } from '../src/domain/calendar.js';
import type { CommandRecord } from '../src/domain/command.js';
import type { DriftSeen } from '../src/domain/drift.js';
import type { DrillFacts, Sent } from '../src/domain/drill.js';
import type { Instant, Milliseconds } from '../src/domain/duration.js';
import type { Place } from '../src/domain/environment.js';
import type { SettledDebt } from '../src/domain/emergency.js';
import type { Finding } from '../src/domain/finding.js';
import type { FollowUpAnswer, FollowUpWord, NewFollowUp } from '../src/domain/follow-up.js';
import type { FlagSet, FlagSetting, FlagTo } from '../src/domain/flag.js';
import type {
  FlagObservation,
  FlagOrder,
  FlagOutcome,
  FlagPlan,
  FlagRequest,
  FlagsOff,
} from '../src/domain/flag-change.js';
import type { GateOrder, GateRun } from '../src/domain/gate.js';
import type {
  BackupOutcome,
  BackupProof,
  DataChange,
  DataStep,
  DataWritten,
  MigrationOutcome,
  Reversal,
  RevertOutcome,
} from '../src/domain/migration.js';
import type { BuildOutcome, ReleaseOrder, ReleaseOutcome, ReleaseRequest, StageOrder } from '../src/domain/release.js';
import type { Readiness, ReadinessPolicy } from '../src/domain/readiness.js';
import type { KnownChanges, PlaceNow, Reconciled, Reconciliation, Remembered } from '../src/domain/recovery.js';
import type { RestoreProof, RestoreTest } from '../src/domain/restore-test.js';
import type { Sweep } from '../src/domain/retention.js';
import type { Lane, LaneFigures, RolloutOutcome, RolloutPlan, SmokeRun } from '../src/domain/rollout.js';
import type { Control, LaneCounters } from '../src/domain/sample.js';
import type { ReaderReport, Rotation, SecretsStanding } from '../src/domain/secret.js';
import type { JudgedBy } from '../src/domain/judged.js';
import type { Series } from '../src/domain/series.js';
import type { MetricReport, WindowScore } from '../src/domain/window-metric.js';
import type { Window } from '../src/domain/strategy.js';
import type { Verdict } from '../src/domain/verdict.js';

/** Carried by every effect; see `src/ports/fleet.ts`. */
export interface Fenced {
  readonly key: string;
  readonly generation: number;
}

/** Queue `build`. */
export interface BuildActivities {
  /** Runs again after a crash from the clean checkout on; the same input has the same digest. */
  buildArtifact(ask: {
    readonly service: string;
    readonly commit: string;
    readonly version: string;
  }): Promise<BuildOutcome>;
  /** Looks for artifacts that have had their time; with `remove`, tags, those of them go. Removing again changes nothing. */
  sweepArtifacts(ask: { readonly remove?: readonly string[] }): Promise<Sweep>;
}

/** The part of an environment's work that is about data. A script and the note of it are one transaction. */
export interface DatabaseActivities {
  /** Fenced; a backup that has its proof is answered, one whose worker died is taken anew. Touches no data. */
  backUp(ask: Fenced & { readonly place: Place; readonly steps: readonly DataStep[] }): Promise<BackupOutcome>;
  /** Fenced; what is applied, under this key or by whichever version, is answered and not applied again. */
  migrate(ask: Fenced & DataChange & { readonly place: Place; readonly proof: BackupProof }): Promise<MigrationOutcome>;
  /** Fenced; what is not applied is not reverted. A script that fails is a fault: people are called. */
  revertMigration(ask: Fenced & Reversal & { readonly place: Place }): Promise<RevertOutcome>;
  /** As `migrate`, on the way back from a revert: a script that fails is a fault here too. */
  migrateAgain(ask: Parameters<DatabaseActivities['migrate']>[0]): Promise<Done>;
  /** Only looks, at a copy that it makes and drops. */
  testRestore(ask: { readonly place: Place }): Promise<RestoreTest>;
  /** Only looks: the latest restore that has worked here. */
  restoreTested(ask: { readonly place: Place }): Promise<RestoreProof | undefined>;
  /** Services that have a database here. */
  restorable(ask: { readonly environment: string }): Promise<readonly string[]>;
  /** Only looks. */
  dataWrittenSince(ask: { readonly place: Place; readonly proof: BackupProof }): Promise<DataWritten>;
}

/** Queue `environment/<name>`: only that environment's worker holds its credentials. */
export interface EnvironmentActivities extends DatabaseActivities {
  /** Reads the world and plans against it, data included. Changes nothing; refused where there is no way to this version. */
  planRollout(ask: {
    readonly kind: 'release' | 'recovery';
    readonly stage: StageOrder;
    readonly artifact: Artifact;
  }): Promise<RolloutPlan>;
  /** Only looks. */
  seePlace(ask: { readonly place: Place }): Promise<PlaceNow>;
  /** Fenced; an applied key is answered with what is running. */
  startCandidate(ask: Fenced & StartAsk): Promise<Done>;
  /** Fenced; stopping what does not run is done at once. */
  stopCandidate(ask: Fenced & { readonly place: Place }): Promise<Done>;
  /** Fenced; an applied key is answered with what is running. Every instance must run the stable artifact. */
  startBaseline(ask: Fenced & Omit<StartAsk, 'from'>): Promise<Done>;
  /** Fenced; stopping what does not run is done at once. */
  stopBaseline(ask: Fenced & { readonly place: Place }): Promise<Done>;
  /** Fenced; asks for a state, not for a change. */
  replaceBatch(ask: Fenced & ReplaceAsk): Promise<Done>;
  /** Fenced; asks for a share and reads it back. `expected` and `digest` are left out on the way back. */
  shiftTraffic(
    ask: Fenced & {
      readonly place: Place;
      readonly share: number;
      readonly expected?: number;
      /** What every instance of the candidate lane must run before users are given to it. */
      readonly digest?: string;
      /** How many instances carry all traffic: whoever gains some must have its part of them able. */
      readonly instances?: number;
    },
  ): Promise<Done>;
  /** Fenced; adopting what is adopted is done at once. Every instance must run `digest`. */
  adoptCandidate(
    ask: Fenced & { readonly place: Place; readonly digest: string; readonly keepFormer?: boolean },
  ): Promise<Done>;
  /** Fenced; ends what was kept warm after an adoption. Done at once where nothing is. */
  retireFormer(ask: Fenced & { readonly place: Place }): Promise<Done>;
  /** Only looks. Late is not in time: the run must end before `before`; and every instance of the lane must run `digest`. */
  runSmoke(ask: {
    readonly place: Place;
    readonly lane: Lane;
    readonly digest: string;
    readonly before: Instant;
  }): Promise<SmokeRun>;
  /** Only looks: once per attempt, failing benignly between looks, its samples carried in heartbeat details. */
  observeCandidate(ask: {
    readonly place: Place;
    readonly window: Window;
    /** Whether a version ran here before; without one there is no baseline. */
    readonly compared: boolean;
    /** Per cent of the traffic on the candidate; only of a window with metrics. */
    readonly share?: number;
    /** A fresh baseline is up, and what the candidate is compared with; the stable lane is when missing. */
    readonly control?: Control;
  }): Promise<WindowReport>;
  /** Only looks, as `observeCandidate` does, at what was adopted; ends early where it is bad or something else runs. */
  observeAdopted(ask: {
    readonly place: Place;
    readonly digest: string;
    readonly window: Window;
    readonly baseline?: LaneFigures;
  }): Promise<AftercareReport>;
  /** Reads the world and plans the rehearsal of its way back. Changes nothing; refused where nothing runs, or something is under way. */
  planDrill(ask: { readonly service: string; readonly stage: StageOrder }): Promise<RolloutPlan>;
  /** Uses the service until it is cancelled, and answers what its users met. After a crash it counts anew. */
  sendLoad(ask: { readonly place: Place; readonly requestsPerSecond: number }): Promise<Sent>;
  /** Runs the environment's quality gates for this artifact, in order, up to the first that does not pass. After a crash they run again. */
  runGates(ask: {
    readonly place: Place;
    readonly artifact: Artifact;
    readonly changeId: string;
    readonly gates: readonly GateOrder[];
  }): Promise<readonly GateRun[]>;
  /** Judges the checklist: what was shown, what the release has shown itself, and what is seen here. Ages are as of `now`, the engine's time. */
  judgeReadiness(ask: {
    readonly place: Place;
    readonly now: Instant;
    readonly policy: ReadinessPolicy;
    readonly artifact: Artifact;
    readonly changeId: string;
    readonly rehearsedIn: readonly string[];
    /** Whoever is on call is told of this change, and was at this time: who acknowledges it has shown that he knows. */
    readonly onCall?: { readonly toldAt?: Instant };
  }): Promise<Readiness>;
  /**
   * Judges windows, freezes and exceptions as they are configured now. Answers at once; with `known` it looks once an
   * attempt, failing benignly between looks, until it would answer something else.
   */
  judgeCalendar(ask: {
    readonly place: Place;
    readonly emergency?: boolean;
    /** Customers are told that long before. */
    readonly notBefore?: Instant;
    readonly known?: CalendarStanding;
  }): Promise<CalendarStanding>;
  /** Reads the flag and fixes the change with its way back. Changes nothing. */
  planFlag(ask: {
    readonly environment: string;
    readonly flag: string;
    readonly to: FlagTo;
    readonly blastRadius?: number;
  }): Promise<FlagPlan>;
  /** Fenced by the run in its key; an applied key is answered as the first time. `expected` is left out on the way back. */
  setFlag(ask: Fenced & SetFlagAsk): Promise<FlagSet & Done>;
  /** Only looks, as `observeCandidate` does, at the stable lane; judged against `baseline`, or only watched. */
  observeFlag(ask: {
    readonly place: Place;
    readonly window: Window;
    readonly baseline?: LaneCounters;
    readonly judged: boolean;
  }): Promise<FlagObservation>;
}

/** Queue `audits`, one at a time. */
export interface AuditActivities {
  /** The governance audit of a quarter that has begun, as of now. Writes nothing. */
  auditQuarter(ask: { readonly quarter: string }): Promise<AuditReport>;
  /** Idempotent by the quarter, which must be over: what was recorded first is answered. */
  recordAudit(ask: { readonly quarter: string; readonly by: string }): Promise<Audited>;
}

/** Queue `notices`. */
export interface HeraldActivities {
  /** Looks once an attempt, failing benignly between looks, for ever: a look that is repeated tells what is told already under the same key. */
  tellChanges(): Promise<never>;
}

/** Queue `notices`: people have to read it, so it takes as long as a mail server lets it. */
export interface CodeActivities {
  /**
   * Sends each of the people the code of his own, which is in neither what is asked nor what is answered. Who has it is
   * remembered between attempts; a copy that is sent twice is the same mail.
   */
  mailCodes(ask: CodesAsk): Promise<CodesMailed>;
}

export interface CodesAsk {
  readonly subject: Omit<CodeSubject, 'person'>;
  readonly people: readonly string[];
  /** `shop 1.2.0`, and the command that decides at the front door. */
  readonly what: string;
  readonly command: string;
}

/** Who was sent one, and who has no address. */
export interface CodesMailed {
  readonly mailed: readonly string[];
  readonly without: readonly string[];
}

/** Queue `environment/<name>`. */
export interface ReconcilerActivities {
  /** Only looks: whether the environment is as releases and changes of flags have left it. */
  lookForDrift(ask: { readonly environment: string }): Promise<DriftSeen>;
  /** Looks once an attempt, failing benignly between looks, until what is found differs from what is known. */
  compareWorld(ask: { readonly environment: string; readonly known: readonly Finding[] }): Promise<readonly Finding[]>;
}

/** Queue `environment/<name>`. */
export interface SecretActivities {
  /** Only looks: fingerprints of what this environment's own worker finds, and what runs there. */
  reportSecrets(ask: { readonly environment: string }): Promise<ReaderReport>;
}

/** Queue `records`. */
export interface RotationActivities {
  /** Only looks: what the house finds of its own secrets, and which environments read others. */
  reportHouse(): Promise<{ readonly report: ReaderReport; readonly environments: readonly string[] }>;
  /** Idempotent by the secret, the moment it was replaced at, and who says so. */
  recordRotation(ask: {
    readonly rotation: Rotation;
    readonly reports: readonly ReaderReport[];
  }): Promise<{ readonly paths: readonly string[] }>;
  /** Reads the records and judges by the engine's time. */
  judgeSecrets(ask: { readonly reports: readonly ReaderReport[] }): Promise<{
    readonly standing: SecretsStanding;
    readonly reminders: readonly { readonly key: string; readonly text: string }[];
  }>;
}

/** Queue `records`. */
export interface FollowUpActivities {
  /** Idempotent by the change, the moment, and who opens it. */
  openFollowUp(opened: NewFollowUp): Promise<FollowUpAnswer>;
  /** Idempotent by the follow-up, the moment, and who says it. */
  sayOfFollowUp(word: FollowUpWord): Promise<FollowUpAnswer>;
  /** Only looks: what people are to be told today of what falls due. */
  remindersDue(): Promise<readonly { readonly key: string; readonly text: string }[]>;
}

/** Queue `records`. */
export interface RecoveryActivities {
  /** Looks once an attempt, failing benignly between looks, until what is found differs from what is known. Ends what the records have overtaken. */
  compareRecords(ask: { readonly known: readonly Finding[] }): Promise<readonly Finding[]>;
  /** Only looks: why the records are ahead of a mailbox that knows this much. */
  lookBehind(ask: { readonly service: string; readonly known: KnownChanges }): Promise<{ readonly behind?: string }>;
  /** Only looks: whether the end of a rollout is recorded already. */
  isRecorded(ask: { readonly changeId: string; readonly environment: string }): Promise<boolean>;
  /** Only looks: what a mailbox is to know, from the records and what was seen of the world. */
  planReconciliation(ask: {
    readonly service: string;
    readonly places: readonly PlaceNow[];
    readonly known: KnownChanges;
    readonly memory: Remembered;
    readonly reviewWithin: Milliseconds;
  }): Promise<Reconciliation>;
  /** Ends in the engine what the records have overtaken, and writes it down: idempotent by service and moment. */
  recordReconciliation(reconciled: Reconciled): Promise<{ readonly paths: readonly string[] }>;
}

export interface SetFlagAsk {
  readonly environment: string;
  readonly flag: string;
  readonly to: FlagTo;
  readonly expected?: FlagSetting;
}

/** `from` is what must be stable now; anything else was moved by others. */
export interface StartAsk {
  readonly place: Place;
  readonly artifact: Artifact;
  readonly instances: number;
  readonly from?: Artifact;
}

export interface ReplaceAsk {
  readonly place: Place;
  readonly batch: number;
  readonly of: number;
  readonly instances: number;
  readonly from?: Artifact;
  readonly to: Artifact;
}

/** The world was read back as asked for at this time. */
export interface Done {
  readonly at: Instant;
}

/** What a window came to. */
export interface WindowReport {
  readonly from: Instant;
  readonly to: Instant;
  readonly looks: number;
  readonly stable: LaneFigures;
  readonly candidate: LaneFigures;
  /** The figures under `stable` are those of the fresh baseline. */
  readonly control?: Control;
  readonly verdict: Verdict;
  /** Why the verdict fell, for the demand: figures, health, an alert that fires, or a source that nobody can ask. */
  readonly cause: 'judgement' | 'health' | 'alert' | 'fault';
  readonly series?: Series;
  readonly judgedBy?: JudgedBy;
  /** What its metrics came to, in their order, and their score; missing where it has none. */
  readonly metrics?: readonly MetricReport[];
  readonly score?: WindowScore;
}

/** Queue `records`, one at a time. */
export interface RecordActivities {
  /** How a release ended, once it has: looks once an attempt, failing benignly between looks. */
  releaseEnded(ask: { readonly workflowId: string }): Promise<ReleaseOutcome>;
  /** Tells people, by every channel there is. Idempotent by the key where the channel is. */
  notify(notice: { readonly key: string; readonly text: string }): Promise<void>;
  /**
   * Idempotent by `eventId`; `ended` where that change was closed long ago. Writes nothing where the records know what
   * the mailbox does not (`known`).
   */
  openChange(ask: {
    readonly eventId: string;
    readonly request: ReleaseRequest;
    readonly known?: KnownChanges;
  }): Promise<{ readonly changeId: string; readonly ended?: true } | { readonly behind: string }>;
  /** The same for a change of a flag. */
  openFlagChange(ask: {
    readonly eventId: string;
    readonly request: FlagRequest;
  }): Promise<{ readonly changeId: string; readonly ended?: true }>;
  /** Only looks. */
  checkApprovalCode(ask: { readonly subject: CodeSubject; readonly code: string }): Promise<boolean>;
  /** Only looks: the history of the workflow that asks. */
  checkPrincipal(ask: { readonly person: string; readonly eventId: number }): Promise<PrincipalCheck>;
  /** Idempotent by the change id. */
  recordFlagChange(ask: {
    readonly order: FlagOrder;
    readonly outcome: FlagOutcome;
    readonly approvals: readonly ApprovalDecision[];
  }): Promise<{ readonly paths: readonly string[] }>;
  /** Idempotent by the change id. */
  recordReview(settled: SettledDebt): Promise<{ readonly paths: readonly string[] }>;
  /** Idempotent by the change, the moment, and who acknowledges. */
  recordAcknowledgement(
    known: Acknowledgement & { readonly service: string },
  ): Promise<{ readonly paths: readonly string[] }>;
  /** Idempotent by service, environment and the time it was asked for. */
  recordDrill(ended: DrillFacts): Promise<{ readonly path: string; readonly hash: string }>;
  /** Only looks: what people are to be told of drills that fall due today. */
  drillsDue(): Promise<readonly { readonly key: string; readonly text: string }[]>;
  /** Idempotent by the change id. */
  recordFlagsOff(off: FlagsOff): Promise<{ readonly paths: readonly string[] }>;
  /** Tells customers, and returns when it was taken. Idempotent by the key where the channel is. */
  tellCustomers(ask: { readonly environment: string; readonly key: string; readonly text: string }): Promise<void>;
  /** Idempotent by the plan's place and the change id. */
  recordRollout(ask: {
    readonly gates?: readonly GateRun[];
    readonly readiness?: Readiness;
    readonly calendar?: CalendarStanding;
    readonly customers?: CustomersTold;
    readonly order: ReleaseOrder;
    readonly plan: RolloutPlan;
    readonly outcome: RolloutOutcome;
    readonly approvals: readonly ApprovalDecision[];
  }): Promise<{ readonly paths: readonly string[] }>;
  /** Idempotent by the change id. Reads the histories of the release and its rollouts for the transcript. */
  closeChange(ask: {
    readonly order: ReleaseOrder;
    readonly outcome: ReleaseOutcome;
    readonly approvals: readonly ApprovalDecision[];
    readonly commands?: readonly CommandRecord[];
    readonly rollouts: readonly { readonly workflowId: string; readonly runId: string }[];
  }): Promise<{ readonly paths: readonly string[] }>;
}
