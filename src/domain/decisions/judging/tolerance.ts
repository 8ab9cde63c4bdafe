import type { Tolerance } from '../../window-metric.js';

export type { Tolerance } from '../../window-metric.js';

/** The allowed difference from this baseline, in the metric's unit, never negative. */
export const allowedFrom = ({ mode, within }: Tolerance, baseline: number): number =>
  mode === 'relative' ? within * Math.abs(baseline) : within;

/** At the bound passes, though binary fractions disagree in their last digit. */
export const isAtMost = (met: number, wanted: number): boolean => met <= wanted + 1e-12 * Math.abs(wanted);
export const isAtLeast = (met: number, wanted: number): boolean => met >= wanted - 1e-12 * Math.abs(wanted);
