import type { ReleaseOutcome, ReleaseProgress } from '../domain/release.js';
import type { Place } from '../domain/environment.js';
import type { Sight } from '../domain/finding.js';
import type { ServiceStanding } from '../domain/service.js';

/** A release as the engine lists it. */
export interface ReleaseNow {
  readonly workflowId: string;
  readonly changeId: string;
  readonly service: string;
  readonly version: string;
  /** `lost`: ended from outside. */
  readonly state: string;
}

/** What is under way, as the engine itself knows it: read, so that it can be compared with the world. */
export interface Workflows {
  /** The rollout that runs at a place, and how the mailbox of its service is. */
  underWay(place: Place): Promise<Pick<Sight, 'rollout' | 'mailbox'>>;
  /** Opens the mailbox of a service anew, with all that the one knew that was ended from outside. One that runs is left alone. */
  reopenMailbox(service: string): Promise<void>;
  /** All that the mailbox of a service shows; nothing where it was never released. */
  standing(service: string): Promise<ServiceStanding | undefined>;
  /** Digests of a service that run somewhere, would be gone back to, or are on their way; none where it was never released. */
  neededBy(service: string): Promise<readonly string[]>;
  /** The latest hundred releases, the latest first, as the engine lists them: it may lag behind by a moment. */
  latestReleases(): Promise<readonly ReleaseNow[]>;
  /** As it is, and not as it is listed. */
  isRunning(workflowId: string): Promise<boolean>;
  /** The releases and changes of flags that run now; the list may lag behind by a moment. */
  runningChanges(): Promise<readonly Pick<ReleaseNow, 'workflowId' | 'changeId'>[]>;
  /**
   * How many records a change has asked for, of its rollouts and its end: as many as there are of it, or one more. Missing
   * where it does not run, or was reset, and so asks again.
   */
  recordsAskedBy(workflowId: string): Promise<number | undefined>;
  /** Ends a change and its rollouts as they are: no code of theirs runs any more. Done at once where none runs. */
  endChange(change: { readonly workflowId: string; readonly changeId: string; readonly reason: string }): Promise<void>;
  /** How far a release is; missing where there is none. */
  progressOf(workflowId: string): Promise<ReleaseProgress | undefined>;
  /** How a release ended; missing while it runs. Refused as `not-found` where there is none, or it was ended from outside. */
  outcomeOf(workflowId: string): Promise<ReleaseOutcome | undefined>;
}
