import * as z from 'zod';
import { tolerance } from '../config/schema-window-metrics.js';
import { duration, text, whole } from '../config/words.js';
import { planSamples, samplesFor } from '../domain/decisions/judging/index.js';

/** What `slipway judge` reads, as people write it; `judge-metrics.ts` leads from it to what is judged. */

const mostSamples = 100_000;

const laneWanted = `a list of at most ${mostSamples} numbers and nulls, or { requests: […], errors: […] }`;

const series = z.unknown().transform((met, context): readonly (number | null)[] => {
  if (!Array.isArray(met) || met.length > mostSamples) return refuse(context, met, laneWanted);
  const values: readonly unknown[] = met;
  for (const [i, value] of values.entries())
    if (value !== null && !(typeof value === 'number' && Number.isFinite(value)))
      context.issues.push({
        code: 'custom',
        message: 'a number, or null where there was none',
        input: value,
        path: [i],
      });
  return values as readonly (number | null)[];
});

const counts = z.strictObject({ requests: series, errors: series }).superRefine(({ requests, errors }, context) => {
  if (requests.length !== errors.length)
    context.addIssue({
      code: 'custom',
      path: ['errors'],
      message: `as many as there are requests, ${requests.length}`,
    });
  for (const [i, of] of requests.entries()) {
    const failed = errors[i];
    if (of !== null && !isCount(of)) context.addIssue({ code: 'custom', path: ['requests', i], message: 'a count' });
    if (failed !== null && failed !== undefined && !(isCount(failed) && failed <= (of ?? Infinity)))
      context.addIssue({ code: 'custom', path: ['errors', i], message: 'a count, at most the requests of that look' });
  }
});

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 0;

/** A series, or counts of requests and errors. */
const lane = z.unknown().transform((met, context) => {
  const isCounts = typeof met === 'object' && met !== null && !Array.isArray(met);
  const read = isCounts ? counts.safeParse(met) : series.safeParse(met);
  if (read.success) return read.data;
  for (const { path, message, input } of read.error.issues)
    context.issues.push({ code: 'custom', message, input, path: [...path] });
  return z.NEVER;
});

const alphaWanted = 'a false-alarm rate such as 0.01, more than 0 and less than 0.5';
const alpha = z.number(alphaWanted).gt(0, alphaWanted).lt(0.5, alphaWanted);

const direction = z.enum(['increase', 'decrease', 'either']);

const bound = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('at-most'), value: z.number() }),
  z.strictObject({ kind: z.literal('at-least'), value: z.number() }),
  z.strictObject({ kind: z.literal('baseline'), tolerance, direction: direction.default('either') }),
  z.strictObject({ kind: z.literal('forecast'), series, tolerance, direction: direction.default('either') }),
]);

const effect = z.number('a number, at least 0').min(0, 'a number, at least 0').optional();

const effectSize = z.strictObject({
  measure: z.enum(['meanRatio', 'cles']).default('meanRatio'),
  allowedIncrease: effect,
  allowedDecrease: effect,
  criticalIncrease: effect,
  criticalDecrease: effect,
});

const outliers = z.strictObject({
  strategy: z.enum(['keep', 'remove']),
  outlierFactor: z.number('a number, more than 0').gt(0, 'a number, more than 0').default(3),
});

const flag = z.boolean('true or false').optional();

const metric = z.strictObject({
  name: text,
  unit: text.optional(),
  test: z.enum(['compare', 'kayenta', 'sequential', 'threshold']).optional(),
  direction: direction.default('either'),
  tolerance: tolerance.optional(),
  alpha: alpha.optional(),
  minSamples: whole(1, 1_000_000).optional(),
  passes: z.enum(['not-worse', 'proven']).optional(),
  critical: flag,
  mustHaveData: flag,
  mustVary: flag,
  dryRun: flag,
  groups: z.array(text, 'a list of names').min(1, 'at least one name').optional(),
  nanStrategy: z.enum(['remove', 'replace']).optional(),
  outliers: outliers.optional(),
  effectSize: effectSize.optional(),
  bound: bound.optional(),
  statistic: z.enum(['mean', 'median', 'p95', 'max', 'last']).default('mean'),
  error: text.optional(),
  stable: lane.default([]),
  candidate: lane.default([]),
});

const perCentWanted = 'per cent, from 0 to 100';
const perCent = z.number(perCentWanted).min(0, perCentWanted).max(100, perCentWanted);

const scoring = z.strictObject({
  pass: perCent.default(75),
  marginal: perCent.default(50),
  weights: z.record(z.string(), perCent, 'per cent by group').default({}),
});

const mostMetrics = 1_000;

export const judgeFile = z
  .strictObject({
    mode: z.enum(['strict', 'kayenta']).default('strict'),
    window: duration.optional(),
    every: duration.optional(),
    scoring: scoring.optional(),
    metrics: z
      .array(metric, 'a list of metrics')
      .min(1, 'at least one metric')
      .max(mostMetrics, `at most ${mostMetrics} metrics`),
  })
  .superRefine((file, context) => {
    for (const { path, message } of senseless(file)) context.addIssue({ code: 'custom', path: [...path], message });
  });

/** What the command line may say instead of the file, of every metric. */
export const judgeFlags = z.strictObject({
  alpha: alpha.optional(),
  tolerance: tolerance.optional(),
  minSamples: whole(1, 1_000_000).optional(),
  mode: z.enum(['strict', 'kayenta']).optional(),
});

export type JudgeFile = z.infer<typeof judgeFile>;
export type WrittenMetric = JudgeFile['metrics'][number];
export type Lane = WrittenMetric['stable'];

export const isSeries = (lane: Lane): lane is readonly (number | null)[] => Array.isArray(lane);

/** The samples that are needed of each lane, where nothing is said: enough to find one standard deviation 95 times in 100. */
export const samplesWanted = ({ minSamples, alpha: asked = defaultAlpha, direction: way }: WrittenMetric): number =>
  minSamples ?? samplesFor({ alpha: way === 'either' ? asked / 2 : asked });

/** One false alarm in a hundred metrics. */
export const defaultAlpha = 0.01;

interface Senseless {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function senseless(file: JudgeFile): readonly Senseless[] {
  const names = file.metrics.map(({ name }) => name);
  return [
    ...file.metrics.flatMap((metric, i) =>
      metricSense(metric, names.indexOf(metric.name) < i).map(([key, message]) => ({
        path: ['metrics', i, key],
        message,
      })),
    ),
    ...scoringSense(file),
    ...windowSense(file),
  ];
}

function metricSense(metric: WrittenMetric, isTaken: boolean): readonly (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  if (isTaken) found.push(['name', 'a name that no other metric has']);
  if (isSeries(metric.stable) !== isSeries(metric.candidate) && metric.error === undefined)
    found.push(['candidate', 'the same kind of samples as the stable lane has']);
  const isCounted = !isSeries(metric.candidate);
  if (isCounted && metric.test !== undefined && metric.test !== 'sequential')
    found.push(['test', 'sequential, where requests and errors are counted']);
  if (metric.test === 'threshold' && metric.bound === undefined)
    found.push(['bound', 'a bound, for the test threshold']);
  if (metric.bound !== undefined && (isCounted || (metric.test !== undefined && metric.test !== 'threshold')))
    found.push(['bound', 'none, but for the test threshold of a series']);
  return found;
}

function scoringSense({ scoring: written, metrics }: JudgeFile): readonly Senseless[] {
  if (written === undefined) return [];
  const { weights, pass, marginal } = written;
  const groups = new Set(metrics.flatMap((metric) => metric.groups ?? ['all']));
  const unknown = Object.keys(weights).filter((group) => !groups.has(group));
  const sum = Object.values(weights).reduce((all, weight) => all + weight, 0);
  return [
    ...unknown.map((group) => ({
      path: ['scoring', 'weights', group],
      message: `a group that a metric has: ${[...groups].join(', ')}`,
    })),
    ...(sum > 100 ? [{ path: ['scoring', 'weights'], message: `weights of 100 together at most, not ${sum}` }] : []),
    ...(marginal > pass ? [{ path: ['scoring', 'marginal'], message: `at most what passes, ${pass}` }] : []),
  ];
}

/** A window that cannot bring the samples is refused with the arithmetic. */
function windowSense({ window, every, metrics, mode }: JudgeFile): readonly Senseless[] {
  if (window === undefined || every === undefined || mode === 'kayenta') return [];
  const series = metrics.filter(({ test = 'compare', candidate }) => isSeries(candidate) && test === 'compare');
  const wanted = Math.max(0, ...series.map(samplesWanted));
  const plan = planSamples({ window, every, minSamples: wanted });
  return plan.enough ? [] : [{ path: ['window'], message: `a longer one, or more frequent samples: ${plan.says}` }];
}

function refuse(context: z.core.$RefinementCtx, input: unknown, message: string): never {
  context.issues.push({ code: 'custom', message, input });
  return z.NEVER;
}
