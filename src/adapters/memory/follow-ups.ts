import { followUpStandings } from '../../domain/decisions/follow-ups.js';
import { followUpPaths, followUpsIn } from '../../domain/decisions/records/follow-ups.js';
import type { FollowUps } from '../../ports/follow-ups.js';
import type { Records } from '../../ports/records.js';

/** The follow-ups of records, asked of their writer. */
export const createMemoryFollowUps = (records: Pick<Records, 'entries' | 'read'>): FollowUps => ({
  standings: async (now) =>
    followUpStandings(followUpsIn(await records.read(followUpPaths(await records.entries()))), now),
});
