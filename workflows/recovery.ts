import { between, minutes } from '../src/domain/duration.js';
import type {
  KnownChanges,
  PlaceNow,
  Reconciled,
  Reconciliation,
  ReconcileOrder,
  Remembered,
} from '../src/domain/recovery.js';
import type { ReleaseOrder } from '../src/domain/release.js';
import { recovering, seeingIn } from './activities.js';
import { now } from './clock.js';
import { faultOf } from './faults.js';

/** What a mailbox tells of itself. */
interface Mailbox {
  readonly service: string;
  readonly known: KnownChanges;
  readonly memory: Remembered;
}

/**
 * What this mailbox is to know, by the records and the world; written down unless it is only shown, or the records know
 * no more than the mailbox.
 */
export async function reconciled(
  order: ReconcileOrder,
  by: string,
  mailbox: Mailbox,
): Promise<Reconciled & Pick<Reconciliation, 'accepted'>> {
  const { reason, dryRun, environments, reviewWithin } = order;
  const { service } = mailbox;
  const places = await Promise.all(environments.map((environment) => seen(service, environment)));
  const ask = recovering(`what the records know of ${service}`);
  const plan = await ask.planReconciliation({ ...mailbox, places, reviewWithin });
  const told = { ...plan, by, reason };
  if (dryRun || plan.found === undefined) return told;
  const { accepted, ...recorded } = told;
  const { paths } = await recovering(`reconcile ${service} with the records`).recordReconciliation(recorded);
  return { ...recorded, accepted, records: paths };
}

/** Why the records are ahead. One that was just numbered was compared then: asking again would cost events. */
export async function lookedBehind(
  { requestedAt }: ReleaseOrder,
  { service, known }: Pick<Mailbox, 'service' | 'known'>,
): Promise<string | undefined> {
  if (between(requestedAt, now()) < comparedFor) return undefined;
  const { behind } = await recovering(`whether the records know more of ${service}`).lookBehind({ service, known });
  return behind;
}

const comparedFor = minutes(5);

async function seen(service: string, environment: string): Promise<PlaceNow> {
  try {
    return await seeingIn(environment).seePlace({ place: { service, environment } });
  } catch (fault) {
    return { environment, unseen: faultOf(fault) };
  }
}
