import type { Roster } from '../domain/approval.js';
import { type Milliseconds, seconds } from '../domain/duration.js';
import type { StageOrder } from '../domain/release.js';
import type { Window } from '../domain/strategy.js';
import type { Config, ServiceConfig } from './config.js';

/** Who holds which role, as a release pins it. */
export const roster = (config: Config): Roster =>
  Object.fromEntries(Object.entries(config.people).map(([name, person]) => [name, person.roles]));

/** What each environment asks of a release of the service, in order of promotion. */
export function stageOrders(config: Config, service: ServiceConfig): readonly StageOrder[] {
  return config.environments.flatMap(({ name, tier, approval, aftercare, onHold, blastRadius }) => {
    const stage = service.stages[name];
    if (!stage) return [];
    const { instances, strategy } = stage;
    const { smokeWithin, rollbackPatience, wayBack } = service;
    const care = aftercare !== undefined && strategy.afterwards && aftercareOf(strategy.afterwards, aftercare);
    return [
      {
        ...{ environment: name, tier, instances, strategy, approval, smokeWithin, rollbackPatience, onHold },
        ...(wayBack && { wayBack }),
        ...(care && { aftercare: care }),
        ...(blastRadius !== undefined && { blastRadius }),
      },
    ];
  });
}

/** Judged by the standards of the last window; looked at less often, since it lasts so much longer. */
const aftercareOf = (afterwards: Window, length: Milliseconds): Window => ({
  ...afterwards,
  for: length,
  every: Math.min(length, Math.max(afterwards.every, Math.min(seconds(30), length / 20))),
});
