import type { Place } from '../domain/environment.js';
import type { LaneSample } from '../domain/sample.js';

/** Reads what the lanes of a place have answered. */
export interface Metrics {
  /**
   * Both lanes as of one moment. A lane that has seen nothing has zeros. Throws `Unmeasured` where the source brings no
   * figures of what runs, and says why.
   * @param last the sample before, from which the counters go on: what a source has lost since is not taken for a restart
   */
  sample(place: Place, last?: LaneSample): Promise<LaneSample>;
}
