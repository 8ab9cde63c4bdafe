import { roster } from '../config/orders.js';
import { unacknowledged } from '../domain/decisions/urgent.js';
import { overdueFindings } from '../domain/decisions/follow-ups.js';
import type { Finding } from '../domain/finding.js';
import type { DoorParts } from './door.js';

/** Where it is asked. */
export type FoundParts = Pick<DoorParts, 'desk' | 'followUps' | 'clock' | 'config'>;

/** What is not in order, or waits for people: as the reconcilers have found it, what nobody has acknowledged, and follow-ups whose day is over. */
export async function foundNow({ desk, followUps, clock, config }: FoundParts): Promise<readonly Finding[]> {
  const [found, urgent, standings] = await Promise.all([desk.findings(), desk.urgent(), followUps.standings(clock())]);
  return [...unacknowledged(urgent, roster(config)), ...found, ...overdueFindings(standings)];
}
