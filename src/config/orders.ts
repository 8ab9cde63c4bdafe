import type { Roster } from '../domain/approval.js';
import type { StageOrder } from '../domain/release.js';
import type { Config, ServiceConfig } from './config.js';

/** Who holds which role, as a release pins it. */
export const roster = (config: Config): Roster =>
  Object.fromEntries(Object.entries(config.people).map(([name, person]) => [name, person.roles]));

/** What each environment asks of a release of the service, in order of promotion. */
export function stageOrders(config: Config, service: ServiceConfig): readonly StageOrder[] {
  return config.environments.flatMap(({ name, tier, approval }) => {
    const stage = service.stages[name];
    if (!stage) return [];
    const { instances, strategy } = stage;
    const { smokeWithin, rollbackPatience } = service;
    return [{ environment: name, tier, instances, strategy, approval, smokeWithin, rollbackPatience }];
  });
}
