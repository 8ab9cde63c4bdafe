import type { Calendar } from '../domain/calendar.js';
import type { Place } from '../domain/environment.js';

/** When an environment may be changed, as people have written it down at this moment. */
export interface Calendars {
  /** Only what concerns the service. One that cannot be read now is answered as it was read last. */
  read(place: Place): Promise<Calendar>;
}
