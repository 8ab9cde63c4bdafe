import { Context } from '@temporalio/activity';
import { planDrill } from '../src/domain/decisions/plan-drill.js';
import type { Sent } from '../src/domain/drill.js';
import { Refused } from '../src/domain/failure.js';
import type { RolloutPlan } from '../src/domain/rollout.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Load } from '../src/ports/load.js';
import type { Traffic } from '../src/ports/traffic.js';
import { beating } from './beating.js';
import type { EnvironmentActivities } from './contract.js';
import { planHash } from './plan-hash.js';

interface Tools {
  readonly fleet: Fleet;
  readonly traffic: Traffic;
  readonly load: Load;
}

/** Reads the world and plans the rehearsal of its way back. Refused where nothing runs, and where something is under way. */
export async function planRehearsal(
  { fleet, traffic }: Pick<Tools, 'fleet' | 'traffic'>,
  { service, stage }: Parameters<EnvironmentActivities['planDrill']>[0],
): Promise<RolloutPlan> {
  const place = { service, environment: stage.environment };
  const [{ stable, candidate, former, generation }, { share }] = await Promise.all([
    fleet.read(place),
    traffic.read(place),
  ]);
  if (!stable)
    throw new Refused('not-found', `nothing of ${service} runs in ${stage.environment}: release it there first`);
  if (candidate || share > 0)
    throw new Refused(
      'moved-by-others',
      `${candidate?.artifact.tag ?? 'a candidate'} is in the candidate lane already`,
    );
  // What aftercare keeps warm is needed for a real way back, and is retired under an older fence.
  if (former)
    throw new Refused(
      'too-early',
      `${former.artifact.version} is kept warm until the aftercare of ${stable.artifact.version} in ${stage.environment} ends: ask again then`,
    );
  const draft = planDrill(stage, { stable: stable.artifact, generation });
  return { ...draft, hash: planHash(draft) };
}

/** Uses the service until the rehearsal is over, which cancels it: then it answers what its users met. */
export async function sendLoad(
  { traffic, load }: Pick<Tools, 'traffic' | 'load'>,
  { place, requestsPerSecond }: Parameters<EnvironmentActivities['sendLoad']>[0],
): Promise<Sent> {
  const { url } = await traffic.read(place);
  const sending = load.begin({ service: place.service, url, requestsPerSecond });
  const context = Context.current();
  try {
    return await beating(
      () => context.cancelled,
      () => sending.soFar(),
    );
  } catch (fault) {
    const sent = await sending.end();
    if (context.cancellationDetails?.cancelRequested) return sent;
    throw fault;
  }
}
