import type { Place } from '../src/domain/environment.js';
import type { LaneSample } from '../src/domain/sample.js';
import { Unmeasured } from '../src/domain/unmeasured.js';
import type { Metrics } from '../src/ports/metrics.js';

/** Both lanes, or why there are no figures of them. */
export async function measured(
  metrics: Metrics,
  place: Place,
  last: LaneSample | undefined,
): Promise<LaneSample | Unmeasured> {
  try {
    return await metrics.sample(place, last);
  } catch (fault) {
    if (fault instanceof Unmeasured) return fault;
    throw fault;
  }
}
