import type { Instant } from './duration.js';
import type { Lane } from './rollout.js';

/** What is to be seen of a window: both lanes over time, one panel for each metric that it was judged by. */
export interface Figure {
  readonly title: string;
  /** The same in words, for those who do not see it. */
  readonly says: string;
  /** What every record made under shortened windows says. */
  readonly notice?: string;
  readonly from: Instant;
  readonly to: Instant;
  /** The moment of the verdict; missing while the window lasts. */
  readonly decided?: { readonly at: Instant; readonly label: string };
  readonly panels: readonly Panel[];
}

/** One metric over time. */
export interface Panel {
  /** What is measured, and in which unit: `error rate (%)`. */
  readonly label: string;
  readonly lanes: readonly LaneCurve[];
  readonly bounds: readonly { readonly value: number; readonly label: string }[];
}

/** One lane's part of a panel. A moment without a value is a gap: nothing was answered up to it. */
export interface LaneCurve {
  readonly lane: Lane;
  readonly name: string;
  readonly values: readonly { readonly at: Instant; readonly value?: number }[];
}
