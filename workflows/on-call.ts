import { asked } from '../src/domain/approval.js';
import { holdersOf, onCall } from '../src/domain/acknowledgement.js';
import type { CalendarStanding } from '../src/domain/calendar.js';
import type { Instant } from '../src/domain/duration.js';
import type { ReleaseOrder, StageOrder } from '../src/domain/release.js';
import { telling } from './activities.js';
import { now } from './clock.js';

/** Whoever is on call is told of a coming deployment: what, when, and by which command it is acknowledged. Nobody waits for that. */
export async function tellOnCall(
  order: ReleaseOrder,
  stage: StageOrder,
  hours: CalendarStanding | undefined,
): Promise<{ readonly toldAt: Instant } | undefined> {
  const { changeId, service, version, requester, description, roster } = order;
  const { environment, strategy, approval } = stage;
  const people = holdersOf(onCall, roster).join(' and ') || 'nobody';
  const why = description === '' ? '' : `: ${description}`;
  const text = `${service} ${version} is coming to ${environment} (${strategy.kind}), asked for by ${requester.person}${why}. It begins once ${asked(approval.roles)} approve${whenText(hours)}. ${people} on call: slipway acknowledge ${changeId}`;
  const told = telling(`whoever is on call is told of ${changeId}`).notify({
    key: `on-call/${changeId}/${environment}`,
    text,
  });
  return await told.then(
    () => ({ toldAt: now() }),
    () => undefined,
  );
}

function whenText(hours: CalendarStanding | undefined): string {
  if (!hours) return '';
  const from = hours.open || hours.opensAt === undefined ? '' : `, not before ${hours.opensAt}`;
  return `${from}${hours.closesAt === undefined ? '' : `, until ${hours.closesAt}`}`;
}
