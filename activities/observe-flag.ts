import { activityInfo } from '@temporalio/activity';
import { type Judgement, judgeWindow } from '../src/domain/decisions/judge.js';
import { beginWatch, figures, lookAgain, type Watch } from '../src/domain/decisions/watch.js';
import type { Place } from '../src/domain/environment.js';
import type { FlagObservation } from '../src/domain/flag-change.js';
import type { LaneCounters } from '../src/domain/sample.js';
import { Unmeasured } from '../src/domain/unmeasured.js';
import { fail } from '../src/domain/verdict.js';
import type { Fleet } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import type { EnvironmentActivities } from './contract.js';
import { measured } from './measured.js';
import { untilThen } from './observe.js';
import type { NothingSoFar, WindowSoFar } from './window-so-far.js';
import { withoutFigures } from './without-figures.js';

type Ask = Parameters<EnvironmentActivities['observeFlag']>[0];

/**
 * One look at the stable lane while a flag is changed, or just before. There is no candidate to compare it with: it is
 * judged against what it answered itself before the flag was set.
 */
export async function lookAtStable(
  { fleet, metrics }: { readonly fleet: Fleet; readonly metrics: Metrics },
  { place, window: asked, baseline, judged }: Ask,
): Promise<FlagObservation> {
  const carried = activityInfo().heartbeatDetails as WindowSoFar | NothingSoFar | undefined;
  const soFar = carried?.watch ? carried : undefined;
  const window = judged ? asked : { ...asked, criteria: [], minSamples: 1 };
  const sick = judged ? await sickness(fleet, place) : undefined;
  const sample = await measured(metrics, place, soFar?.watch.last);
  if (sample instanceof Unmeasured) {
    const { seen, verdict, final, next } = withoutFigures(carried, window, sample);
    if (sick !== undefined) return report(seen.watch, fail(sick), 'health');
    if (final) return report(seen.watch, verdict, 'judgement');
    throw next();
  }
  const watch = soFar ? lookAgain(soFar.watch, sample, window.every) : beginWatch(sample);
  if (sick !== undefined) return report(watch, fail(sick), 'health');

  const { verdict, final } = judgeWindow(window, asCandidate(watch, baseline), true, place.service);
  if (final) return report(watch, verdict, 'judgement');
  throw untilThen({ watch, verdict }, window);
}

/** The lane under judgement is the stable one; what it is compared with lies before the window. */
function asCandidate(watch: Watch, baseline: LaneCounters | undefined): Watch {
  const none = { ...watch.stable, requests: 0, errors: 0, latency: [] };
  return { ...watch, candidate: watch.stable, stable: none, before: baseline ?? none };
}

async function sickness(fleet: Fleet, { service, environment }: Place): Promise<string | undefined> {
  const { stable } = await fleet.read({ service, environment });
  if (!stable) return `nothing of ${service} runs in ${environment}`;
  const sick = stable.instances.filter((instance) => !instance.healthy);
  if (sick.length === 0) return undefined;
  const of = `${sick.length} of ${stable.instances.length} instances`;
  return `failed health check: ${sick.map(({ id }) => id).join(', ')} (${of})`;
}

const report = (watch: Watch, verdict: Judgement['verdict'], cause: FlagObservation['cause']): FlagObservation => ({
  from: watch.from,
  to: watch.last.at,
  looks: watch.looks,
  seen: figures(watch.stable),
  counters: watch.stable,
  verdict,
  cause,
});
