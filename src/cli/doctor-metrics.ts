import { hostStatus } from '../adapters/local/ensure-host.js';
import { createPrometheusMetrics, type Running, versionsOf } from '../adapters/prometheus/metrics.js';
import type { Config, PrometheusConfig } from '../config/config.js';
import type { Place } from '../domain/environment.js';
import { Unmeasured, type UnmeasuredKind } from '../domain/unmeasured.js';
import { type Finding, ill, said, well } from './findings.js';

/** What would mend a source that brings no figures. */
const todos: Record<UnmeasuredKind, string> = {
  down: 'see that it runs, and that url leads to it from here',
  timeout: 'see what keeps it busy, or give it more time with timeout, at most 10s',
  refused: 'see that bearer and ca are those that it wants; the workers read them where they start',
  'bad-query': 'mend the selector under queries; Prometheus says what it does not understand',
  'no-series': 'see that it scrapes the lanes, and that queries name their labels',
  stale: 'see under Status → Targets why it does not scrape the lanes; scrape-interval must be the one it has',
  'no-number': 'name counters of requests under queries: of all, and of those among them that failed',
};

/** Asks the Prometheus of each environment what a window there would ask it. */
export async function metrics(
  { environments, services }: Config,
  of: { readonly variables: NodeJS.ProcessEnv; readonly dataDir: string },
): Promise<readonly Finding[]> {
  const asked = environments.flatMap(({ name, metrics: source }) =>
    source ? Object.keys(services).map((service) => look(source, { service, environment: name }, of)) : [],
  );
  return await Promise.all(asked);
}

async function look(
  source: PrometheusConfig,
  place: Place,
  { variables, dataDir }: { readonly variables: NodeJS.ProcessEnv; readonly dataDir: string },
): Promise<Finding> {
  const what = `metrics of ${place.service} in ${place.environment}`;
  const running: Running = async ({ service, environment }) => {
    const report = await hostStatus({ dataDir, environment });
    return versionsOf(report?.places.find((one) => one.service === service)?.fleet ?? {});
  };
  try {
    const { stable, candidate } = await createPrometheusMetrics({ source, variables, running }).sample(place);
    const [requests, errors] = [stable.requests + candidate.requests, stable.errors + candidate.errors];
    // Right where nothing has failed; where something has, the query for errors finds nothing of it.
    const none = requests > 0 && errors === 0 ? ', no errors among them: if there were some, see queries' : '';
    return well(what, `${source.url} answers: ${requests} requests counted${none}`);
  } catch (fault) {
    return ill(what, said(fault), fault instanceof Unmeasured ? todos[fault.kind] : 'see that its worker can ask it');
  }
}
