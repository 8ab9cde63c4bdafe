import { after, hours } from '../../duration.js';
import type { Instant } from '../../duration.js';
import { governanceSentinel, implementationWrangler, serviceOwner } from '../../environment.js';
import type { Role } from '../../environment.js';

/** Work that a rollback leaves behind: what, whose, and by which day (UTC). */
export interface FollowUp {
  readonly what: string;
  readonly owner: Role;
  readonly due: string;
}

/** What is owed after a rollback that ended at this time. */
export const followUps = (endedAt: Instant, decision: string): readonly FollowUp[] =>
  [
    {
      what: 'confirm that service is restored and customers are informed',
      owner: implementationWrangler,
      due: inDays(1),
    },
    { what: `write root cause and prevention steps into ${decision}`, owner: serviceOwner, due: inDays(5) },
    { what: `review and decide ${decision}`, owner: governanceSentinel, due: inDays(7) },
  ].map(({ due, ...owed }) => ({ ...owed, due: due(endedAt) }));

const inDays =
  (days: number) =>
  (from: Instant): string =>
    after(from, hours(24 * days)).slice(0, 10);
