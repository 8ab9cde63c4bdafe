import { shortDigest } from '../src/domain/artifact.js';
import { between } from '../src/domain/duration.js';
import type { SmokeRun } from '../src/domain/rollout.js';
import { fail, graver, pass, type Verdict } from '../src/domain/verdict.js';
import type { Fleet, LaneStatus } from '../src/ports/fleet.js';
import type { Smoke } from '../src/ports/smoke.js';
import type { EnvironmentActivities } from './contract.js';
import { engineClock } from './engine-time.js';

type Ask = Parameters<EnvironmentActivities['runSmoke']>[0];

/** Runs the smoke suite against every instance of a lane, past the traffic's shares, and checks that all run the digest. */
export async function smokeLane(
  { fleet, smoke }: { readonly fleet: Fleet; readonly smoke: Smoke },
  { place, lane, digest, before }: Ask,
): Promise<SmokeRun> {
  const now = engineClock();
  const status = (await fleet.read(place))[lane];
  const instances = status?.instances ?? [];
  let verdict = complete(status, digest, lane);
  const logs: string[] = [`${lane} lane of ${place.service} in ${place.environment}: ${verdict.reason}`];
  for (const { id, url } of instances) {
    const run = await smoke.run({ ...place, url });
    verdict = graver(verdict, run.verdict);
    logs.push(`instance ${id} at ${url}`, run.log);
  }
  const at = now();
  const late = between(before, at);
  if (late > 0) verdict = graver(verdict, fail(`the smoke suite ended ${late} ms after ${before}, when it was due`));
  return { at, lane, version: status?.artifact.version ?? 'nothing', verdict, log: logs.join('\n').slice(-8_192) };
}

/** Every instance reports the digest that was asked for; none at all is never complete. */
export function complete(status: LaneStatus | undefined, digest: string, lane: string): Verdict {
  if (!status || status.instances.length === 0) return fail(`nothing runs in the ${lane} lane`);
  const stale = status.instances.filter((instance) => instance.digest !== digest);
  if (stale.length === 0)
    return pass(`${status.instances.length} instances run ${shortDigest(digest)}, smoke suite passed`);
  const names = stale.map((instance) => `${instance.id} runs ${shortDigest(instance.digest)}`).join(', ');
  return fail(`${stale.length} of ${status.instances.length} do not run ${shortDigest(digest)}: ${names}`);
}
