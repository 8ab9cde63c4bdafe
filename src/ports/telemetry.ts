import type { Place } from '../domain/environment.js';
import type { CommandHeard, Signal } from '../domain/telemetry.js';

/** Whether what a service tells of itself, beside its metrics, arrives where people look for it. Only looks. */
export interface Telemetry {
  /** How many bytes each instance has written to the log that the platform keeps of it, by its id; 0 where there is no log. */
  logged(place: Place, instances: readonly string[]): Promise<Readonly<Record<string, number>>>;
  /** What the command of the service's owner says; nothing where there is none. */
  ask(place: Place, signal: Signal): Promise<CommandHeard | undefined>;
}
