import type { Alert } from '../domain/alert.js';
import type { Place } from '../domain/environment.js';

/** An alert that is not over, and what it is about. */
export interface StandingAlert {
  readonly place: Place;
  readonly alert: Alert;
  /** People have silenced it, or another alert stands for it: nobody is told. */
  readonly muted: boolean;
}

/** An alert and the place that it is about. */
export interface PlacedAlert {
  readonly place: Place;
  readonly alert: Alert;
}

/** Reads which alerts fire. */
export interface Alerts {
  /** Those about a place that fire now and would take a release back at once. Throws where nobody can say. */
  critical(place: Place): Promise<readonly Alert[]>;
  /**
   * All that fire now and are about what is released here, of any severity; of those that are routed to `receiver` where
   * it is given. Throws where nobody can say.
   */
  firing(receiver?: string): Promise<readonly PlacedAlert[]>;
  /** All that are about something released here and not over. Throws where nobody can say. */
  standing(): Promise<readonly StandingAlert[]>;
}
