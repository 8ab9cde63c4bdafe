import type { FollowUp } from '../../follow-up.js';
import type { IncidentFigure } from './figures.js';

/** The records of one rollout, by what they are. */
export interface RolloutPlaces {
  readonly deployLog: string;
  /** One for each smoke run, in the order of the runs. */
  readonly smokeLogs: readonly string[];
  /** Of the environment's quality gates, where it has some. */
  readonly gateLog?: string;
  readonly incident?: {
    readonly page: string;
    readonly data: string;
    /** One for each window that saw something, in the order of the windows. */
    readonly figures: readonly IncidentFigure[];
  };
  readonly decision?: { readonly id: string; readonly path: string };
}

/** The same with the follow-ups that it opens. */
export interface RolloutPaths extends RolloutPlaces {
  readonly followUps: readonly FollowUp[];
}
