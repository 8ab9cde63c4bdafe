import type { Milliseconds } from './duration.js';
import type { Control, LaneCounters } from './sample.js';
import type { Window } from './strategy.js';

/** What a window was judged by, whole: with its series it can be judged again. Counters are increases, but for `before`. */
export interface JudgedBy {
  readonly window: Window;
  /** Whether a version ran there before. */
  readonly compared: boolean;
  /** A fresh baseline is what `before` and `stable` tell of; the stable lane when missing. */
  readonly control?: Control;
  readonly watchedMs: Milliseconds;
  /** What the stable lane had answered before the window. */
  readonly before: LaneCounters;
  readonly stable: LaneCounters;
  readonly candidate: LaneCounters;
  /** Whether the figures decided, or something else did. */
  readonly cause: 'judgement' | 'health' | 'alert' | 'fault';
}
