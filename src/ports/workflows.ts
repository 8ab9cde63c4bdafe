import type { ReleaseOutcome } from '../domain/release.js';
import type { Evidence } from '../domain/readiness.js';
import type { Place } from '../domain/environment.js';
import type { Sight } from '../domain/finding.js';
import type { ServiceStanding } from '../domain/service.js';

/** What is under way, as the engine itself knows it: read, so that it can be compared with the world. */
export interface Workflows {
  /** The rollout that runs at a place, and how the mailbox of its service is. */
  underWay(place: Place): Promise<Pick<Sight, 'rollout' | 'mailbox'>>;
  /** Opens the mailbox of a service anew, with all that the one knew that was ended from outside. One that runs is left alone. */
  reopenMailbox(service: string): Promise<void>;
  /** What people have shown of a service, as its mailbox knows it: the latest of each readiness item. */
  evidenceOf(service: string): Promise<readonly Evidence[]>;
  /** All that the mailbox of a service shows; nothing where it was never released. */
  standing(service: string): Promise<ServiceStanding | undefined>;
  /** Digests of a service that run somewhere, would be gone back to, or are on their way; none where it was never released. */
  neededBy(service: string): Promise<readonly string[]>;
  /** How a release ended; missing while it runs. Refused as `not-found` where there is none, or it was ended from outside. */
  outcomeOf(workflowId: string): Promise<ReleaseOutcome | undefined>;
}
