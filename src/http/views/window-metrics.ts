import * as z from 'zod';
import type { WindowMetric, WindowScoring } from '../../domain/window-metric.js';

/** Metrics of a window as answers show them; checked against the domain's own types. */

const direction = z.enum(['increase', 'decrease', 'either']);
const tolerance = z.strictObject({ mode: z.enum(['relative', 'points']), within: z.number() });
const statistic = z.enum(['mean', 'median', 'p95', 'max', 'last']);
const size = z.number().exactOptional();

const rule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('stable'),
    direction,
    tolerance,
    passes: z.enum(['not-worse', 'proven']).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('bounds'), atMost: size, atLeast: size, statistic }),
  z.strictObject({
    kind: z.literal('forecast'),
    from: z.union([z.strictObject({ ago: z.number() }), z.strictObject({ query: z.string() })]),
    ...{ direction, tolerance, statistic },
  }),
]);

const limits = z.strictObject({
  failures: size,
  consecutiveFailures: size,
  consecutiveErrors: z.number(),
  consecutiveSuccesses: size,
  inconclusive: size,
});

const outliers = z.discriminatedUnion('strategy', [
  z.strictObject({ strategy: z.literal('keep') }),
  z.strictObject({ strategy: z.literal('remove'), factor: z.number() }),
]);

const effectSize = z.strictObject({
  measure: z.enum(['meanRatio', 'cles']).exactOptional(),
  ...{ allowedIncrease: size, allowedDecrease: size, criticalIncrease: size, criticalDecrease: size },
});

const yes = z.literal(true).exactOptional();

export const windowMetric = z
  .strictObject({
    name: z.string(),
    query: z.string(),
    unit: z.string().exactOptional(),
    rule,
    ...{ alpha: z.number(), minSamples: z.number(), every: z.number(), initialDelay: z.number(), range: z.number() },
    limits,
    ...{ critical: yes, mustHaveData: yes, dryRun: yes },
    group: z.string().exactOptional(),
    nanStrategy: z.enum(['remove', 'replace']).exactOptional(),
    outliers: outliers.exactOptional(),
    effectSize: effectSize.exactOptional(),
  })
  .meta({ id: 'WindowMetric' }) satisfies z.ZodType<WindowMetric>;

export const windowScoring = z
  .strictObject({
    mode: z.enum(['strict', 'kayenta']),
    ...{ pass: z.number(), marginal: z.number() },
    weights: z.record(z.string(), z.number()).exactOptional(),
  })
  .meta({ id: 'WindowScoring' }) satisfies z.ZodType<WindowScoring>;
