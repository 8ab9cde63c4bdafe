import type { Tolerance } from './tolerance.js';

/** A number as the on-call reads it, four digits, with its unit. */
export const shown = (value: number, unit = ''): string => {
  const digits = Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4));
  return unit === '' ? `${digits}` : `${digits} ${unit}`;
};

export const percent = (fraction: number): string => `${Number((fraction * 100).toPrecision(4))} %`;

/** `p 0.003`, `p below 1e-9`. */
export const shownP = (p: number): string => (p < 1e-9 ? 'p below 1e-9' : `p ${Number(p.toPrecision(2))}`);

export const allowance = ({ mode, within }: Tolerance, unit: string | undefined, baseline: number): string => {
  if (mode === 'points') return within === 0 ? 'nothing' : shown(within, unit);
  if (baseline === 0 && within > 0) return `nothing (${percent(within)} of a baseline of 0)`;
  return within === 0
    ? 'nothing'
    : `${shown(within * Math.abs(baseline), unit)} (${percent(within)} of ${shown(baseline, unit)})`;
};
