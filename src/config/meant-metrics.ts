import { resolve } from 'node:path';
import { seconds } from '../domain/duration.js';
import type { PrometheusConfig } from './config.js';
import { referenceOf } from './meant-database.js';
import type { WrittenMetrics } from './schema-metrics.js';

const lane = 'service="{{service}}", environment="{{environment}}", lane="{{lane}}"';

/** What the built-in proxy counts, as a Prometheus with the shipped scraping has it. */
const usualQueries: PrometheusConfig['queries'] = {
  requests: `slipway_requests_total{${lane}}`,
  errors: `slipway_requests_total{${lane}, code=~"5.."}`,
  latency: `slipway_request_duration_seconds_bucket{${lane}}`,
};

/** Where an environment's figures are read; nothing where the built-in platform's are. */
export function metricsOf(written: WrittenMetrics | undefined, directory: string): PrometheusConfig | undefined {
  if (written === undefined || written === 'embedded') return undefined;
  const { url, bearer, ca, timeout, delay, queries, ...of } = written.prometheus;
  const { requests, errors, latency } = queries ?? usualQueries;
  return {
    url,
    ...(bearer && { bearer: referenceOf(bearer, directory) }),
    ...(ca !== undefined && { ca: resolve(directory, ca) }),
    timeout: timeout ?? seconds(5),
    scrapeInterval: of['scrape-interval'] ?? seconds(15),
    delay: delay ?? 0,
    queries: { requests, errors, ...(latency !== undefined && { latency }) },
  };
}
