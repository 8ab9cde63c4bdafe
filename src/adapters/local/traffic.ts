import type { Traffic } from '../../ports/traffic.js';
import { createAskHost } from './client.js';
import type { LocalPlatform } from './client.js';

/** The reverse proxy of each environment's host. */
export function createLocalTraffic(of: LocalPlatform): Traffic {
  const askHost = createAskHost(of);
  return {
    read: async (place) => (await askHost(place, { kind: 'look' })).traffic,
    shift: async ({ place, share, expected, instances, fence }) => {
      const ask = {
        kind: 'shift',
        share,
        fence,
        ...(expected !== undefined && { expected }),
        ...(instances !== undefined && { instances }),
      } as const;
      return (await askHost(place, ask)).traffic;
    },
  };
}
