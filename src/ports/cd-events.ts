import type { Told } from '../domain/decisions/records/cd-events.js';

/** Tells machines what was recorded. Never throws, and waits for no listener: no release and no rollback depends on one. */
export interface CdEvents {
  take(told: readonly Told[]): Promise<void>;
}
