import type { Instant } from './duration.js';

/** Work that the engine begins by itself, at its times. */
export interface ScheduleSeen {
  readonly name: string;
  /** When, as a sentence: `every day, 03:15 UTC`. */
  readonly when: string;
  /** Missing where it is paused, or would never begin again. */
  readonly next?: Instant;
  /** When it last began, at its time or because somebody said so; missing where it never did. */
  readonly last?: Instant;
  /** Whether a run has begun that has not ended. */
  readonly underWay: boolean;
  /** What was said when it was paused: by then it begins only when somebody says so. */
  readonly paused?: string;
}
