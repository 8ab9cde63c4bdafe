import type { Instant } from '../domain/duration.js';
import type { FollowUpStanding } from '../domain/follow-up.js';

/** The follow-ups that the governance records hold, for whoever only reads them: it never waits for their writer. */
export interface FollowUps {
  /** All of them as they stand at a moment, in the order they were opened; none that is not as it was recorded. */
  standings(now: Instant): Promise<readonly FollowUpStanding[]>;
}
