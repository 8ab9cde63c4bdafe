import type { Comeback, ReleaseOutcome, ReleaseRequest } from '../src/domain/release.js';
import type { ServiceStanding } from '../src/domain/service.js';

interface Wanted {
  /** The change to be taken back. */
  readonly of: string;
  /** Where; missing: the last environment in which it runs. */
  readonly environment: string | undefined;
  readonly demand: Comeback['demand'];
}

/** What would come back, or why nothing can: only what ran before, was verified then, and is not vetoed. */
export function comebackOf(standing: ServiceStanding, wanted: Wanted): Comeback | string {
  const { of, environment: where, demand } = wanted;
  const { latest, running, vetoes = [] } = standing;
  const ended = latest.find(({ changeId }) => changeId === of);
  if (ended?.kind === 'failed' || ended?.kind === 'taken-over') return mending(standing, ended, wanted);
  if (ended && ended.kind !== 'succeeded' && where === undefined)
    return `${of} went back already, or never began (${ended.kind}): ${ended.reason}. To take back what it has adopted elsewhere, name the environment`;
  const places = Object.entries(running).filter(([name, at]) => at.changeId === of && (where ?? name) === name);
  const place = places.at(-1);
  if (!place)
    return `${of} runs ${where === undefined ? 'nowhere' : `not in ${where}`} any more: ${runs(standing)}. Release the version that you want instead`;
  const [environment, { former, since }] = place;
  if (!former) return `nothing ran in ${environment} before ${of}: there is nothing to go back to`;
  const vetoed = vetoes.find((veto) => veto.version === former.version);
  if (vetoed)
    return `${former.version}, which ran in ${environment} before, is vetoed: ${vetoed.reason}. Release another version, or lift the veto`;
  return { of, environment, to: former, demand, exposedAt: since };
}

/**
 * A release that was ended from outside has left things as they were: what was adopted last is brought back to order. One
 * that could not go back after it had adopted is what was adopted last: there it is the version before it.
 */
function mending(
  { running }: ServiceStanding,
  { changeId, environment }: ReleaseOutcome,
  { environment: wanted, demand }: Wanted,
): Comeback | string {
  const where = wanted ?? environment ?? Object.keys(running).at(-1);
  const at = where === undefined ? undefined : running[where];
  const stable = at?.changeId === changeId ? (at.former ?? at.current) : at?.current;
  if (where === undefined || !stable)
    return `${changeId} was ended from outside, and nothing had been adopted ${where === undefined ? 'anywhere' : `in ${where}`} before: release the version that you want`;
  return { of: changeId, environment: where, to: stable, demand };
}

/** Why what runs cannot give way to another version any more: a migration was irreversible. A machine's demand is told so by its release. */
export function whyFinal({ running }: ServiceStanding, { environment, to }: Comeback): string | undefined {
  const at = running[environment];
  return at?.current.digest === to.digest ? undefined : at?.noWayBack;
}

function runs({ running }: ServiceStanding): string {
  const all = Object.entries(running).map(
    ([name, { current, changeId }]) => `${name} runs ${current.version} of ${changeId}`,
  );
  return all.join(', ') || 'nothing runs';
}

/** A release that builds nothing and goes to one environment: what ran there before comes back. */
export const asComeback = (request: ReleaseRequest, comeback: Comeback): ReleaseRequest => ({
  ...request,
  version: comeback.to.version,
  commit: comeback.to.commit,
  description: `rollback of ${comeback.of} in ${comeback.environment}: ${comeback.demand.reason}`.slice(0, 500),
  requestedAt: comeback.demand.at,
  requester: comeback.demand.cause === 'person' ? request.requester : { person: 'slipway', roles: [] },
  stages: request.stages.filter(({ environment }) => environment === comeback.environment),
  whenBusy: 'supersede',
  comeback,
});
