import * as z from 'zod';
import { figureOf, type SeenWindow, type Watched } from '../../domain/decisions/figure.js';
import { notice } from '../../domain/decisions/records/facts.js';
import type { Figure } from '../../domain/figure.js';
import type { ProfileStamp } from '../../domain/release.js';
import type { Series } from '../../domain/series.js';
import { drawnOf } from '../../domain/decisions/metrics/verdict.js';
import type { MetricPoint } from '../../domain/window-metric.js';
import type { FoundRollout } from '../desk.js';
import * as nouns from './nouns.js';

/** The windows of rollouts as figures, the latest first: the one under way as far as its looks have come, then those that are over. */
export function windowFigures(rollouts: readonly FoundRollout[], profile: ProfileStamp): readonly Figure[] {
  const compressed = notice(profile);
  const drawn = rollouts.flatMap((rollout) => {
    const { plan, observations = [] } = rollout.progress;
    const of: Watched = {
      ...plan.place,
      version: plan.to.version,
      ...(plan.from && { former: plan.from.version }),
      ...(compressed !== undefined && { notice: compressed }),
    };
    const open = openWindow(rollout);
    return [...observations.map((seen) => figureOf(seen, of)), open && figureOf(open, { ...of, underWay: true })];
  });
  return drawn.filter((figure) => figure !== undefined).toReversed();
}

/** What the looks of an open window carry, as far as it is drawn; that of an earlier version has no series. */
function openWindow({ progress, window }: FoundRollout): SeenWindow | undefined {
  const { success, data } = soFar.safeParse(window);
  if (!success) return undefined;
  const { watch, verdict, series, metrics = [] } = data;
  const at = progress.steps.findLast(({ step, endedAt }) => step.kind === 'observe' && endedAt === undefined);
  const pinned = at?.step.kind === 'observe' ? (at.step.window.metrics ?? []) : [];
  const drawn = pinned.flatMap((metric) => {
    const seen = metrics.find(({ name }) => name === metric.name);
    return seen ? [drawnOf(metric, seen)] : [];
  });
  return {
    ...{ stepId: at?.id ?? 'paused', share: progress.share, from: watch.from, to: watch.last.at, verdict, series },
    ...(drawn.length > 0 && { metrics: drawn }),
    ...(watch.control && { control: watch.control }),
  };
}

const lanePoint = z.union([
  z.tuple([z.number(), z.number()]).readonly(),
  z.tuple([z.number(), z.number(), z.number()]).readonly(),
]);

const series = z.object({
  points: nouns.list(z.tuple([z.number(), lanePoint, lanePoint]).readonly()),
  bounds: nouns.list(z.object({ metric: z.enum(['error-rate', 'latency-p95']), bound: z.number() })),
}) satisfies z.ZodType<Series>;

const figure = z.number().nullable();

const metricPoint = z.union([
  z.tuple([z.number(), figure]).readonly(),
  z.tuple([z.number(), figure, figure]).readonly(),
]) satisfies z.ZodType<MetricPoint>;

const soFar = z.object({
  watch: z.object({
    from: nouns.instant,
    last: z.object({ at: nouns.instant }),
    control: z.literal('baseline').exactOptional(),
  }),
  verdict: nouns.verdict,
  series,
  metrics: nouns.list(z.object({ name: z.string(), points: nouns.list(metricPoint) })).exactOptional(),
});
