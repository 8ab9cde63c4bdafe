import type { Instant, Milliseconds } from '../domain/duration.js';
import type { Place } from '../domain/environment.js';
import type { AnyLane } from '../domain/rollout.js';
import type { LaneSample } from '../domain/sample.js';
import type { Unmeasured } from '../domain/unmeasured.js';

/** Reads what the lanes of a place have answered, and whatever else is measured of them. */
export interface Metrics {
  /**
   * Both lanes, and the baseline where one runs, as of one moment. A lane that has seen nothing has zeros. Throws `Unmeasured` where the source brings no
   * figures of what runs, and says why.
   * @param last the sample before, from which the counters go on: what a source has lost since is not taken for a restart
   */
  sample(place: Place, last?: LaneSample): Promise<LaneSample>;
  /** What each question comes to, in their order. One that cannot be asked keeps no other from being answered. */
  ask(place: Place, questions: readonly Question[]): Promise<readonly Answer[]>;
  /**
   * What a question came to `count` times before its moment, `every` apart, the oldest first; null where there was no
   * number. Throws `Unmeasured` where it cannot be asked.
   */
  past(
    place: Place,
    question: Question,
    back: { readonly every: Milliseconds; readonly count: number },
  ): Promise<readonly (number | null)[]>;
}

/** A question that one number answers. */
export interface Question {
  /** In the source's language, in which `{{service}}`, `{{environment}}`, `{{lane}}` and `{{version}}` are filled in. */
  readonly query: string;
  /** Whose lane and version are filled in. */
  readonly lane: AnyLane;
  /** As of when. */
  readonly at: Instant;
}

/** A number; null where the source has none of that; or why it could not be asked. */
export type Answer = number | null | Unmeasured;
