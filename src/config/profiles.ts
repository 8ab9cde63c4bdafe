import { days, hours, minutes, seconds } from '../domain/duration.js';
import type { Milliseconds } from '../domain/duration.js';
import type { ReadinessPolicy } from '../domain/readiness.js';
import type { ProfileStamp } from '../domain/release.js';

/** What holds where a `slipway.yml` says nothing, and how far it may go from that. */
export interface Profile {
  readonly stamp: ProfileStamp;
  /** A canary's observation at each share but the last. */
  readonly window: Milliseconds;
  /** The observation of all traffic. */
  readonly afterwards: Milliseconds;
  readonly every: Milliseconds;
  /** Enhanced monitoring after an adoption in production; none when missing. */
  readonly aftercare?: Milliseconds;
  /** How much the candidate's error rate may exceed the stable one's, a fraction. */
  readonly within: number;
  readonly minSamples: number;
  /** How long a window that has seen too little waits for people, where they are to decide. */
  readonly holdPatience: Milliseconds;
  /** How often a window stops a candidate early that is within the band, over all its looks; a fraction of windows. */
  readonly alpha: number;
  readonly approvalExpiry: Milliseconds;
  /** The readiness checklist of production. Where the profile binds, nothing is taken from it, and nothing may be older. */
  readonly readiness: ReadinessPolicy;
  /** The longest window of an emergency release, when people are called again, and when its review is due. */
  readonly emergencyWindow: Milliseconds;
  readonly escalateAfter: Milliseconds;
  readonly reviewWithin: Milliseconds;
  readonly smokeWithin: Milliseconds;
  readonly rollbackPatience: Milliseconds;
  /**
   * Whether the defaults are also the bounds of SPEC-0701: in production no window may be shorter and no tolerance
   * wider; nowhere may the smoke suite come later.
   */
  readonly binding: boolean;
}

/** The policy profiles by name. `demo` keeps every rule of approval and promotion, and compresses time. */
export const profiles: Readonly<Record<ProfileStamp['name'], Profile>> = {
  'spec-0701': {
    stamp: { name: 'spec-0701', compressed: false },
    window: minutes(15),
    afterwards: hours(1),
    every: seconds(15),
    within: 0.05,
    minSamples: 50,
    holdPatience: hours(1),
    alpha: 0.01,
    approvalExpiry: hours(24),
    readiness: {
      'quality-gates': {},
      'staging-verified': {},
      observability: { maxAge: days(1) },
      runbooks: { maxAge: days(30) },
      'restore-tested': { maxAge: days(7) },
      'rollback-rehearsed': { maxAge: days(365) },
      'on-call-notified': { maxAge: days(1) },
      'change-log': {},
      'security-scan': { maxAge: days(7) },
      'load-test': { maxAge: days(90) },
    },
    emergencyWindow: minutes(5),
    escalateAfter: minutes(15),
    reviewWithin: hours(48),
    smokeWithin: minutes(5),
    rollbackPatience: minutes(5),
    aftercare: hours(24),
    binding: true,
  },
  demo: {
    stamp: { name: 'demo', compressed: true },
    window: seconds(4),
    afterwards: seconds(4),
    every: seconds(1),
    within: 0.05,
    minSamples: 20,
    holdPatience: minutes(10),
    alpha: 0.01,
    approvalExpiry: minutes(10),
    readiness: {},
    emergencyWindow: seconds(2),
    escalateAfter: seconds(30),
    reviewWithin: minutes(10),
    smokeWithin: minutes(5),
    rollbackPatience: seconds(20),
    binding: false,
  },
};
