import type { FollowUp, FollowUpWord, NewFollowUp } from '../../src/domain/follow-up.js';
import { tuesday } from './orders.js';

/** Grace has something to do after the first change, until the 11th of December. */
export const aNewFollowUp = (more: Partial<NewFollowUp> = {}): NewFollowUp => ({
  ...{ changeId: 'change-20261124-01', service: 'shop', what: 'bound the timeouts' },
  ...{ owner: 'grace', due: '2026-12-11', at: tuesday, by: 'alice' },
  ...more,
});

export const aFollowUp = (more: Partial<FollowUp> = {}): FollowUp => ({ id: 'FU-0001', ...aNewFollowUp(), ...more });

export const aClosing = (more: Partial<FollowUpWord> = {}): FollowUpWord => ({
  ...{ id: 'FU-0001', kind: 'closed', by: 'grace', at: tuesday, comment: 'two seconds it is' },
  record: { path: 'docs/timeouts.md', hash: 'ab'.repeat(32) },
  ...more,
});
