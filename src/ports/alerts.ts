import type { Alert } from '../domain/alert.js';
import type { Place } from '../domain/environment.js';

/** Reads which alerts fire. */
export interface Alerts {
  /** Those about a place that fire now and would take a release back at once. Throws where nobody can say. */
  critical(place: Place): Promise<readonly Alert[]>;
}
