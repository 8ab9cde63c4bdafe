import type { Alert } from '../../domain/alert.js';
import type { Place } from '../../domain/environment.js';
import type { Alerts } from '../../ports/alerts.js';

/** What fires in memory, set by tests. */
export interface MemoryAlerts extends Alerts {
  /** From now on these fire; or nobody can say, with the reason. */
  fire(place: Place, alerts: readonly Alert[] | string): void;
}

export function createMemoryAlerts(): MemoryAlerts {
  const firing = new Map<string, readonly Alert[] | string>();
  const places = new Map<string, Place>();
  const at = ({ service, environment }: Place): string => `${environment}/${service}`;
  return {
    fire(place, alerts) {
      firing.set(at(place), alerts);
      places.set(at(place), place);
    },
    critical: read,
    async standing() {
      const all = [...places.values()].map(async (place) =>
        (await read(place)).map((alert) => ({ place, alert, muted: false })),
      );
      return (await Promise.all(all)).flat();
    },
  };

  function read(place: Place): Promise<readonly Alert[]> {
    const now = firing.get(at(place)) ?? [];
    return typeof now === 'string' ? Promise.reject(new Error(now)) : Promise.resolve(now);
  }
}
