import type { Control, LaneCounters, LaneSample } from '../sample.js';

/** Whose counters the candidate is compared with: of the stable lane unless a fresh baseline is up. Missing where that one is gone. */
export const controlOf = (sample: LaneSample, control: Control | undefined): LaneCounters | undefined =>
  control === 'baseline' ? sample.baseline : sample.stable;

/** What was said of the comparison, by the name of what it was with. */
export const saidOf = (text: string, control: Control | undefined): string =>
  control === 'baseline' ? text.replaceAll('the stable lane', 'the fresh baseline') : text;
