import { cdEventsOf } from '../../domain/decisions/records/cd-events.js';
import type { CdEvents } from '../../ports/cd-events.js';
import type { Records } from '../../ports/records.js';

/** The same records, and machines are told of each one when it has been written, also of one that was written before. */
export const tellingRecords = (records: Records, cdEvents: CdEvents): Records => ({
  openChange: (ask) => records.openChange(ask),
  openFlagChange: (ask) => records.openFlagChange(ask),
  audit: () => records.audit(),
  latestOf: (service) => records.latestOf(service),
  entriesOf: (changeId) => records.entriesOf(changeId),
  rowsOf: (changeIds) => records.rowsOf(changeIds),
  entries: () => records.entries(),
  read: (paths) => records.read(paths),
  async write(event) {
    const receipt = await records.write(event);
    await cdEvents.take(cdEventsOf(event, receipt.paths));
    return receipt;
  },
});
