/**
 * How much worse than the baseline is still allowed.
 * - `relative`: a fraction of the baseline, 0.05 is 5 % of it. Of a baseline of 0 nothing is allowed.
 * - `points`: an amount in the metric's own unit (for a rate, 0.05 is 5 percentage points).
 */
export interface Tolerance {
  readonly mode: 'relative' | 'points';
  readonly within: number;
}

/** The allowed difference from this baseline, in the metric's unit, never negative. */
export const allowedFrom = ({ mode, within }: Tolerance, baseline: number): number =>
  mode === 'relative' ? within * Math.abs(baseline) : within;

/** At the bound passes, though binary fractions disagree in their last digit. */
export const isAtMost = (met: number, wanted: number): boolean => met <= wanted + 1e-12 * Math.abs(wanted);
export const isAtLeast = (met: number, wanted: number): boolean => met >= wanted - 1e-12 * Math.abs(wanted);
