import { between, type Instant, spoken } from '../duration.js';
import type { Window } from '../strategy.js';
import type { Unmeasured, UnmeasuredKind } from '../unmeasured.js';
import type { Judgement } from './judge.js';

/** Looks in a row that brought no figures. */
export interface Blind {
  readonly since: Instant;
  readonly looks: number;
}

/** What each kind of blindness comes to, and whether it heals without anybody's doing. */
const policies: Record<UnmeasuredKind, { readonly verdict: 'no-data' | 'error'; readonly heals: boolean }> = {
  down: { verdict: 'error', heals: true },
  timeout: { verdict: 'error', heals: true },
  refused: { verdict: 'error', heals: false },
  'bad-query': { verdict: 'error', heals: false },
  'no-series': { verdict: 'no-data', heals: true },
  stale: { verdict: 'no-data', heals: true },
  'no-number': { verdict: 'error', heals: false },
};

/** Of a source that is started anew, or of a series that is yet to be scraped, so many looks are waited for at least. */
const leastLooks = 5;

/**
 * A window whose source brings no figures. That time is not watched, and so prolongs it; what heals by itself is waited
 * for as long as a third of the window, anything else for five looks. Then it ends without a pass: nobody saw anything.
 */
export function judgeBlind(
  window: Window,
  { since, looks }: Blind,
  { kind, message }: Unmeasured,
  now: Instant,
): Judgement {
  const { verdict, heals } = policies[kind];
  const lasted = Math.max(0, between(since, now));
  const final = looks > leastLooks && (!heals || lasted >= window.for / 3);
  return { verdict: { kind: verdict, reason: `no figures at ${looks} looks in ${spoken(lasted)}: ${message}` }, final };
}
