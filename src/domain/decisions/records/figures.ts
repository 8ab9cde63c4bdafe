import type { Figure } from '../../figure.js';
import { figureOf } from '../figure.js';
import { chainComment, notice, type ChainPlace, type RecordFile, type RolloutFacts } from './facts.js';

/** The figure of a window, and what it is called in the folder of an incident. */
export interface IncidentFigure {
  readonly step: string;
  readonly path: string;
  readonly figure: Figure;
}

/** The windows of a rollout as they are to be drawn, in order; those that saw nothing are not. */
export function windowFigures({ order, plan, outcome }: RolloutFacts): readonly Omit<IncidentFigure, 'path'>[] {
  const compressed = notice(order.profile);
  const of = {
    service: order.service,
    environment: plan.place.environment,
    version: plan.to.version,
    ...(plan.from && { former: plan.from.version }),
    ...(compressed !== undefined && { notice: compressed }),
  };
  return outcome.observations.flatMap((seen) => {
    const figure = figureOf(seen, of);
    return figure ? [{ step: seen.stepId, figure }] : [];
  });
}

/** Figures as files, each with its place in the chain. */
export const figureFiles = (
  figures: readonly IncidentFigure[],
  { draw, chain }: { readonly draw?: (figure: Figure) => string; readonly chain: ChainPlace },
): readonly RecordFile[] =>
  draw ? figures.map(({ path, figure }) => ({ path, content: `${draw(figure)}${chainComment(chain)}\n` })) : [];
