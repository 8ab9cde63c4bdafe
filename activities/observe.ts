import { type ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { boundsOf, type Judgement, judgeWindow } from '../src/domain/decisions/judge.js';
import { noSeries, seenMore } from '../src/domain/decisions/series.js';
import { beginWatch, figures, lookAgain, type Watch } from '../src/domain/decisions/watch.js';
import { between } from '../src/domain/duration.js';
import type { Place } from '../src/domain/environment.js';
import type { Series } from '../src/domain/series.js';
import { fail } from '../src/domain/verdict.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import type { EnvironmentActivities, WindowReport } from './contract.js';
import { notYet } from './not-yet.js';

type Ask = Parameters<EnvironmentActivities['observeCandidate']>[0];

/** What a window carries from look to look, in heartbeat details: readable by `describe` while it runs. */
export interface WindowSoFar {
  readonly watch: Watch;
  readonly verdict: Judgement['verdict'];
  /** Missing of a window that began before this was kept. */
  readonly series?: Series;
}

/**
 * One look at the candidate. While the window lasts it ends in a benign failure that asks for the next look; so a window
 * of any length is one activity, holds no slot between looks, and survives the death of worker and server.
 */
export async function lookOnce(
  { fleet, metrics }: { readonly fleet: Fleet; readonly metrics: Metrics },
  { place, window, compared }: Ask,
): Promise<WindowReport> {
  const before = activityInfo().heartbeatDetails as WindowSoFar | undefined;
  const sample = await metrics.sample(place);
  const watch = before ? lookAgain(before.watch, sample, window.every) : beginWatch(sample);
  const series = before ? carriedOn(before, watch, { window, compared }) : noSeries;
  const sick = await sickness(fleet, place);
  if (sick !== undefined) return report({ watch, verdict: fail(sick), ...(series && { series }) }, 'health');

  const { verdict, final } = judgeWindow(window, watch, compared);
  const soFar = { watch, verdict, ...(series && { series }) };
  if (final) return report(soFar, 'judgement');
  throw untilThen(soFar, window);
}

const carriedOn = (
  { series, watch: before }: WindowSoFar,
  watch: Watch,
  { window, compared }: Pick<Ask, 'window' | 'compared'>,
): Series | undefined => series && seenMore(series, before, watch, boundsOf(window, watch, compared));

/** Keeps what was seen, and is the benign failure that asks for the next look. */
export function untilThen(soFar: WindowSoFar, window: Ask['window']): ApplicationFailure {
  heartbeat(soFar);
  return notYet(soFar.verdict.reason, untilNextLook(soFar.watch, window));
}

/** A look every period, and one at the window's very end. */
function untilNextLook({ watchedMs, last }: Watch, { every, for: length }: Ask['window']): number {
  const spent = Math.max(0, between(last.at, new Date().toISOString()));
  return Math.max(1, Math.min(every, length - watchedMs) - spent);
}

async function sickness(fleet: Fleet, { service, environment }: Place): Promise<string | undefined> {
  const { candidate } = await fleet.read({ service, environment });
  if (!candidate) return `no candidate of ${service} runs in ${environment}`;
  const sick = candidate.instances.filter((instance) => !instance.healthy);
  if (sick.length === 0) return undefined;
  return `failed health check: ${sick.map(({ id }) => id).join(', ')} (${sick.length} of ${candidate.instances.length} instances)`;
}

const report = ({ watch, verdict, series }: WindowSoFar, cause: WindowReport['cause']): WindowReport => ({
  from: watch.from,
  to: watch.last.at,
  looks: watch.looks,
  stable: figures(watch.stable),
  candidate: figures(watch.candidate),
  verdict,
  cause,
  ...(series && series.points.length > 0 && { series }),
});
