import { activityInfo, heartbeat } from '@temporalio/activity';
import { findingsOf } from '../src/domain/decisions/reconcile.js';
import type { Milliseconds } from '../src/domain/duration.js';
import { type Finding, keyOf, type Sight } from '../src/domain/finding.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Traffic } from '../src/ports/traffic.js';
import type { Workflows } from '../src/ports/workflows.js';
import { beating } from './beating.js';
import type { ReconcilerActivities } from './contract.js';
import { type DriftTools, lookForDrift } from './drift.js';
import { withCodes } from './faults.js';
import { engineClock } from './engine-time.js';
import { notYet } from './not-yet.js';

/** What the comparing of one environment needs. */
export interface ReconcilerTools extends DriftTools {
  readonly fleet: Fleet;
  readonly traffic: Traffic;
  readonly workflows: Workflows;
  /** Whose places are compared. */
  readonly services: readonly string[];
  /** The last environment, whose comparing also sees to the mailboxes of the services. */
  readonly last: string;
  /** Between two looks; what is seen twice is told. */
  readonly every: Milliseconds;
}

/** What a comparing carries from look to look. */
interface SoFar {
  readonly suspected: readonly Finding[];
}

/** The comparing of an environment. */
export const createReconcilerActivities = (tools: ReconcilerTools): ReconcilerActivities =>
  withCodes<ReconcilerActivities>({
    compareWorld: (ask) => compareWorld(tools, ask),
    lookForDrift: ({ environment }) => beating(() => lookForDrift(tools, environment)),
  });

/**
 * One look at every service of an environment, once an attempt: it ends in a benign failure that asks for the next look
 * until what is found has changed. What is seen for the first time is only suspected, because a rollout that ends just
 * now has its last word still to say. The mailbox of a service is opened again here, and that is told.
 */
async function compareWorld(
  tools: ReconcilerTools,
  { environment, known }: { readonly environment: string; readonly known: readonly Finding[] },
): Promise<readonly Finding[]> {
  const now = engineClock();
  const { suspected } = (activityInfo().heartbeatDetails as SoFar | undefined) ?? { suspected: known };
  const sights = await Promise.all(tools.services.map((service) => sightOf(tools, { service, environment })));
  const seen = findingsOf(sights, [...known, ...suspected], now());
  const confirmed = seen.filter((finding) => has(suspected, finding) || has(known, finding));
  const changed = confirmed.length !== known.length || !confirmed.every((finding) => has(known, finding));
  if (changed) {
    for (const { kind, service } of confirmed)
      if (kind === 'mailbox-ended') await tools.workflows.reopenMailbox(service);
    return confirmed;
  }
  heartbeat({ suspected: seen } satisfies SoFar);
  throw notYet('nothing has changed', tools.every);
}

const has = (findings: readonly Finding[], finding: Finding): boolean =>
  findings.some((other) => keyOf(other) === keyOf(finding));

async function sightOf(
  { fleet, traffic, workflows, last }: ReconcilerTools,
  place: { readonly service: string; readonly environment: string },
): Promise<Sight> {
  const [{ candidate }, { share }, { mailbox, ...underWay }] = await Promise.all([
    fleet.read(place),
    traffic.read(place),
    workflows.underWay(place),
  ]);
  const seen = place.environment === last ? mailbox : 'none';
  return { ...place, share, mailbox: seen, ...underWay, ...(candidate && { candidate: candidate.artifact.tag }) };
}
