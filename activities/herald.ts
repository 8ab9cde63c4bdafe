import { activityInfo, heartbeat } from '@temporalio/activity';
import type { Acknowledgement, NoticePolicy } from '../src/domain/acknowledgement.js';
import type { Roster } from '../src/domain/approval.js';
import { stateNotice } from '../src/domain/decisions/state-notice.js';
import { acknowledging, callAgain, isAcknowledged, type Urgent, urgentAfter } from '../src/domain/decisions/urgent.js';
import type { Instant, Milliseconds } from '../src/domain/duration.js';
import type { ReleaseProgress } from '../src/domain/release.js';
import type { Notice, Notifier } from '../src/ports/notifier.js';
import type { ReleaseNow, Workflows } from '../src/ports/workflows.js';
import { notYet } from './not-yet.js';

/** What the telling carries from look to look: of each release the state that people were told last, and how often they were told. */
export interface ToldSoFar {
  readonly told: Readonly<Record<string, Told>>;
  /** What whoever is on call has to acknowledge, by change id; missing of what was carried before there was any. */
  readonly urgent?: Readonly<Record<string, Urgent>>;
}

type Told = readonly [state: string, times: number];

export interface HeraldTools {
  readonly workflows: Pick<Workflows, 'latestReleases' | 'isRunning' | 'progressOf' | 'standing'>;
  readonly notifier: Notifier;
  readonly notices: NoticePolicy;
  readonly roster: Roster;
}

/**
 * One look at the latest releases, which tells people of each that has come to another state, and again of what is urgent
 * until it is acknowledged. It ends in a benign failure that asks for the next look, for ever. A channel that takes
 * nothing leaves that release to the next look; no release waits for it. What the very first look finds is not told.
 */
export async function tellChanges(
  tools: HeraldTools,
  every: Milliseconds,
  now: Instant = new Date().toISOString(),
): Promise<never> {
  const before = activityInfo().heartbeatDetails as ToldSoFar | undefined;
  const seen = await tools.workflows.latestReleases();
  const looked = await Promise.all(seen.map((release) => lookAt(tools, release, { before, now })));
  const told = looked.map(({ changeId, told: of }) => [changeId, of] as const);
  const urgent = looked.flatMap((of) => (of.urgent ? [[of.changeId, of.urgent] as const] : []));
  heartbeat({ told: Object.fromEntries(told), urgent: Object.fromEntries(urgent) } satisfies ToldSoFar);
  throw notYet('whoever is to know was told', every);
}

interface Looked {
  readonly changeId: string;
  readonly told: Told;
  readonly urgent?: Urgent | undefined;
}

async function lookAt(
  tools: HeraldTools,
  release: ReleaseNow,
  { before, now }: { readonly before: ToldSoFar | undefined; readonly now: Instant },
): Promise<Looked> {
  const { changeId, state } = release;
  if (!before) return { changeId, told: [state, 0], urgent: alreadyUrgent(release, now) };
  const [known, times] = before.told[changeId] ?? ['', 0];
  const urgent = before.urgent?.[changeId];
  const news = known === state ? undefined : await tellState(tools, release, { times, urgent, now });
  if (news) return { changeId, told: [state, times + 1], urgent: news.urgent };
  return { changeId, told: [known, times], urgent: urgent && (await stillUrgent(tools, urgent, now)) };
}

/** What goes back, or asks for people, when the telling begins anew is called again; what had ended by then was told of once. */
const alreadyUrgent = (release: ReleaseNow, now: Instant): Urgent | undefined =>
  ['going-back', 'held', 'stuck'].includes(release.state)
    ? urgentAfter(undefined, release, { isEmergency: false, now })
    : undefined;

/** Nothing where it could not be told, or is not so. */
async function tellState(
  { workflows, notifier, roster }: HeraldTools,
  release: ReleaseNow,
  { times, urgent, now }: { readonly times: number; readonly urgent: Urgent | undefined; readonly now: Instant },
): Promise<{ readonly urgent: Urgent | undefined } | undefined> {
  try {
    // One that was reset goes on, though the list may not say so yet.
    if (release.state === 'lost' && (await workflows.isRunning(release.workflowId))) return undefined;
    const progress = await workflows.progressOf(release.workflowId).catch(unlessLost(release));
    const isEmergency = progress?.order.emergency !== undefined;
    const after = urgentAfter(urgent, release, { isEmergency, now });
    const calling = after && after !== urgent && !after.acknowledged ? acknowledging(release.changeId, roster) : '';
    const text = textOf(release, progress);
    const key = `state/${release.changeId}/${times}/${release.state}`;
    if (text !== undefined) await notifier.tell({ key, text: calling === '' ? text : `${text}. ${calling}` });
    return { urgent: after };
  } catch {
    return undefined;
  }
}

/** Acknowledged since, told again once that is due, or as it was. */
async function stillUrgent(
  { workflows, notifier, ...policy }: HeraldTools,
  urgent: Urgent,
  now: Instant,
): Promise<Urgent> {
  if (urgent.acknowledged) return urgent;
  try {
    const acknowledged: readonly Acknowledgement[] = (await workflows.standing(urgent.service))?.acknowledged ?? [];
    if (isAcknowledged(urgent, acknowledged)) return { ...urgent, acknowledged: true };
    const call: Notice | undefined = callAgain(urgent, { policy: policy.notices, roster: policy.roster, now });
    if (!call) return urgent;
    await notifier.tell(call);
    return { ...urgent, last: now, calls: urgent.calls + 1 };
  } catch {
    return urgent;
  }
}

/** One that was ended from outside may be gone with all that it knew. */
const unlessLost =
  ({ state }: ReleaseNow) =>
  (fault: unknown): undefined => {
    if (state !== 'lost') throw fault;
  };

function textOf(
  { changeId, service, version, state }: ReleaseNow,
  progress: ReleaseProgress | undefined,
): string | undefined {
  if (state === 'lost')
    return `${service} ${version} (${changeId}) was ended from outside. slipway status ${service} says what to do`;
  // The list lags behind: an end is told when it says so too, and not twice.
  return progress && (!progress.outcome || progress.outcome.kind === state) ? stateNotice(progress) : undefined;
}
