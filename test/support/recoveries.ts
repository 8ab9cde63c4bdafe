import type { Reconciled } from '../../src/domain/recovery.js';
import { anArtifact, tuesday } from './orders.js';

const recorded = ['logs/recoveries/recovery_20261124T090000Z.json', 'docs/change-log.md'];

/** A reconciliation of a shop whose engine had lost everything. */
export const aReconciled = (
  more: Partial<Reconciled> & Pick<Reconciled, 'service'>,
  shownOnly = false,
): Reconciled => ({
  ...{ at: tuesday, by: 'alice', reason: 'the disk was lost' },
  found: 'the records know of change-20261124-02, and the engine does not',
  running: {
    production: {
      current: anArtifact('1.1.0'),
      former: anArtifact('1.0.0'),
      since: tuesday,
      changeId: 'change-20261124-02',
    },
  },
  ...{ latest: [], vetoes: [], debts: [], evidence: [], over: [] },
  lost: [{ changeId: 'change-20261124-03', version: '1.2.0', said: 'users are where they were' }],
  restored: ['production: 1.1.0, read back from the platform'],
  unknown: ['holds of the line are not recorded'],
  ...(!shownOnly && { records: recorded }),
  ...more,
});
