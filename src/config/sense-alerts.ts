import type { Config } from './config.js';
import type { SenseFinding } from './problems.js';
import { profiles } from './profiles.js';
import type { Written } from './schema.js';

/** SPEC-0701 §Deployment Verification: no critical alert may fire. Where the profile binds, one always takes a release back. */
export function senseOfAlerts({ alerts: { policy }, profile }: Config, written: Written): readonly SenseFinding[] {
  const { binding } = profiles[profile.name];
  const missing = (key: 'severities' | 'aftercare', of: Readonly<Record<string, number>>): readonly SenseFinding[] => {
    if (of['critical'] === 0 || !binding) return [];
    const written = of['critical'] !== undefined;
    const path = ['alerts', key, ...(written ? ['critical'] : [])];
    const wanted = `${written ? '' : 'critical: '}now: a critical alert takes a release back at once (SPEC-0701 §Deployment Verification)`;
    return [{ path, at: 'value', wanted, reads: [['profile'], ['alerts', key]] }];
  };
  // What is not written of the aftercare is what was written of the time before it.
  const aftercare = written.alerts.aftercare ? missing('aftercare', policy.aftercare) : [];
  return [...missing('severities', policy.rollout), ...aftercare];
}
