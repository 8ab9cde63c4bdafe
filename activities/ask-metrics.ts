import { lengthOf } from '../src/domain/decisions/extended.js';
import {
  beginMetric,
  isDue,
  lookAtMetric,
  type MetricLook,
  type MetricSeen,
} from '../src/domain/decisions/metrics/seen.js';
import { samplesIn } from '../src/domain/decisions/metrics/plan-samples.js';
import { after, between, type Instant } from '../src/domain/duration.js';
import type { Lane } from '../src/domain/rollout.js';
import { Unmeasured } from '../src/domain/unmeasured.js';
import type { WindowMetric } from '../src/domain/window-metric.js';
import type { Answer, Metrics, Question } from '../src/ports/metrics.js';
import type { EnvironmentActivities } from './contract.js';
import type { WindowSoFar } from './window-so-far.js';

type Ask = Parameters<EnvironmentActivities['observeCandidate']>[0] & {
  /** Whose lane and version are filled in; the candidate's unless said. */
  readonly lane?: Lane;
};

/**
 * Asks for the metrics of a window that are due at a look; nothing where it has none. All are asked as of the moment at
 * which the lanes were read. What cannot be asked is noted, and keeps no other from being judged.
 */
export async function moreOfMetrics(
  metrics: Metrics,
  ask: Ask,
  carried: Pick<WindowSoFar, 'metrics' | 'extended'> | undefined,
  watch: Looked,
): Promise<readonly MetricSeen[] | undefined> {
  const { window } = ask;
  if (!window.metrics) return undefined;
  const sequential = window.scoring?.mode !== 'kayenta';
  const at = between(watch.from, watch.last.at);
  const looked = window.metrics.map(async (metric) => {
    const seen = carried?.metrics?.find(({ name }) => name === metric.name);
    if (!isDue(metric, seen, at, window.every)) return seen ?? beginMetric(metric, sequential);
    const wanted = Math.max(metric.minSamples, samplesIn(lengthOf(window, carried?.extended), metric));
    return await askedFor(metrics, ask, { metric, seen: seen ?? beginMetric(metric, sequential), watch, at, wanted });
  });
  return await Promise.all(looked);
}

/** Since when it is looked at, and as of when this look is. */
interface Looked {
  readonly from: Instant;
  readonly last: { readonly at: Instant };
}

interface Due {
  readonly metric: WindowMetric;
  readonly seen: MetricSeen;
  readonly watch: Looked;
  readonly at: number;
  /** Samples that it brings by the window's end. */
  readonly wanted: number;
}

async function askedFor(metrics: Metrics, ask: Ask, { metric, seen, watch, at, wanted }: Due): Promise<MetricSeen> {
  const { place, compared, share, lane = 'candidate', control = 'stable' } = ask;
  const isBefore = metric.rule.kind === 'stable' && compared && share === 100;
  const known = (seen.before?.length ?? 0) >= wanted ? seen.before : undefined;
  const back = { every: metric.every, count: wanted };
  try {
    const [answers, before] = await Promise.all([
      metrics.ask(place, questionsOf(metric, { lane, at: watch.last.at, ...(compared && !isBefore && { control }) })),
      isBefore ? (known ?? metrics.past(place, of(metric.query, 'stable', watch.from), back)) : undefined,
    ]);
    const look = lookOf(answers, before?.[seen.points.length] ?? (before && null));
    return lookAtMetric(metric, before ? { ...seen, before } : seen, { at, look });
  } catch (fault) {
    if (!(fault instanceof Unmeasured)) throw fault;
    return lookAtMetric(metric, seen, { at, look: { error: fault.message } });
  }
}

/** What is asked of a metric at a moment, the value first, then what it is held against where that is measured now. */
function questionsOf(
  { query, rule }: WindowMetric,
  { lane, at, control }: { readonly lane: Lane; readonly at: Instant; readonly control?: Question['lane'] },
): readonly Question[] {
  const value = of(query, lane, at);
  if (rule.kind === 'bounds') return [value];
  if (rule.kind === 'stable') return control ? [value, of(query, control, at)] : [value];
  const { from } = rule;
  return [value, 'ago' in from ? of(query, lane, after(at, -from.ago)) : of(from.query, lane, at)];
}

const of = (query: string, lane: Question['lane'], at: Instant): Question => ({ query, lane, at });

/** `before`: what the stable version had answered at this look's place before the window. */
function lookOf([value = null, other]: readonly Answer[], before: number | null | undefined): MetricLook {
  if (value instanceof Unmeasured) return { error: value.message };
  if (other instanceof Unmeasured) return { error: other.message };
  const against = before === undefined ? other : before;
  return against === undefined ? { value } : { value, other: against };
}
