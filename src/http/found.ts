import { overdueFindings } from '../domain/decisions/follow-ups.js';
import type { Finding } from '../domain/finding.js';
import type { DoorParts } from './door.js';

/** What is not in order, or waits for people: as the reconcilers have found it, and follow-ups whose day is over. */
export async function foundNow({ desk, followUps, clock }: Pick<DoorParts, 'desk' | 'followUps' | 'clock'>) {
  const [found, standings] = await Promise.all([desk.findings(), followUps.standings(clock())]);
  return [...found, ...overdueFindings(standings)] satisfies readonly Finding[];
}
