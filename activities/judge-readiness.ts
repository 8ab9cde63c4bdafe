import { evidenceOfAcknowledgement } from '../src/domain/acknowledgement.js';
import type { Place } from '../src/domain/environment.js';
import { type Evidence, ownEvidence, type Readiness, standingOf } from '../src/domain/readiness.js';
import { evidenceOfRestore } from '../src/domain/restore-test.js';
import type { Database } from '../src/ports/database.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import type { Workflows } from '../src/ports/workflows.js';
import type { EnvironmentActivities } from './contract.js';

type Ask = Parameters<EnvironmentActivities['judgeReadiness']>[0];

/** The checklist as it is at this moment. A source that cannot be asked shows nothing, and is no fault. */
export async function judgeReadiness(
  tools: {
    readonly fleet: Fleet;
    readonly metrics: Metrics;
    readonly database: Pick<Database, 'restoreTested'>;
    readonly workflows: Pick<Workflows, 'standing'>;
  },
  { place, policy, now, onCall, ...own }: Ask,
): Promise<Readiness> {
  const { evidence: shown = [], acknowledged = [] } = (await tools.workflows.standing(place.service)) ?? {};
  const known = onCall ? evidenceOfAcknowledgement(acknowledged, { ...onCall, changeId: own.changeId }) : [];
  const observed = policy.observability ? await observability(tools, place, now) : undefined;
  const restored = policy['restore-tested'] ? await lastRestore(tools, place) : undefined;
  const seen = [observed, restored].filter((one) => one !== undefined);
  const all = [...shown.filter(isNotOfElsewhere), ...ownEvidence({ ...own, at: now }), ...seen, ...known];
  return standingOf(policy, all, { service: place.service, now, changeId: onCall && own.changeId });
}

/** A restore that was rehearsed in another environment says nothing of this one: the proof is looked at where it lies. */
const isNotOfElsewhere = ({ item, source }: Evidence): boolean => item !== 'restore-tested' || source !== 'system';

/** The latest restore that was rehearsed here, also of a service that has no mailbox yet to remember it. */
async function lastRestore(
  { database }: { readonly database: Pick<Database, 'restoreTested'> },
  place: Place,
): Promise<Evidence | undefined> {
  const proof = await database.restoreTested(place).catch(() => undefined);
  return proof && evidenceOfRestore(place.environment, proof);
}

/** Metrics arrive where what runs has answered somebody; before anything runs, where they can be asked for at all. */
async function observability(
  { fleet, metrics }: { readonly fleet: Fleet; readonly metrics: Metrics },
  place: Place,
  at: string,
): Promise<Evidence | undefined> {
  const seen = { item: 'observability', at, by: 'slipway', source: 'system' } as const;
  try {
    const [{ stable }, sample] = await Promise.all([fleet.read(place), metrics.sample(place)]);
    const { requests } = sample.stable;
    if (!stable) return { ...seen, what: `nothing runs in ${place.environment} yet, and its metrics can be read` };
    return requests > 0 ? { ...seen, what: `metrics arrive: ${requests} requests counted` } : undefined;
  } catch {
    return undefined;
  }
}
