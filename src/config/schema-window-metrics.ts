import * as z from 'zod';
import { alarmRate, duration, fraction, name, promQL, span, text, wait, whole } from './words.js';

/** Metrics that windows are judged by, as people write them; what they mean is `meant-window-metrics.ts`. */

const numberWanted = 'a number';
const number = z.number(numberWanted);

const toleranceWanted =
  'a fraction of the baseline such as 5% or 0.05, or { mode: relative or points, within: a number }';

/** `5%` of the baseline, or so many points of the metric's unit. */
export const tolerance = z.union(
  [
    fraction.transform((within) => ({ mode: 'relative' as const, within })),
    z.strictObject({ mode: z.enum(['relative', 'points']), within: z.number().min(0).max(1e12) }),
  ],
  toleranceWanted,
);

const effect = z.number('a number, at least 0').min(0, 'a number, at least 0').optional();

const effectSize = z.strictObject({
  measure: z.enum(['meanRatio', 'cles']).optional(),
  'allowed-increase': effect,
  'allowed-decrease': effect,
  'critical-increase': effect,
  'critical-decrease': effect,
});

const forecast = z.strictObject({ same: span.optional(), query: promQL.optional(), within: tolerance });

const limits = z.strictObject({
  failures: whole(0, 240).optional(),
  'consecutive-failures': whole(0, 240).optional(),
  'consecutive-errors': whole(0, 240).optional(),
  'consecutive-successes': whole(1, 240).optional(),
  inconclusive: whole(0, 240).optional(),
});

const flag = z.boolean('true or false').optional();

const metric = z
  .strictObject({
    query: promQL,
    unit: text.optional(),
    baseline: z.literal('stable', 'stable').optional(),
    direction: z.enum(['increase', 'decrease', 'either']).optional(),
    tolerance: tolerance.optional(),
    passes: z.enum(['not-worse', 'proven']).optional(),
    alpha: alarmRate.optional(),
    'at-most': number.optional(),
    'at-least': number.optional(),
    forecast: forecast.optional(),
    statistic: z.enum(['mean', 'median', 'p95', 'max', 'last']).optional(),
    'min-samples': whole(1, 240).optional(),
    every: duration.optional(),
    'initial-delay': wait.optional(),
    limits: limits.optional(),
    critical: flag,
    'must-have-data': flag,
    'dry-run': flag,
    group: name.optional(),
    'nan-strategy': z.enum(['remove', 'replace']).optional(),
    outliers: z
      .strictObject({
        strategy: z.enum(['keep', 'remove']),
        factor: z.number('a number, more than 0').gt(0, 'a number, more than 0').default(3),
      })
      .optional(),
    'effect-size': effectSize.optional(),
  })
  .superRefine((met, context) => {
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    const bounded = met['at-most'] !== undefined || met['at-least'] !== undefined;
    const beside = (['baseline', 'tolerance', 'passes'] as const).find((key) => met[key] !== undefined);
    if (bounded && met.forecast) refuse(['forecast'], `no forecast beside at-most and at-least: ${another}`);
    if (beside !== undefined && (bounded || met.forecast))
      refuse([beside], `nothing here beside ${bounded ? 'at-most and at-least' : 'forecast'}: ${another}`);
    if (bounded && met.direction !== undefined) refuse(['direction'], 'none: at-most and at-least say it');
    if (!bounded && !met.forecast && met.statistic !== undefined)
      refuse(['statistic'], 'none: all samples of both lanes are compared');
    if ((met['at-least'] ?? -Infinity) > (met['at-most'] ?? Infinity))
      refuse(['at-least'], `no more than at-most, ${String(met['at-most'])}`);
    if (met.forecast && (met.forecast.same === undefined) === (met.forecast.query === undefined))
      refuse(['forecast'], 'either same: 1w, or a query of its own');
  });

const another = 'a second metric with the same query may have it';

export const mostMetrics = 20;

export const windowMetrics = z
  .record(name, metric)
  .refine((met) => Object.keys(met).length <= mostMetrics, `at most ${mostMetrics} metrics`);

const perCentWanted = 'per cent, from 0 to 100';
const perCent = z.number(perCentWanted).min(0, perCentWanted).max(100, perCentWanted);

/** How metrics make one verdict. */
export const windowJudge = z
  .strictObject({
    mode: z.enum(['strict', 'kayenta']).default('strict'),
    pass: perCent.default(75),
    marginal: perCent.default(50),
    groups: z.record(name, perCent).default({}),
  })
  .superRefine(({ pass, marginal, groups }, context) => {
    const sum = Object.values(groups).reduce((all, weight) => all + weight, 0);
    const refuse = (path: string[], message: string) => context.addIssue({ code: 'custom', path, message });
    if (marginal > pass) refuse(['marginal'], `at most what passes, ${pass}`);
    if (sum > 100) refuse(['groups'], `weights of 100 together at most, not ${sum}`);
  });

export type WrittenWindowMetric = z.output<typeof metric>;
export type WrittenWindowJudge = z.output<typeof windowJudge>;
