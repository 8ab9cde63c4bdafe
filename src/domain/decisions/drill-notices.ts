import { after, between, days, type Instant } from '../duration.js';
import { standingOf } from '../readiness.js';
import type { AuditedService } from './audit/judge-audit.js';

/** Days before the evidence of a drill is too old on which people are told; after that, every week. */
const told: readonly number[] = [30, 14, 7, 1];

/**
 * What people are told of drills that fall due: of each service that was ever drilled where a drill is asked for, while
 * there is time, and once what it has shown is too old. A key is told once.
 */
export const drillNotices = (
  services: readonly AuditedService[],
  now: Instant,
): readonly { readonly key: string; readonly text: string }[] =>
  services.flatMap(({ service, policy, evidence }) => {
    const { items } = standingOf(policy, evidence, { service, now });
    const shown = items.find(({ item }) => item === 'rollback-rehearsed')?.evidence;
    const maxAge = policy['rollback-rehearsed']?.maxAge;
    if (maxAge === undefined || !shown) return [];
    const due = after(shown.at, maxAge);
    const left = Math.ceil(between(now, due) / days(1));
    if (left > 0 ? !told.includes(left) : left % 7 !== 0) return [];
    return [{ key: `drill-due/${service}/${now.slice(0, 10)}`, text: textOf(service, { due, left }) }];
  });

function textOf(service: string, { due, left }: { readonly due: Instant; readonly left: number }): string {
  const until =
    left > 0
      ? `counts until ${due}, ${left === 1 ? 'one more day' : `${left} more days`}; then releases into production wait for another`
      : `counts no more since ${due}: releases into production wait for another`;
  return `The last rehearsed rollback of ${service} ${until}. slipway drill ${service}`;
}
