import type { AuditReport } from '../../audit.js';
import type { Instant } from '../../duration.js';
import { dayOf, type FollowUpStanding } from '../../follow-up.js';

/** What became of follow-ups in a quarter, and which are open now. */
export function auditedFollowUps(
  all: readonly FollowUpStanding[],
  { from, to }: { readonly from: Instant; readonly to: Instant },
): NonNullable<AuditReport['followUps']> {
  const isWithin = (at: Instant): boolean => at >= from && at < to;
  const closed = all.flatMap(({ said, due }) =>
    said.filter(({ kind, at }) => kind === 'closed' && isWithin(at)).map(({ at }) => ({ isLate: dayOf(at) > due })),
  );
  return {
    opened: all.filter(({ at }) => isWithin(at)).length,
    closed: closed.length,
    late: closed.filter(({ isLate }) => isLate).length,
    open: all
      .filter(({ state }) => state !== 'closed')
      .map(({ id, changeId, what, owner, due, state }) => ({
        ...{ id, changeId, what, owner, due },
        overdue: state === 'overdue',
      })),
  };
}
