import * as z from 'zod';
import type { Address, ListedRelease } from '../desk.js';
import { linksOf, releaseLinks, type TemporalUi } from './links.js';
import { instant, list } from './nouns.js';

const listed = z
  .strictObject({
    changeId: z.string(),
    service: z.string(),
    version: z.string().exactOptional(),
    state: z.string(),
    begunAt: instant.exactOptional(),
    closedAt: instant.exactOptional(),
    links: releaseLinks,
  })
  .meta({ id: 'ListedRelease' });

/** One page of releases, those that have not begun first; `next` is the cursor of the page after. */
export const releases = z
  .strictObject({ releases: list(listed), next: z.string().exactOptional() })
  .meta({ id: 'Releases' });

export type ListedView = z.infer<typeof listed>;

export function listedView({ changeId, service, version, state, run }: ListedRelease, ui: TemporalUi): ListedView {
  return {
    changeId,
    service,
    version,
    state: run.status === 'lost' ? 'failed' : state,
    begunAt: run.startedAt,
    ...(run.closedAt !== undefined && { closedAt: run.closedAt }),
    links: linksOf({ service, changeId }, ui, run),
  };
}

/** A release before its turn: only its number is known. */
export const queuedListing = (at: Address, ui: TemporalUi): ListedView => ({
  ...at,
  state: 'queued',
  links: linksOf(at, ui),
});
