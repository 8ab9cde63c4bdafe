import type { Metrics } from '../../ports/metrics.js';
import { createAskHost } from './client.js';
import type { LocalPlatform } from './client.js';

/** What each environment's proxy has counted. */
export function createLocalMetrics(of: LocalPlatform): Metrics {
  const askHost = createAskHost(of);
  return { sample: async (place) => (await askHost(place, { kind: 'look' })).sample };
}
