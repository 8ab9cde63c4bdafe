import type { Alert } from '../domain/alert.js';
import type { Place } from '../domain/environment.js';

/** An alert that is not over, and what it is about. */
export interface StandingAlert {
  readonly place: Place;
  readonly alert: Alert;
  /** People have silenced it, or another alert stands for it: nobody is told. */
  readonly muted: boolean;
}

/** Reads which alerts fire. */
export interface Alerts {
  /** Those about a place that fire now and would take a release back at once. Throws where nobody can say. */
  critical(place: Place): Promise<readonly Alert[]>;
  /** All that are about something released here and not over. Throws where nobody can say. */
  standing(): Promise<readonly StandingAlert[]>;
}
