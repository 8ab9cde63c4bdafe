import * as z from 'zod';
import { counted } from '../../domain/counted.js';
import { Unmeasured } from '../../domain/unmeasured.js';
import { answered, type Asked } from './answered.js';

const sample = z.tuple([z.number(), z.string()]);

const numbers = z.discriminatedUnion('resultType', [
  z.object({ resultType: z.literal('scalar'), result: sample }),
  z.object({ resultType: z.literal('vector'), result: z.array(z.object({ value: sample })) }),
  z.object({ resultType: z.enum(['matrix', 'string']), result: z.unknown() }),
]);

/** The one number that a query answers as of a moment, in seconds; null where it finds nothing, or 0 of 0. */
export async function askNumber(asked: Asked, query: string, at: number): Promise<number | null> {
  const { resultType, result } = await answered(asked, 'query', {
    query,
    when: { time: at.toFixed(3) },
    data: numbers,
  });
  switch (resultType) {
    case 'scalar':
      return numberOf(result[1]);
    case 'vector':
      return numberOf(only(result, query)?.value[1]);
    case 'matrix':
    case 'string':
      throw new Unmeasured('bad-query', `${query} answers a ${resultType}; wanted one number`);
  }
}

const ranges = z.object({
  resultType: z.literal('matrix'),
  result: z.array(z.object({ values: z.array(sample).default([]) })),
});

/** The numbers that a query answers at `count` moments, `step` seconds apart, the last of them `step` before `until`. */
export async function askNumbers(
  asked: Asked,
  query: string,
  { until, step, count }: { readonly until: number; readonly step: number; readonly count: number },
): Promise<readonly (number | null)[]> {
  const start = until - count * step;
  const when = { start: start.toFixed(3), end: (until - step).toFixed(3), step: step.toFixed(3) };
  const { result } = await answered(asked, 'query_range', { query, when, data: ranges });
  const values = only(result, query)?.values ?? [];
  return Array.from({ length: count }, (_, i) => {
    const found = values.find(([at]) => Math.abs(at - (start + i * step)) < step / 2);
    return numberOf(found?.[1]);
  });
}

function only<T>(series: readonly T[], query: string): T | undefined {
  if (series.length > 1)
    throw new Unmeasured(
      'bad-query',
      `${query} answers ${counted(series.length, 'number')}; wanted one: sum(…) adds them up`,
    );
  return series[0];
}

/** `NaN` is 0 of 0, and an infinity something of 0: nothing was there to be measured. */
function numberOf(value: string | undefined): number | null {
  const number = Number(value);
  return value === undefined || !Number.isFinite(number) ? null : number;
}
