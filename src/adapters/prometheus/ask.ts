import * as z from 'zod';
import { Unmeasured } from '../../domain/unmeasured.js';
import { answered, type Asked } from './answered.js';
import type { CounterSeries } from './counters.js';

const matrix = z.object({
  resultType: z.literal('matrix'),
  result: z.array(
    z.object({
      metric: z.record(z.string(), z.string()),
      values: z.array(z.tuple([z.number(), z.string()])).default([]),
    }),
  ),
});

/** Asks for the samples of a selector in a stretch of time that ends at `at`, in seconds; every fault is `Unmeasured`. */
export async function askSeries(
  asked: Asked,
  ask: { readonly selector: string; readonly seconds: number; readonly at: number },
): Promise<readonly CounterSeries[]> {
  const query = `${ask.selector}[${ask.seconds}s]`;
  const { result } = await answered(asked, 'query', { query, when: { time: ask.at.toFixed(3) }, data: matrix });
  return result.map(({ metric, values }) => ({
    labels: metric,
    samples: values.map(([at, value]) => [at, count(value, query)] as const),
  }));
}

/** Prometheus writes `NaN` and `+Inf` as such; part of a request is a rate, or an increase, and no counter. */
function count(value: string, query: string): number {
  const number = Number(value.replace('Inf', 'Infinity'));
  if (Number.isInteger(number) && number >= 0) return number;
  throw new Unmeasured('no-number', `${query} holds ${value}; wanted a counter of requests, which only rises`);
}
