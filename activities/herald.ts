import { activityInfo, heartbeat } from '@temporalio/activity';
import { stateNotice } from '../src/domain/decisions/state-notice.js';
import type { Milliseconds } from '../src/domain/duration.js';
import type { Notifier } from '../src/ports/notifier.js';
import type { ReleaseNow, Workflows } from '../src/ports/workflows.js';
import { notYet } from './not-yet.js';

/** What the telling carries from look to look: of each release the state that people were told last, and how often they were told. */
export interface ToldSoFar {
  readonly told: Readonly<Record<string, Told>>;
}

type Told = readonly [state: string, times: number];

export interface HeraldTools {
  readonly workflows: Pick<Workflows, 'latestReleases' | 'isRunning' | 'progressOf'>;
  readonly notifier: Notifier;
}

/**
 * One look at the latest releases, which tells people of each that has come to another state. It ends in a benign failure
 * that asks for the next look, for ever. A channel that takes nothing leaves that release to the next look; no release
 * waits for it. What the very first look finds is not told.
 */
export async function tellChanges({ workflows, notifier }: HeraldTools, every: Milliseconds): Promise<never> {
  const before = (activityInfo().heartbeatDetails as ToldSoFar | undefined)?.told;
  const seen = await workflows.latestReleases();
  const told = await Promise.all(
    seen.map(async (release): Promise<readonly [string, Told]> => {
      const [state, times] = before?.[release.changeId] ?? ['', 0];
      if (!before) return [release.changeId, [release.state, 0]];
      const news = state !== release.state && (await tell(release, times));
      return [release.changeId, news ? [release.state, times + 1] : [state, times]];
    }),
  );
  heartbeat({ told: Object.fromEntries(told) } satisfies ToldSoFar);
  throw notYet('whoever is to know was told', every);

  async function tell(release: ReleaseNow, times: number): Promise<boolean> {
    try {
      // One that was reset goes on, though the list may not say so yet.
      if (release.state === 'lost' && (await workflows.isRunning(release.workflowId))) return false;
      const text = await textOf(release);
      if (text !== undefined) await notifier.tell({ key: `state/${release.changeId}/${times}/${release.state}`, text });
      return true;
    } catch {
      return false;
    }
  }

  async function textOf({ changeId, workflowId, service, version, state }: ReleaseNow): Promise<string | undefined> {
    if (state === 'lost')
      return `${service} ${version} (${changeId}) was ended from outside. slipway status ${service} says what to do`;
    const progress = await workflows.progressOf(workflowId);
    // The list lags behind: an end is told when it says so too, and not twice.
    return progress && (!progress.outcome || progress.outcome.kind === state) ? stateNotice(progress) : undefined;
  }
}
