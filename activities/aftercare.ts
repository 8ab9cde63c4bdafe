import { activityInfo, heartbeat } from '@temporalio/activity';
import type { AftercareReport } from '../src/domain/aftercare.js';
import { judgeWindow } from '../src/domain/decisions/judge.js';
import { beginWatch, figures, lookAgain, type Watch } from '../src/domain/decisions/watch.js';
import { minutes } from '../src/domain/duration.js';
import type { LaneFigures } from '../src/domain/rollout.js';
import { type LaneSample, noFigures } from '../src/domain/sample.js';
import { fail, pass, type Verdict } from '../src/domain/verdict.js';
import { Unmeasured } from '../src/domain/unmeasured.js';
import type { Fleet, LaneStatus } from '../src/ports/fleet.js';
import type { Metrics } from '../src/ports/metrics.js';
import { lookAtMetrics, type MetricStretch } from './aftercare-metrics.js';
import type { EnvironmentActivities } from './contract.js';
import { measured } from './measured.js';
import { notYet } from './not-yet.js';

type Ask = Parameters<EnvironmentActivities['observeAdopted']>[0];

/** What an aftercare carries from look to look: the stretch that is being judged, and the whole so far. */
export interface AftercareSoFar {
  readonly stretch: Watch;
  readonly whole: Watch;
  /** Of the stretch before this one. */
  readonly verdict: Verdict;
  /** Missing where requests alone judge it. */
  readonly metrics?: readonly MetricStretch[];
}

/** A fault of ten minutes would drown in 24 hours of good figures: so stretches are judged, one after another. */
const stretchOf = minutes(15);

/**
 * One look at what was adopted. Stretch after stretch is judged like a window of its own, against what the former version
 * answered; one that goes wrong ends it. No traffic at night is no reason to go back, nor is a source without figures:
 * then the stretch goes on. Metrics that are held against a number or a forecast are judged on, too.
 */
export async function lookAfter(
  { fleet, metrics }: { readonly fleet: Fleet; readonly metrics: Metrics },
  { place, digest, window, baseline }: Ask,
): Promise<AftercareReport> {
  const before = activityInfo().heartbeatDetails as AftercareSoFar | undefined;
  const read = await measured(metrics, place, before && asRead(before.whole.last));
  const sample =
    read instanceof Unmeasured ? (before?.whole.last ?? noFigures(new Date().toISOString())) : compared(read, baseline);
  const stretch = before ? lookAgain(before.stretch, sample, window.every) : beginWatch(sample);
  const whole = before ? lookAgain(before.whole, sample, window.every) : beginWatch(sample);
  const { stable } = await fleet.read(place);
  if (stable?.artifact.digest !== digest)
    return report('superseded', whole, pass(`${stable?.artifact.version ?? 'nothing'} runs there by now`));
  const sick = sickness(stable);
  if (sick !== undefined) return report('bad', stretch, fail(sick));
  if (read instanceof Unmeasured) {
    // Time without figures is not watched: the aftercare lasts so much longer.
    if (before) heartbeat(before);
    throw notYet(`no figures: ${read.message}`, window.every);
  }

  const length = Math.min(stretchOf, window.for);
  const { verdict } = judgeWindow({ ...window, for: length }, stretch, baseline !== undefined);
  if (verdict.kind === 'fail') return report('bad', stretch, verdict);
  const look = { place, window, at: sample.at, least: length };
  const { stretches, failed } = await lookAtMetrics(metrics, look, before?.metrics);
  if (failed) return report('bad', stretch, failed);
  if (whole.watchedMs >= window.for)
    return report('over', whole, judgeWindow(window, whole, baseline !== undefined).verdict);
  const ended = verdict.kind === 'pass' && stretch.watchedMs >= length;
  heartbeat({
    ...{ stretch: ended ? beginWatch(sample) : stretch, whole, verdict },
    ...(stretches.length > 0 && { metrics: stretches }),
  } satisfies AftercareSoFar);
  throw notYet(verdict.reason, Math.max(1, Math.min(window.every, window.for - whole.watchedMs)));
}

/** The judge looks at what it calls the candidate: here that is what was adopted, beside the former version's figures. */
const compared = ({ at, stable }: LaneSample, baseline: LaneFigures | undefined): LaneSample => ({
  at,
  candidate: stable,
  stable: { requests: baseline?.requests ?? 0, errors: baseline?.errors ?? 0, latency: [] },
});

/** The sample before as the source told it: of the candidate lane nothing is judged here. */
const asRead = ({ at, candidate }: LaneSample): LaneSample => ({ at, stable: candidate, candidate });

function sickness({ instances }: LaneStatus): string | undefined {
  const sick = instances.filter(({ healthy }) => !healthy);
  if (sick.length < instances.length) return undefined;
  return `failed health check: none of ${instances.length} instances is healthy`;
}

const report = (kind: AftercareReport['kind'], watch: Watch, verdict: Verdict): AftercareReport => ({
  kind,
  from: watch.from,
  to: watch.last.at,
  watchedMs: watch.watchedMs,
  looks: watch.looks,
  figures: figures(watch.candidate),
  verdict,
});
