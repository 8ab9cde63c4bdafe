import type { Metrics } from '../../ports/metrics.js';
import type { MemoryWorld } from './world.js';

/** What the users of a world in memory were answered. */
export const createMemoryMetrics = (world: MemoryWorld): Metrics => ({
  sample: (place) => Promise.resolve(world.sample(place)),
});
