import { type ApplicationFailure, activityInfo, heartbeat } from '@temporalio/activity';
import { judgeExtended, lengthOf } from '../src/domain/decisions/extended.js';
import { boundsOf } from '../src/domain/decisions/judge.js';
import { judgeMetrics } from '../src/domain/decisions/metrics/judge-metrics.js';
import { noSeries, seenMore } from '../src/domain/decisions/series.js';
import { beginWatch, figures, lookAgain, type Watch } from '../src/domain/decisions/watch.js';
import { between } from '../src/domain/duration.js';
import type { Place } from '../src/domain/environment.js';
import type { JudgedBy } from '../src/domain/judged.js';
import type { Control, LaneCounters } from '../src/domain/sample.js';
import type { Series } from '../src/domain/series.js';
import { Unmeasured } from '../src/domain/unmeasured.js';
import { fail, type Verdict } from '../src/domain/verdict.js';
import type { Alerts } from '../src/ports/alerts.js';
import type { Fleet, LaneStatus } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import { moreOfMetrics } from './ask-metrics.js';
import type { EnvironmentActivities, WindowReport } from './contract.js';
import { measured } from './measured.js';
import { notYet } from './not-yet.js';
import type { NothingSoFar, WindowSoFar } from './window-so-far.js';
import { type BlindLook, withoutFigures } from './without-figures.js';

type Ask = Parameters<EnvironmentActivities['observeCandidate']>[0];

interface Tools {
  readonly fleet: Fleet;
  readonly metrics: Metrics;
  readonly alerts?: Alerts;
}

/**
 * One look at the candidate. While the window lasts it ends in a benign failure that asks for the next look; so a window
 * of any length is one activity, holds no slot between looks, and survives the death of worker and server.
 */
export async function lookOnce(tools: Tools, ask: Ask): Promise<WindowReport> {
  const { fleet, metrics, alerts } = tools;
  const { place, window, compared, control } = ask;
  const carried = activityInfo().heartbeatDetails as WindowSoFar | NothingSoFar | undefined;
  const before = carried?.watch ? carried : undefined;
  const sample = await measured(metrics, place, before?.watch.last);
  if (sample instanceof Unmeasured) return await lookBlind(tools, ask, withoutFigures(carried, window, sample));
  const watch = before ? lookAgain(before.watch, sample, window.every) : beginWatch(sample, window, control);
  const series = before ? carriedOn(before, watch, { window, compared }) : noSeries;
  const more = await moreOfMetrics(metrics, ask, before, watch);
  const seen: Seen = {
    watch,
    ...(series && { series }),
    ...(more && { metrics: more }),
    ...(before?.extended && { extended: true }),
  };
  const ended = (verdict: Verdict, cause: WindowReport['cause']): WindowReport => ({
    ...report(ask, seen, { verdict, cause }),
    judgedBy: judgedBy(watch, { window, compared, cause }),
  });
  const sick = await sickness(fleet, ask);
  if (sick !== undefined) return ended(fail(sick), 'health');

  const heard = await whatFires(alerts, place, watch);
  if ('fires' in heard) return ended(heard.fires, 'alert');
  const { verdict, final, extended } = judgeExtended(window, seen, compared);
  const unheard = heard.unheard === undefined ? 0 : (before?.unheard ?? 0) + 1;
  const soFar = { ...seen, verdict, ...(unheard > 0 && { unheard }), ...(extended && { extended }) };
  if (!final) throw untilThen(soFar, window);
  if (heard.unheard === undefined || verdict.kind !== 'pass') return ended(verdict, 'judgement');
  if (unheard <= deafFor) throw untilThen(soFar, window);
  return ended({ kind: 'error', reason: `nobody can say which alerts fire: ${heard.unheard}` }, 'fault');
}

/** A look that brings no figures still sees sick instances and alerts. */
async function lookBlind(
  { fleet, alerts }: Tools,
  ask: Ask,
  { seen, verdict, final, next }: BlindLook,
): Promise<WindowReport> {
  const { place } = ask;
  const sick = await sickness(fleet, ask);
  if (sick !== undefined) return report(ask, seen, { verdict: fail(sick), cause: 'health' });
  const heard = await whatFires(alerts, place, seen.watch);
  if ('fires' in heard) return report(ask, seen, { verdict: heard.fires, cause: 'alert' });
  if (final) return report(ask, seen, { verdict, cause: 'fault' });
  throw next();
}

/** A window that would pass is looked at so often more until somebody can say which alerts fire. */
const deafFor = 5;

/** SPEC-0701, Success Criteria: no critical alert fired. One that fires for longer than the window was another one's. */
async function whatFires(
  alerts: Alerts | undefined,
  place: Place,
  { from }: Watch,
): Promise<{ readonly fires: Verdict } | { readonly unheard?: string }> {
  try {
    const firing = (await alerts?.critical(place)) ?? [];
    const its = firing.find(({ startsAt, lane }) => startsAt >= from && (lane ?? 'candidate') === 'candidate');
    if (!its) return {};
    const { name, severity, startsAt, summary } = its;
    return { fires: fail(`alert ${name} (${severity}) fires since ${startsAt}: ${summary}`) };
  } catch (fault) {
    return { unheard: fault instanceof Error ? fault.message : 'a fault' };
  }
}

const carriedOn = (
  { series, watch: before }: WindowSoFar,
  watch: Watch,
  { window, compared }: Pick<Ask, 'window' | 'compared'>,
): Series | undefined => series && seenMore(series, before, watch, boundsOf(window, watch, compared));

/** Keeps what was seen, and is the benign failure that asks for the next look. */
export function untilThen(soFar: WindowSoFar, window: Ask['window']): ApplicationFailure {
  heartbeat(soFar);
  const { verdict, watch, extended } = soFar;
  return notYet(verdict.reason, untilNextLook(watch, { ...window, for: lengthOf(window, extended) }));
}

/** A look every period, and one at the window's very end; past it, where something is still to be known, as before. */
function untilNextLook({ watchedMs, last }: Watch, { every, for: length }: Ask['window']): number {
  const spent = Math.max(0, between(last.at, new Date().toISOString()));
  const left = length - watchedMs;
  return Math.max(1, (left > 0 ? Math.min(every, left) : every) - spent);
}

async function sickness(fleet: Fleet, { place, control }: Pick<Ask, 'place' | 'control'>): Promise<string | undefined> {
  const { service, environment } = place;
  const { candidate, baseline } = await fleet.read({ service, environment });
  const ofCandidate = sickIn('candidate', candidate, place);
  return ofCandidate ?? (control && sickIn(control, baseline, place));
}

function sickIn(
  lane: 'candidate' | Control,
  status: LaneStatus | undefined,
  { service, environment }: Place,
): string | undefined {
  if (!status) return `no ${lane} of ${service} runs in ${environment}`;
  const sick = status.instances.filter((instance) => !instance.healthy);
  if (sick.length === 0) return undefined;
  const whose = lane === 'candidate' ? '' : ` of the ${lane}`;
  return `failed health check${whose}: ${sick.map(({ id }) => id).join(', ')} (${sick.length} of ${status.instances.length} instances)`;
}

/** Kept so that it can be judged again. A histogram of more buckets than a proxy or a client library has is left out. */
function judgedBy(
  { watchedMs, before, stable, candidate, control }: Watch,
  of: Pick<JudgedBy, 'window' | 'compared' | 'cause'>,
): JudgedBy {
  const bounded = (lane: LaneCounters): LaneCounters =>
    lane.latency.length > mostBuckets ? { ...lane, latency: [] } : lane;
  const lanes = { before: bounded(before), stable: bounded(stable), candidate: bounded(candidate) };
  return { ...of, watchedMs, ...lanes, ...(control && { control }) };
}

const mostBuckets = 64;

/** What a look has seen, before it is judged. */
type Seen = Pick<WindowSoFar, 'watch' | 'series' | 'metrics' | 'extended'>;

function report(
  { window, compared }: Ask,
  { watch, series, metrics: seen, extended }: Seen,
  said: Pick<WindowReport, 'verdict' | 'cause'>,
): WindowReport {
  const over = watch.watchedMs >= lengthOf(window, extended);
  const metrics =
    seen && judgeMetrics({ window, seen, over, compared, ...(watch.control && { control: watch.control }) });
  return {
    from: watch.from,
    to: watch.last.at,
    looks: watch.looks,
    stable: figures(watch.stable),
    candidate: figures(watch.candidate),
    ...(watch.control && { control: watch.control }),
    ...said,
    ...(series && series.points.length > 0 && { series }),
    ...(metrics && { metrics: metrics.reports, ...(metrics.score && { score: metrics.score }) }),
  };
}
