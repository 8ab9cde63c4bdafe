import { type LatestRecorded, readOpening } from '../../domain/recovery.js';
import type { ChainLine } from './chain.js';

/** Keeps the latest of each service; `opening` is the first line of the same change. */
export function keepLatest(latest: Map<string, LatestRecorded>, line: ChainLine, opening: ChainLine | undefined): void {
  const { kind, changeId, at } = line;
  const opened = opening?.kind === 'change-opened' ? readOpening(opening.eventId) : undefined;
  if (!opened) return;
  const { service, key } = opened;
  const { opened: last, ...more } = latest.get(service) ?? {};
  if (kind === 'change-opened') latest.set(service, { ...latest.get(service), opened: { changeId, at, key } });
  if (kind === 'rollout-ended' && last?.changeId === changeId)
    latest.set(service, { ...more, opened: { ...last, begun: true } });
  if (kind === 'release-closed') latest.set(service, { ...latest.get(service), closed: { changeId, at } });
}
