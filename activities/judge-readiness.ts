import { evidenceOfAcknowledgement } from '../src/domain/acknowledgement.js';
import { judgeObservability, type Observability } from '../src/domain/decisions/observability.js';
import type { Place } from '../src/domain/environment.js';
import { type Evidence, ownEvidence, type Readiness, standingOf } from '../src/domain/readiness.js';
import { evidenceOfRestore } from '../src/domain/restore-test.js';
import { signals } from '../src/domain/telemetry.js';
import type { Database } from '../src/ports/database.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import type { Telemetry } from '../src/ports/telemetry.js';
import type { Workflows } from '../src/ports/workflows.js';
import type { EnvironmentActivities } from './contract.js';
import { wordsOf } from './faults.js';

interface Observing {
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly telemetry: Telemetry;
}

type Ask = Parameters<EnvironmentActivities['judgeReadiness']>[0];

/** The checklist as it is at this moment. A source that cannot be asked is told as missing, and is no fault. */
export async function judgeReadiness(
  tools: Observing & {
    readonly database: Pick<Database, 'restoreTested'>;
    readonly workflows: Pick<Workflows, 'standing'>;
  },
  { place, policy, now, onCall, ...own }: Ask,
): Promise<Readiness> {
  const { evidence: shown = [], acknowledged = [] } = (await tools.workflows.standing(place.service)) ?? {};
  const known = onCall ? evidenceOfAcknowledgement(acknowledged, { ...onCall, changeId: own.changeId }) : [];
  const observed = policy.observability ? await observability(tools, place) : undefined;
  const restored = policy['restore-tested'] ? await lastRestore(tools, place) : undefined;
  const active =
    observed?.kind === 'active'
      ? ({ item: 'observability', at: now, by: 'slipway', source: 'system', what: observed.what } as const)
      : undefined;
  const seen = [active, restored].filter((one) => one !== undefined);
  const lacks = observed?.kind === 'lacking' ? { observability: observed.lacks } : {};
  const all = [...shown.filter(isNotOfElsewhere), ...ownEvidence({ ...own, at: now }), ...seen, ...known];
  return standingOf(policy, all, { service: place.service, now, changeId: onCall && own.changeId, lacks });
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

/** What is seen of the service at this moment. A source that cannot be asked is something that is missing. */
async function observability(tools: Observing, place: Place): Promise<Observability> {
  const { fleet, metrics, telemetry } = tools;
  try {
    const [{ stable }, counted] = await Promise.all([
      fleet.read(place),
      metrics.sample(place).then(
        ({ stable: { requests } }) => ({ requests }),
        (fault: unknown) => ({ fault: wordsOf(fault) }),
      ),
    ]);
    const instances = stable?.instances.map(({ id }) => id);
    const [logged, logs, traces] = await Promise.all([
      telemetry.logged(place, instances ?? []),
      ...signals.map((signal) => (instances ? telemetry.ask(place, signal) : undefined)),
    ]);
    const heard = { ...(logs && { logs }), ...(traces && { traces }) };
    return judgeObservability({ place, ...(instances && { instances }), metrics: counted, logged, heard });
  } catch (fault) {
    return { kind: 'lacking', lacks: `what runs in ${place.environment} cannot be looked at: ${wordsOf(fault)}` };
  }
}
