import type { Milliseconds } from '../../duration.js';
import { neverReached } from '../../never.js';
import type { Direction, MetricPoint, MetricRule, WindowMetric } from '../../window-metric.js';
import { allowedFrom, isAtLeast, isAtMost } from '../judging/tolerance.js';
import { beginPairs, lookAtPair, type PairsTest, type Series } from '../judging/index.js';
import { exceeded, type Exceeded, type LookTally } from './limits.js';

/** The most samples that a metric brings in a window: configuration asks for it as seldom as that takes. */
export const mostSamples = 240;

/** What one metric of a window has seen so far: plain data, carried from look to look. */
export interface MetricSeen {
  readonly name: string;
  readonly points: readonly MetricPoint[];
  /** What the stable version answered before the window, oldest first; missing where it answers within it. */
  readonly before?: Series;
  readonly tally: LookTally;
  /** The sequential test, and when it last took a pair; missing where there is none. */
  readonly test?: PairsTest;
  readonly testedAt?: Milliseconds;
  /** Why it could not be asked, the last time that it could not. */
  readonly error?: string;
  /** The limit that was exceeded first. */
  readonly ended?: Exceeded;
}

/** What a look brought: the value, and what it is held against where that is a value too; or why it could not be asked. */
export type MetricLook = { readonly value: number | null; readonly other?: number | null } | { readonly error: string };

const noLooks: LookTally = {
  failures: 0,
  failuresInRow: 0,
  errors: 0,
  errorsInRow: 0,
  successesInRow: 0,
  longestSuccess: 0,
  silent: 0,
};

/** Nothing has been seen. `sequential`: whether chance is reckoned with look by look. */
export const beginMetric = (metric: WindowMetric, sequential: boolean): MetricSeen => ({
  name: metric.name,
  points: [],
  tally: noLooks,
  ...(sequential && isTested(metric.rule) && { test: beginPairs(directionOf(metric.rule), exactly) }),
});

const exactly = { mode: 'points', within: 0 } as const;

/**
 * Whether a sign test of single looks says what the rule asks: of a mean it would not, since many looks slightly beyond the
 * bound and a few far within it may meet it.
 */
const isTested = (rule: MetricRule): boolean => rule.kind === 'stable' || rule.statistic === 'median';

/** Whether it is asked for at a look, `at` so long after the window began. A look that comes a little early is taken. */
export function isDue(
  { initialDelay, every }: WindowMetric,
  seen: MetricSeen | undefined,
  at: Milliseconds,
  looksEvery: Milliseconds,
): boolean {
  const last = seen?.points.at(-1)?.[0];
  return at >= initialDelay && (last === undefined || at - last >= every - looksEvery / 2);
}

/** One more look. */
export function lookAtMetric(
  metric: WindowMetric,
  seen: MetricSeen,
  { at, look }: { readonly at: Milliseconds; readonly look: MetricLook },
): MetricSeen {
  const point = pointOf(at, look);
  const tally = counted(seen.tally, 'error' in look ? 'error' : heldAt(metric.rule, point));
  const ended = seen.ended ?? exceeded(metric, tally, 'error' in look ? look.error : undefined);
  return {
    ...seen,
    ...tested(metric, seen, point),
    points: [...seen.points, point].slice(-mostSamples),
    tally,
    ...('error' in look && { error: look.error }),
    ...(ended && { ended }),
  };
}

/** What a metric had seen that brought these points. A look that could not be asked is one that brought nothing. */
export const seenThen = (metric: WindowMetric, points: readonly MetricPoint[], sequential: boolean): MetricSeen =>
  points.reduce(
    (seen, [at, value, other]) =>
      lookAtMetric(metric, seen, { at, look: { value, ...(other !== undefined && { other }) } }),
    beginMetric(metric, sequential),
  );

function pointOf(at: Milliseconds, look: MetricLook): MetricPoint {
  if ('error' in look) return [at, null];
  const { value, other } = look;
  return other === undefined ? [at, short(value)] : [at, short(value), short(other)];
}

/** Six digits: heartbeats and histories carry every one. */
const short = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(6)));

/** Between which values a look meets the rule; nothing where there is nothing to hold it against. */
export function bandOf(
  rule: MetricRule,
  other: number | null | undefined,
): { readonly low: number; readonly high: number } | undefined {
  switch (rule.kind) {
    case 'bounds':
      return { low: rule.atLeast ?? -Infinity, high: rule.atMost ?? Infinity };
    case 'stable':
    case 'forecast': {
      if (other === null || other === undefined) return undefined;
      const allowed = allowedFrom(rule.tolerance, other);
      return {
        low: rule.direction === 'increase' ? -Infinity : other - allowed,
        high: rule.direction === 'decrease' ? Infinity : other + allowed,
      };
    }
    default:
      return neverReached(rule);
  }
}

const directionOf = (rule: MetricRule): Direction => {
  if (rule.kind !== 'bounds') return rule.direction;
  if (rule.atLeast === undefined) return 'increase';
  return rule.atMost === undefined ? 'decrease' : 'either';
};

type LookEnd = 'success' | 'failure' | 'silent' | 'error';

function heldAt(rule: MetricRule, [, value, other]: MetricPoint): LookEnd {
  const band = bandOf(rule, other);
  if (value === null || !band) return 'silent';
  return isAtMost(value, band.high) && isAtLeast(value, band.low) ? 'success' : 'failure';
}

function counted(tally: LookTally, end: LookEnd): LookTally {
  const successesInRow = end === 'success' ? tally.successesInRow + 1 : 0;
  return {
    failures: tally.failures + (end === 'failure' ? 1 : 0),
    failuresInRow: end === 'failure' ? tally.failuresInRow + 1 : end === 'success' ? 0 : tally.failuresInRow,
    errors: tally.errors + (end === 'error' ? 1 : 0),
    errorsInRow: end === 'error' ? tally.errorsInRow + 1 : 0,
    successesInRow,
    longestSuccess: Math.max(tally.longestSuccess, successesInRow),
    silent: tally.silent + (end === 'silent' ? 1 : 0),
  };
}

/** Samples that look back over the same stretch repeat one another: the test takes only those that do not. */
function tested(
  { rule, range }: WindowMetric,
  { test, testedAt }: MetricSeen,
  [at, value, other]: MetricPoint,
): Pick<MetricSeen, 'test' | 'testedAt'> {
  const band = bandOf(rule, other);
  if (!test || value === null || !band || (testedAt !== undefined && at - testedAt < 0.9 * range)) return {};
  const { low, high } = band;
  const isOpen = !Number.isFinite(low) || !Number.isFinite(high);
  const middle = isOpen ? (Number.isFinite(high) ? high : low) : (low + high) / 2;
  const within = isOpen ? 0 : (high - low) / 2;
  return { test: lookAtPair({ ...test, tolerance: { mode: 'points', within } }, middle, value), testedAt: at };
}
