import type { Receipt, Records } from '../../src/ports/records.js';
import { aClosing, aFollowUp } from '../support/follow-ups.js';
import { aClosedRelease, aRequest, aRolledBackCanary } from './stories.js';

/** Writes that a test tells more than once, each with the same event id. The last finds a Change Log that is full. */
export const stories = ['open', 'rollback', 'close', 'follow-up', 'open on a new page'] as const;
export type StoryName = (typeof stories)[number];

/** How a writer is set up for a story. */
export const settingsOf = (story: StoryName): { readonly rowsPerPage?: number } =>
  story === 'open on a new page' ? { rowsPerPage: 1 } : {};

export function tell(records: Records, story: StoryName): Promise<Receipt> {
  switch (story) {
    case 'open':
    case 'open on a new page':
      return records.openChange({ eventId: 'open', request: aRequest() });
    case 'rollback':
      return records.write({ kind: 'rollout-ended', eventId: 'rollback', rollout: aRolledBackCanary() });
    case 'close':
      return records.write({ kind: 'release-closed', eventId: 'close', release: aClosedRelease() });
    case 'follow-up':
      return records.write({ kind: 'follow-up-said', eventId: 'follow-up', word: aClosing(), of: aFollowUp() });
  }
}
