import * as z from 'zod';
import { aFile, duration, httpUrl, reference, selector, wait } from './words.js';

/** Where the figures of the lanes are read, as people write it. */
export const metrics = z.strictObject({
  prometheus: z.strictObject({
    url: httpUrl,
    bearer: reference.optional(),
    ca: aFile.optional(),
    timeout: duration.optional(),
    'scrape-interval': duration.optional(),
    delay: wait.optional(),
    queries: z.strictObject({ requests: selector, errors: selector, latency: selector.optional() }).optional(),
  }),
});

/** An environment's own, or `embedded`: what the built-in platform counts itself. */
export const metricsOfEnvironment = z.union(
  [z.literal('embedded'), metrics],
  'embedded, or { prometheus: { url: … } } as at the top of the file',
);

export type WrittenMetrics = z.output<typeof metricsOfEnvironment>;
