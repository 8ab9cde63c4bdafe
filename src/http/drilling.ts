import type { Config } from '../config/config.js';
import { stageOrders } from '../config/orders.js';
import type { DrillOrder } from '../domain/drill.js';
import { governanceSentinel, type Person, serviceOwner } from '../domain/environment.js';
import { type Instant, seconds } from '../domain/duration.js';
import { knownService } from './asking.js';
import type { Desk } from './desk.js';
import { Problem } from './problems.js';
import type { WrittenDrill } from './requests/drill.js';

/** What a written drill means, and which release under way it may go beside. Throws a problem that names the rule. */
export async function drillOrder(
  service: string,
  { environment, reason = 'a drill', requestsPerSecond = 20 }: WrittenDrill,
  {
    config,
    desk,
    person,
    now,
  }: { readonly config: Config; readonly desk: Desk; readonly person: Person; readonly now: Instant },
): Promise<DrillOrder> {
  const stages = stageOrders(config, knownService(service, config, '/name'));
  const usual = stages.findLast(({ tier }) => tier !== 'production') ?? stages.at(-1);
  const stage = environment === undefined ? usual : stages.find((one) => one.environment === environment);
  if (!stage) {
    const wanted = `one of ${stages.map((one) => one.environment).join(', ')}`;
    throw new Problem('senseless', `environment "${environment ?? ''}" is not configured; wanted ${wanted}`, {
      errors: [{ pointer: '/environment', met: `"${environment ?? ''}"`, wanted }],
    });
  }
  if (stage.tier === 'production') mayRehearseInProduction(person);
  const beside = await releaseBeside(service, stage.environment, desk);
  const stays = config.profile.compressed ? seconds(1) : seconds(30);
  const order = { service, stage, by: person.person, reason, at: now, requestsPerSecond, stays };
  return { ...order, ...(beside !== undefined && { beside }) };
}

/** Real users are moved: who answers for them says so. */
function mayRehearseInProduction({ person, roles }: Person): void {
  const able = [governanceSentinel, serviceOwner];
  if (roles.some((role) => able.includes(role))) return;
  const holds = roles.join(', ') || 'no role';
  throw new Problem('wrong-role', `${person} holds ${holds}; a drill in production takes one of ${able.join(', ')}`);
}

/**
 * A release under way beside which the drill may go: it has adopted its version there already, or waits there for what the
 * drill shows, and is planned again after it.
 */
async function releaseBeside(service: string, environment: string, desk: Desk): Promise<string | undefined> {
  const underWay = (await desk.standing(service))?.underWay;
  if (underWay === undefined) return undefined;
  const found = await desk.release({ service, changeId: underWay });
  const { state, environment: where, stages = [], order } = found?.progress ?? {};
  const isPast = stages.find((one) => one.environment === environment)?.outcome?.kind === 'adopted';
  const waits = state === 'awaiting-readiness' && where === environment;
  const asked = order?.stages.find((one) => one.environment === environment);
  return isPast || (waits && asked?.plansAgain) ? underWay : undefined;
}
