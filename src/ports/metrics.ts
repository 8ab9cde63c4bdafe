import type { Place } from '../domain/environment.js';
import type { LaneSample } from '../domain/sample.js';

/** Reads what the lanes of a place have answered. A lane that has seen nothing has zeros; a source that cannot be reached throws. */
export interface Metrics {
  sample(place: Place): Promise<LaneSample>;
}
