import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { type CalendarStanding, customerNotice, type CustomersTold, theCalendar } from '../src/domain/calendar.js';
import { after, between, type Instant, seconds } from '../src/domain/duration.js';
import type { Place } from '../src/domain/environment.js';
import type { ReleaseOrder, StageOrder } from '../src/domain/release.js';
import type { Pause, RolloutOrder, RolloutPlan } from '../src/domain/rollout.js';
import { recording, watchIn } from './activities.js';
import { now } from './clock.js';

/** What the calendar says to a release in an environment, asked when it matters. */
export type AskCalendar = (of?: {
  readonly notBefore?: Instant;
  readonly known?: CalendarStanding;
}) => Promise<CalendarStanding>;

/** The calendar is judged where it is known; nothing is judged of an emergency but what it goes past. */
export const calendarFor = (order: ReleaseOrder, { environment }: StageOrder): AskCalendar => {
  const { service, version, emergency } = order;
  return asking({ service, environment }, `may ${service} ${version} begin in ${environment} now`, emergency);
};

function asking(place: Place, summary: string, emergency?: unknown): AskCalendar {
  const ask = watchIn(place.environment, seconds(10), summary);
  return (of = {}) => ask.judgeCalendar({ place, ...of, ...(emergency !== undefined && { emergency: true }) });
}

/** An approval stays good until the end of the window that it is given for, however far away that is. */
export function untilWindow(stage: StageOrder, standing: CalendarStanding | undefined): StageOrder {
  const { approval } = stage;
  if (standing?.closesAt === undefined) return stage;
  const expiresAfter = Math.max(approval.expiresAfter, between(now(), standing.closesAt));
  return { ...stage, approval: { ...approval, expiresAfter } };
}

/** Customers are told once people have agreed, for the first opening that is far enough away. Nobody is told of a time that no window has. */
export async function tellCustomers(
  { changeId, service, version }: ReleaseOrder,
  { environment }: RolloutPlan['place'],
  { ask, notice }: { readonly ask: AskCalendar; readonly notice: number },
): Promise<CustomersTold | CalendarStanding> {
  const standing = await ask({ notBefore: after(now(), notice) });
  if (standing.opensAt === undefined) return standing;
  const told = customerNotice({ service, version, environment }, standing.opensAt, now());
  const telling = recording(`customers of ${service} in ${environment} are told`);
  await telling.tellCustomers({ environment, key: `customers/${changeId}/${environment}`, text: told.text });
  return { ...told, at: now() };
}

/** What a rollout does at an hour that has closed. */
export interface Hours {
  /** Once it is known whether the rollout may go on. */
  readonly known: Promise<unknown>;
  /** Nothing is waited for any more. */
  over(): void;
}

/**
 * Keeps a rollout within its windows: before a step forth one that has closed stops it there, if its policy says so, for
 * as long as the calendar says so. Nothing where it is open, or goes on all the same.
 */
export function stopWhileClosed(
  { calendar, plan }: RolloutOrder,
  share: number,
  told: { readonly shut: (why: Pause) => void; readonly open: () => void },
): Hours | undefined {
  const policy = share > 0 ? calendar?.withTraffic : calendar?.beforeTraffic;
  const closed = calendar?.closesAt !== undefined && now() >= calendar.closesAt;
  if (!closed || policy !== 'stop') return undefined;
  const ask = asking(plan.place, `may ${plan.place.service} go on in ${plan.place.environment} now`);
  const scope = new CancellationScope();
  const looked = scope.run(() => ask());
  const waited = looked.then((standing) => scope.run(() => untilOpen(standing)));
  waited.catch((fault: unknown) => {
    if (!isCancellation(fault)) throw fault;
  });
  return {
    known: looked.then(shownAs),
    over: () => {
      scope.cancel();
      told.open();
    },
  };

  async function untilOpen(standing: CalendarStanding): Promise<void> {
    let known = standing;
    while (!known.open) {
      shownAs(known);
      known = await ask({ known });
    }
    told.open();
  }

  function shownAs({ open, reason, at }: CalendarStanding): void {
    if (!open) told.shut({ by: theCalendar, reason, at });
  }
}
